// The other end of the stress tests' connections: a process of its own over the system's sockets, so that
// descriptors suffice for thousands of connections and nothing of Spindle checks itself. It checks what it
// receives against support/byte_pattern.hpp and answers questions on stdin; when stdin ends, so does it.
#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <memory>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "stream_header.hpp"
#include "support/byte_pattern.hpp"

namespace {

using spindle::stress::reader_kind;
using spindle::stress::stream_header;
using clock_type = std::chrono::steady_clock;

constexpr auto tick = std::chrono::milliseconds(10);
constexpr auto late_start = std::chrono::milliseconds(700);
constexpr std::size_t bytes_per_tick = 1024;
constexpr int receive_buffer = 4096;

enum class outcome { open, complete, short_end, wrong, reset };

struct connection {
    int descriptor = -1;
    stream_header header{};
    std::size_t header_bytes = 0;
    std::optional<spindle::test::pattern_check> check;
    outcome end = outcome::open;
    clock_type::time_point accepted = clock_type::now();
    bool watched = true;  // in the epoll set
};

class peer {
public:
    int run();

private:
    bool open_ports();
    void accept_all();
    void command(const std::string& line);
    bool read_commands();
    void report();
    void watch(connection& item, bool on);
    void read_header(connection& item);
    void read_some(connection& item, std::size_t limit);
    void finish(connection& item, outcome how);
    void take_turns();
    void probe_deaf();
    void drop_all();

    int epoll_ = -1;
    int listener_ = -1;
    int full_listener_ = -1;
    std::vector<int> fillers_;
    std::vector<std::unique_ptr<connection>> connections_;
    clock_type::time_point mark_ = clock_type::now();
    clock_type::time_point last_end_ = mark_;
    std::string input_;
};

int listen_on_loopback(int backlog, int buffer_size, sockaddr_in& address)
{
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        return -1;
    }
    if (buffer_size > 0) {
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &buffer_size, sizeof buffer_size);
    }
    address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    if (bind(descriptor, name, size) != 0 || listen(descriptor, backlog) != 0
        || getsockname(descriptor, name, &size) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

// Two ports: one that accepts and reads, one whose backlog is full for good, so that a connect to it hangs.
bool peer::open_ports()
{
    sockaddr_in data{};
    sockaddr_in full{};
    listener_ = listen_on_loopback(4096, receive_buffer, data);
    full_listener_ = listen_on_loopback(0, 0, full);
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    if (listener_ < 0 || full_listener_ < 0 || epoll_ < 0) {
        return false;
    }
    for (int i = 0; i < 4; ++i) {
        const int filler = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(filler, reinterpret_cast<const sockaddr*>(&full), sizeof full);
        fillers_.push_back(filler);
    }
    for (const int descriptor : {STDIN_FILENO, listener_}) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = descriptor == listener_ ? &listener_ : nullptr;
        epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
    }
    std::printf("data_port=%d full_port=%d\n", ntohs(data.sin_port), ntohs(full.sin_port));
    return std::fflush(stdout) == 0;
}

void peer::watch(connection& item, bool on)
{
    if (item.watched != on || item.header_bytes == 0) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &item;
        epoll_ctl(epoll_, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, item.descriptor, &event);
        item.watched = on;
    }
}

void peer::accept_all()
{
    for (;;) {
        const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0) {
            return;
        }
        auto item = std::make_unique<connection>();
        item->descriptor = descriptor;
        item->watched = false;
        watch(*item, true);
        connections_.push_back(std::move(item));
    }
}

void peer::finish(connection& item, outcome how)
{
    item.end = how;
    last_end_ = clock_type::now();
    close(item.descriptor);
    item.descriptor = -1;
    item.watched = false;
}

void peer::read_header(connection& item)
{
    auto* const bytes = reinterpret_cast<char*>(&item.header);
    const ssize_t got =
        recv(item.descriptor, bytes + item.header_bytes, sizeof item.header - item.header_bytes, 0);
    if (got == 0) {
        finish(item, outcome::short_end);
    } else if (got < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            finish(item, outcome::reset);
        }
    } else {
        item.header_bytes += static_cast<std::size_t>(got);
        if (item.header_bytes == sizeof item.header) {
            if (item.header.magic != spindle::stress::stream_magic) {
                finish(item, outcome::wrong);
                return;
            }
            item.check.emplace(item.header.seed);
            if (item.header.kind != reader_kind::fast) {
                watch(item, false);
            }
        }
    }
}

void peer::read_some(connection& item, std::size_t limit)
{
    std::array<char, 65536> bytes;
    while (item.end == outcome::open && limit > 0) {
        const ssize_t got = recv(item.descriptor, bytes.data(), std::min(limit, bytes.size()), 0);
        if (got < 0) {
            if (errno != EAGAIN && errno != EINTR) {
                finish(item, outcome::reset);
            }
            return;
        }
        if (got == 0) {
            finish(item, item.check->bytes() == item.header.length ? outcome::complete : outcome::short_end);
            return;
        }
        const auto size = static_cast<std::size_t>(got);
        item.check->feed(bytes.data(), size);
        if (!item.check->intact() || item.check->bytes() > item.header.length) {
            finish(item, outcome::wrong);
            return;
        }
        limit -= size;
    }
}

// The readers that do not follow readiness: paced ones read a little, late ones begin when their time has
// come.
void peer::take_turns()
{
    const auto now = clock_type::now();
    for (const auto& item : connections_) {
        if (item->end != outcome::open || item->header_bytes != sizeof item->header) {
            continue;
        }
        if (item->header.kind == reader_kind::paced) {
            read_some(*item, bytes_per_tick);
        } else if (item->header.kind == reader_kind::late && !item->watched
                   && now - item->accepted >= late_start) {
            watch(*item, true);
        }
    }
}

// Looks at the connections that were never read: a reset shows only to those who read.
void peer::probe_deaf()
{
    for (const auto& item : connections_) {
        if (item->end == outcome::open && item->header.kind == reader_kind::deaf) {
            read_some(*item, item->header.length + std::size_t{1});
        }
    }
}

void peer::drop_all()
{
    const linger hard{1, 0};
    for (const auto& item : connections_) {
        if (item->end == outcome::open) {
            setsockopt(item->descriptor, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
            close(item->descriptor);
        }
    }
    connections_.clear();
}

void peer::report()
{
    std::map<outcome, int> ends;
    int deaf_open = 0;
    for (const auto& item : connections_) {
        const bool deaf = item->end == outcome::open && item->header.kind == reader_kind::deaf;
        deaf_open += deaf ? 1 : 0;
        ends[item->end] += deaf ? 0 : 1;
    }
    const auto since_mark = std::chrono::duration_cast<std::chrono::milliseconds>(last_end_ - mark_).count();
    std::printf("accepted=%zu open=%d deaf_open=%d complete=%d short=%d wrong=%d reset=%d last_end_ms=%lld\n",
                connections_.size(), ends[outcome::open], deaf_open, ends[outcome::complete],
                ends[outcome::short_end], ends[outcome::wrong], ends[outcome::reset],
                static_cast<long long>(since_mark));
}

void peer::command(const std::string& line)
{
    if (line == "mark") {
        mark_ = clock_type::now();
    } else if (line == "probe") {
        probe_deaf();
    } else if (line == "drop") {
        drop_all();
    }
    report();
    std::fflush(stdout);
}

bool peer::read_commands()
{
    std::array<char, 256> bytes;
    const ssize_t got = read(STDIN_FILENO, bytes.data(), bytes.size());
    if (got <= 0) {
        return false;
    }
    input_.append(bytes.data(), static_cast<std::size_t>(got));
    for (std::size_t end = 0; (end = input_.find('\n')) != std::string::npos;) {
        command(input_.substr(0, end));
        input_.erase(0, end + 1);
    }
    return true;
}

int peer::run()
{
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (!open_ports()) {
        std::perror("stress_peer");
        return 1;
    }
    std::array<epoll_event, 256> events;
    auto next_turn = clock_type::now();
    for (;;) {
        const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                     static_cast<int>(tick.count()));
        bool asked = false;
        for (int i = 0; i < count; ++i) {
            void* const target = events[static_cast<std::size_t>(i)].data.ptr;
            if (target == nullptr) {
                asked = true;
            } else if (target == &listener_) {
                accept_all();
            } else {
                auto& item = *static_cast<connection*>(target);
                if (item.header_bytes < sizeof item.header) {
                    read_header(item);
                } else {
                    read_some(item, 65536);
                }
            }
        }
        if (clock_type::now() >= next_turn) {
            take_turns();
            next_turn = clock_type::now() + tick;
        }
        // Commands come last: "drop" frees the connections that the events point to.
        if (asked && !read_commands()) {
            return 0;
        }
    }
}

}  // namespace

int main()
{
    return peer().run();
}
