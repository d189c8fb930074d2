// The echo server on bare system calls, as a lower bound for the others: a thread has an epoll of its own, a connection
// stays with the thread that accepted it, an echo is one recv and one send. What the client does not take at once
// waits in the connection's buffer until epoll says that it may go on.
#include "command_line.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace {

bench::server_options options;
std::atomic<long> gone{0};

struct connection {
    explicit connection(int descriptor_) : descriptor(descriptor_) {}
    ~connection() { close(descriptor); }
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    int descriptor;
    std::uint32_t begin = 0;  // of what is to be sent
    std::uint32_t end = 0;
    std::unique_ptr<char[]> buffer{new char[options.size]};
};

int bound_socket(int type)
{
    const int descriptor = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    if (descriptor < 0 || setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(descriptor, name, length) != 0 || getsockname(descriptor, name, &length) != 0 ||
        (type == SOCK_STREAM && listen(descriptor, SOMAXCONN) != 0)) {
        std::perror("raw_epoll");
        std::exit(1);
    }
    bench::announce(ntohs(address.sin_port));
    return descriptor;
}

void watch(int poll, int operation, int descriptor, std::uint32_t events, void* data)
{
    epoll_event event{};
    event.events = events;
    event.data.ptr = data;
    epoll_ctl(poll, operation, descriptor, &event);
}

void accept_all(int poll, int listener)
{
    for (;;) {
        const int descriptor = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (descriptor < 0) {
            return;
        }
        const int on = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(poll, EPOLL_CTL_ADD, descriptor, EPOLLIN, new connection(descriptor));
    }
}

// False: the connection is over.
bool flush(int poll, connection& one, bool was_waiting)
{
    while (one.begin < one.end) {
        const ssize_t taken =
            send(one.descriptor, one.buffer.get() + one.begin, one.end - one.begin, MSG_NOSIGNAL);
        if (taken < 0) {
            if (errno != EAGAIN) {
                return false;
            }
            if (!was_waiting) {
                watch(poll, EPOLL_CTL_MOD, one.descriptor, EPOLLOUT, &one);
            }
            return true;
        }
        one.begin += static_cast<std::uint32_t>(taken);
    }
    if (was_waiting) {
        watch(poll, EPOLL_CTL_MOD, one.descriptor, EPOLLIN, &one);
    }
    return true;
}

bool serve(int poll, connection& one, std::uint32_t events)
{
    if ((events & EPOLLOUT) != 0) {
        return flush(poll, one, true);
    }
    const ssize_t arrived = recv(one.descriptor, one.buffer.get(), options.size, 0);
    if (arrived <= 0) {
        return arrived < 0 && errno == EAGAIN;
    }
    one.begin = 0;
    one.end = static_cast<std::uint32_t>(arrived);
    return flush(poll, one, false);
}

void run_streams(int listener)
{
    const int poll = epoll_create1(EPOLL_CLOEXEC);
    watch(poll, EPOLL_CTL_ADD, listener, EPOLLIN | EPOLLEXCLUSIVE, nullptr);
    std::array<epoll_event, 128> events;
    for (;;) {
        const int ready = epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
        for (int at = 0; at < ready; ++at) {
            const epoll_event& event = events[static_cast<std::size_t>(at)];
            auto* const one = static_cast<connection*>(event.data.ptr);
            if (one == nullptr) {
                accept_all(poll, listener);
            } else if (!serve(poll, *one, event.events)) {
                delete one;
                if (++gone == options.connections) {
                    std::exit(0);
                }
            }
        }
    }
}

void run_datagrams(int descriptor)
{
    const int poll = epoll_create1(EPOLL_CLOEXEC);
    watch(poll, EPOLL_CTL_ADD, descriptor, EPOLLIN | EPOLLEXCLUSIVE, nullptr);
    std::vector<char> buffer(options.size);
    for (;;) {
        epoll_event event;
        epoll_wait(poll, &event, 1, -1);
        sockaddr_storage peer{};
        socklen_t length = sizeof peer;
        auto* const name = reinterpret_cast<sockaddr*>(&peer);
        ssize_t arrived = 0;
        while ((arrived = recvfrom(descriptor, buffer.data(), buffer.size(), 0, name, &length)) >= 0) {
            sendto(descriptor, buffer.data(), static_cast<std::size_t>(arrived), 0, name, length);
            length = sizeof peer;
        }
    }
}

}  // namespace

int main(int argc, char** argv)
{
    options = bench::read_server_options(argc, argv);
    const int descriptor = bound_socket(options.udp ? SOCK_DGRAM : SOCK_STREAM);
    std::vector<std::thread> threads;
    for (int number = 0; number < options.threads; ++number) {
        threads.emplace_back(options.udp ? run_datagrams : run_streams, descriptor);
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}
