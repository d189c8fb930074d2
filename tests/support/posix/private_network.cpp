// See the header; netdevice(7), namespaces(7).
#include "support/private_network.hpp"

#include <arpa/inet.h>
#include <cstring>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace spindle::test {
namespace {

constexpr int not_allowed = 254;

/// An interface request about one name.
bool ask(unsigned long what, const char* name, void (*fill)(ifreq&, const char*), const char* argument)
{
    const int s = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
    fill(request, argument);
    const bool done = s != -1 && ::ioctl(s, what, &request) == 0;
    ::close(s);
    return done;
}

void bring_up(ifreq& request, const char*)
{
    request.ifr_flags = IFF_UP;
}

void bring_down(ifreq&, const char*) {}

void set_address(ifreq& request, const char* text)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    ::inet_pton(AF_INET, text, &address.sin_addr);
    std::memcpy(&request.ifr_addr, &address, sizeof address);
}

bool enter()
{
    return (::unshare(CLONE_NEWNET) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) &&
           ask(SIOCSIFFLAGS, "lo", bring_up, nullptr);
}

}  // namespace

int private_network(int (*body)())
{
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(enter() ? body() : not_allowed);
    }
    int status = 0;
    if (child == -1 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
        return -2;
    }
    return WEXITSTATUS(status) == not_allowed ? no_private_network : WEXITSTATUS(status);
}

bool add_loopback_address(const char* address)
{
    return ask(SIOCSIFADDR, "lo:1", set_address, address);
}

bool remove_loopback_address()
{
    return ask(SIOCSIFFLAGS, "lo:1", bring_down, nullptr);
}

}  // namespace spindle::test
