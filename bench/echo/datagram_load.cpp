// Load over UDP: on each socket one datagram is under way. It carries its number, so that an echo that comes after it
// was given up is not taken for the next one's.
#include "measurement.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace bench {
namespace {

constexpr auto patience = std::chrono::milliseconds(200);

struct endpoint {
    int descriptor = -1;
    std::uint64_t number = 0;
    bool waiting = false;
    clock::time_point started;
};

class datagram_load {
public:
    explicit datagram_load(const load_options& options)
        : options_(options), payload_(options.size), outgoing_(options.size), incoming_(options.size + 1),
          endpoints_(static_cast<std::size_t>(options.connections)), measured_(options)
    {}
    ~datagram_load()
    {
        for (const endpoint& one : endpoints_) {
            if (one.descriptor >= 0) {
                close(one.descriptor);
            }
        }
        if (poll_ >= 0) {
            close(poll_);
        }
    }
    datagram_load(const datagram_load&) = delete;
    datagram_load& operator=(const datagram_load&) = delete;

    bool open_all();
    bool run();

private:
    void next_message(endpoint& one);
    void pull(endpoint& one);
    void give_up_late_ones(clock::time_point now);
    bool is_echo(const endpoint& one, std::size_t length, std::uint64_t number) const;

    const load_options& options_;
    const payload payload_;
    std::vector<char> outgoing_;
    std::vector<char> incoming_;
    std::vector<endpoint> endpoints_;
    measurement measured_;
    clock::time_point looked_at_;
    int poll_ = epoll_create1(EPOLL_CLOEXEC);
};

bool datagram_load::open_all()
{
    const sockaddr_in to = loopback(options_.port);
    for (endpoint& one : endpoints_) {
        one.descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        epoll_event event{};
        event.events = EPOLLIN | EPOLLET;
        event.data.ptr = &one;
        if (one.descriptor < 0 ||
            connect(one.descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 ||
            epoll_ctl(poll_, EPOLL_CTL_ADD, one.descriptor, &event) != 0) {
            measured_.failed(std::strerror(errno));
            return false;
        }
    }
    return true;
}

void datagram_load::next_message(endpoint& one)
{
    one.waiting = measured_.may_send();
    if (!one.waiting) {
        return;
    }
    ++one.number;
    std::memcpy(outgoing_.data(), payload_.message(one.number), options_.size);
    std::memcpy(outgoing_.data(), &one.number, sizeof one.number);
    one.started = clock::now();
    if (send(one.descriptor, outgoing_.data(), options_.size, MSG_NOSIGNAL) < 0) {
        measured_.failed(std::strerror(errno));
    }
}

bool datagram_load::is_echo(const endpoint& one, std::size_t length, std::uint64_t number) const
{
    constexpr std::size_t head = sizeof number;
    return number == one.number && length == options_.size &&
           std::memcmp(incoming_.data() + head, payload_.message(number) + head, length - head) == 0;
}

void datagram_load::pull(endpoint& one)
{
    while (one.waiting && !measured_.over()) {
        const ssize_t arrived = recv(one.descriptor, incoming_.data(), incoming_.size(), 0);
        if (arrived < 0) {
            if (errno != EAGAIN) {
                measured_.failed(std::strerror(errno));
            }
            return;
        }
        std::uint64_t number = 0;
        if (static_cast<std::size_t>(arrived) >= sizeof number) {
            std::memcpy(&number, incoming_.data(), sizeof number);
        }
        if (number != 0 && number < one.number) {
            continue;  // counted as lost already
        }
        if (!is_echo(one, static_cast<std::size_t>(arrived), number)) {
            measured_.failed("the echo differs from what was sent");
            continue;
        }
        measured_.answered(clock::now() - one.started);
        next_message(one);
        return;
    }
}

void datagram_load::give_up_late_ones(clock::time_point now)
{
    if (now - looked_at_ < patience / 4) {
        return;
    }
    looked_at_ = now;
    for (endpoint& one : endpoints_) {
        if (one.waiting && now - one.started > patience) {
            measured_.lost();
            next_message(one);
        }
    }
}

bool datagram_load::run()
{
    measured_.start();
    for (endpoint& one : endpoints_) {
        next_message(one);
    }
    std::array<epoll_event, 256> events;
    while (!measured_.over()) {
        const int longest = static_cast<int>(std::chrono::milliseconds(patience / 4).count());
        const int ready = epoll_wait(poll_, events.data(), static_cast<int>(events.size()),
                                     std::min(measured_.timeout(), longest));
        for (int at = 0; at < ready && !measured_.over(); ++at) {
            pull(*static_cast<endpoint*>(events[static_cast<std::size_t>(at)].data.ptr));
        }
        const auto now = clock::now();
        give_up_late_ones(now);
        measured_.turn(now);
    }
    return measured_.report();
}

}  // namespace

bool run_datagrams(const load_options& options)
{
    datagram_load load(options);
    return load.open_all() && load.run();
}

}  // namespace bench
