// The echo server on libc's poll(), to measure the Winsock server on WSAPoll and select against: one thread, one array of
// descriptors, an echo is one recv and one send. What the client does not take at once waits in the connection's buffer.
#include "command_line.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <vector>

namespace {

struct connection {
    std::unique_ptr<char[]> buffer;
    std::size_t begin = 0;
    std::size_t end = 0;
};

int make_listener(const bench::server_options& options)
{
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    if (descriptor < 0 || setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(descriptor, name, length) != 0 || getsockname(descriptor, name, &length) != 0 ||
        listen(descriptor, SOMAXCONN) != 0) {
        std::perror("raw_poll");
        std::exit(1);
    }
    bench::announce(ntohs(address.sin_port));
    return descriptor;
}

// False: the connection is over.
bool serve(pollfd& entry, connection& one, std::size_t size)
{
    if (one.begin == one.end) {
        const ssize_t arrived = recv(entry.fd, one.buffer.get(), size, 0);
        if (arrived <= 0) {
            return arrived < 0 && errno == EAGAIN;
        }
        one.begin = 0;
        one.end = static_cast<std::size_t>(arrived);
    }
    while (one.begin < one.end) {
        const ssize_t taken = send(entry.fd, one.buffer.get() + one.begin, one.end - one.begin, MSG_NOSIGNAL);
        if (taken < 0) {
            entry.events = POLLOUT;
            return errno == EAGAIN;
        }
        one.begin += static_cast<std::size_t>(taken);
    }
    entry.events = POLLIN;
    return true;
}

}  // namespace

int main(int argc, char** argv)
{
    const auto options = bench::read_server_options(argc, argv);
    std::vector<pollfd> entries{{make_listener(options), POLLIN, 0}};
    std::vector<connection> connections(1);
    for (long gone = 0; options.connections == 0 || gone < options.connections;) {
        if (poll(entries.data(), entries.size(), 250) < 0) {
            return 1;
        }
        for (std::size_t at = entries.size() - 1; at > 0; --at) {
            if (entries[at].revents != 0 && !serve(entries[at], connections[at], options.size)) {
                close(entries[at].fd);
                entries[at] = entries.back();
                entries.pop_back();
                connections[at] = std::move(connections.back());
                connections.pop_back();
                ++gone;
            }
        }
        while (entries[0].revents != 0) {
            const int fresh = accept4(entries[0].fd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (fresh < 0) {
                break;
            }
            const int on = 1;
            setsockopt(fresh, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            entries.push_back({fresh, POLLIN, 0});
            connections.push_back({std::unique_ptr<char[]>(new char[options.size]), 0, 0});
        }
    }
}
