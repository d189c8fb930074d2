// Load over TCP: `tcp` sends on each connection a message, waits until all of it has come back, compares it and sends
// the next; `churn` opens a new connection for every message; `idle` sends one message on each connection and then
// only keeps them open.
#include "measurement.hpp"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace bench {
namespace {

struct connection {
    int descriptor = -1;
    const char* message = nullptr;
    std::size_t sent = 0;
    std::size_t received = 0;
    clock::time_point started;
    std::uint64_t number = 0;
};

class stream_load {
public:
    explicit stream_load(const load_options& options, bool churn)
        : options_(options), churn_(churn), payload_(options.size), scratch_(options.size),
          connections_(static_cast<std::size_t>(options.connections)), measured_(options)
    {}
    ~stream_load()
    {
        for (const connection& one : connections_) {
            if (one.descriptor >= 0) {
                close(one.descriptor);
            }
        }
        if (poll_ >= 0) {
            close(poll_);
        }
    }
    stream_load(const stream_load&) = delete;
    stream_load& operator=(const stream_load&) = delete;

    bool connect_all();
    bool run();

private:
    bool open(connection& one, bool wait);
    void drop(connection& one, const char* what);
    void next_message(connection& one);
    void push(connection& one);
    void pull(connection& one);
    void complete(connection& one);

    const load_options& options_;
    const bool churn_;
    const payload payload_;
    std::vector<char> scratch_;
    std::vector<connection> connections_;
    measurement measured_;
    int poll_ = epoll_create1(EPOLL_CLOEXEC);
    int open_ = 0;
    unsigned opened_ = 0;
};

bool stream_load::open(connection& one, bool wait)
{
    one.descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (wait ? 0 : SOCK_NONBLOCK), 0);
    if (one.descriptor < 0) {
        measured_.failed("no socket");
        return false;
    }
    const int on = 1;
    setsockopt(one.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // Each end of a connection is remembered for a while by its addresses and ports. Many client addresses keep these
    // from running out; the port is chosen when all four are known.
    setsockopt(one.descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    const sockaddr_in from = loopback(0, 2 + opened_++ % 200);
    const sockaddr_in to = loopback(options_.port);
    const bool bound = bind(one.descriptor, reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0;
    const bool good =
        bound && (connect(one.descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 ||
                  (!wait && errno == EINPROGRESS));
    if (good && wait) {
        fcntl(one.descriptor, F_SETFL, O_NONBLOCK);
    }
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &one;
    if (!good || epoll_ctl(poll_, EPOLL_CTL_ADD, one.descriptor, &event) != 0) {
        measured_.failed(std::strerror(errno));
        close(one.descriptor);
        one.descriptor = -1;
        return false;
    }
    ++open_;
    return true;
}

bool stream_load::connect_all()
{
    for (connection& one : connections_) {
        if (!open(one, true)) {
            return false;
        }
    }
    return true;
}

void stream_load::drop(connection& one, const char* what)
{
    if (what != nullptr) {
        measured_.failed(what);
    }
    close(one.descriptor);
    one.descriptor = -1;
    --open_;
}

void stream_load::next_message(connection& one)
{
    if (!measured_.may_send()) {
        return;
    }
    if (churn_) {
        one.started = clock::now();
        if (!open(one, false)) {
            return;
        }
    }
    one.message = payload_.message(one.number++);
    one.sent = 0;
    one.received = 0;
    if (!churn_) {
        one.started = clock::now();
        push(one);
    }
}

void stream_load::push(connection& one)
{
    while (one.sent < options_.size) {
        const ssize_t taken =
            send(one.descriptor, one.message + one.sent, options_.size - one.sent, MSG_NOSIGNAL);
        if (taken < 0) {
            if (errno != EAGAIN) {
                drop(one, std::strerror(errno));
            }
            return;
        }
        one.sent += static_cast<std::size_t>(taken);
    }
}

void stream_load::pull(connection& one)
{
    while (one.descriptor >= 0 && one.received < options_.size) {
        const ssize_t arrived = recv(one.descriptor, scratch_.data(), options_.size - one.received, 0);
        if (arrived <= 0) {
            if (arrived == 0 || errno != EAGAIN) {
                drop(one, arrived == 0 ? "the server closed a connection" : std::strerror(errno));
            }
            return;
        }
        const auto length = static_cast<std::size_t>(arrived);
        if (std::memcmp(scratch_.data(), one.message + one.received, length) != 0) {
            drop(one, "the echo differs from what was sent");
            return;
        }
        one.received += length;
    }
    if (one.descriptor >= 0) {
        complete(one);
    }
}

void stream_load::complete(connection& one)
{
    measured_.answered(clock::now() - one.started);
    one.message = nullptr;
    if (churn_) {
        drop(one, nullptr);
    }
    if (!measured_.over()) {
        next_message(one);
    }
}

bool stream_load::run()
{
    measured_.start();
    for (std::size_t number = 0; number < connections_.size(); ++number) {
        connections_[number].number = number * 7;
        next_message(connections_[number]);
    }
    std::array<epoll_event, 256> events;
    while (!measured_.over()) {
        if (open_ == 0) {
            measured_.abandon();
            break;
        }
        const int ready =
            epoll_wait(poll_, events.data(), static_cast<int>(events.size()), measured_.timeout());
        for (int at = 0; at < ready && !measured_.over(); ++at) {
            const epoll_event& event = events[static_cast<std::size_t>(at)];
            auto& one = *static_cast<connection*>(event.data.ptr);
            if (one.descriptor >= 0 && one.message != nullptr && one.sent < options_.size &&
                (event.events & EPOLLOUT) != 0) {
                push(one);
            }
            if (one.descriptor >= 0 && one.message != nullptr &&
                (event.events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
                pull(one);
            }
        }
        measured_.turn(clock::now());
    }
    return measured_.report();
}

}  // namespace

bool run_streams(const load_options& options)
{
    stream_load load(options, false);
    return load.connect_all() && load.run();
}

bool run_churn(const load_options& options)
{
    stream_load load(options, true);
    return load.run();
}

bool run_idle(const load_options& options)
{
    load_options once = options;
    once.messages = static_cast<std::uint64_t>(options.connections);
    stream_load load(once, false);
    const bool good = load.connect_all() && load.run();
    while (std::getchar() != EOF) {
    }
    return good;
}

}  // namespace bench
