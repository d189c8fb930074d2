// A provider's event loop of the private agreement (spindle/exchange.hpp), made up for tests of the port's side: it has
// no sockets; a test says what becomes ready.
#pragma once

#include "kernel/completion_port.hpp"
#include "kernel/handle_table.hpp"

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace spindle::exchange {

struct loop {
    explicit loop(kernel::completion_port& served) : port(served), wake_up(eventfd(0, EFD_NONBLOCK)) {}
    ~loop() { close(wake_up); }

    void signal() const
    {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = write(wake_up, &one, sizeof one);
    }

    /// As a socket does: the packets are completed by whoever takes the next turn.
    void make_ready(const std::vector<kernel::packet>& packets)
    {
        {
            std::lock_guard lock(mutex);
            ready.insert(ready.end(), packets.begin(), packets.end());
        }
        signal();
    }

    bool turn(int timeout_ms)
    {
        pollfd waited{wake_up, POLLIN, 0};
        ++turns;
        inside.fetch_add(1) == 0 ? void() : overlapping.store(true);
        const bool woken = poll(&waited, 1, timeout_ms) > 0;
        std::vector<kernel::packet> served;
        {
            std::lock_guard lock(mutex);
            std::uint64_t count = 0;
            [[maybe_unused]] const auto read_bytes = read(wake_up, &count, sizeof count);
            served.swap(ready);
        }
        for (const kernel::packet& each : served) {
            port.complete(each);
        }
        --inside;
        return woken;
    }

    kernel::completion_port& port;
    const int wake_up;
    std::mutex mutex;
    std::vector<kernel::packet> ready;
    std::atomic<int> inside{0};
    std::atomic<bool> overlapping{false};  // two threads were in a turn
    std::atomic<unsigned> turns{0};
    std::atomic<unsigned> wakes{0};
    std::atomic<unsigned> lefts{0};
};

}  // namespace spindle::exchange

namespace spindle::test {

inline std::atomic<int> open_fake_loops{0};
inline std::atomic<bool> fake_loop_refused{false};

inline const exchange::provider_functions& fake_provider() noexcept
{
    static constexpr exchange::provider_functions functions{
        exchange::version,
        [](exchange::port* which) -> exchange::loop* {
            if (fake_loop_refused) {
                return nullptr;
            }
            ++open_fake_loops;
            return new exchange::loop(*reinterpret_cast<kernel::completion_port*>(which));
        },
        [](exchange::loop* which) {
            which->inside == 0 ? void() : which->overlapping.store(true);
            --open_fake_loops;
            delete which;
        },
        [](std::uintptr_t, exchange::loop*, exchange::file*) { return 0; },
        [](exchange::loop* which, std::int32_t timeout_ms) { return which->turn(timeout_ms); },
        [](exchange::loop* which) {
            ++which->wakes;
            which->signal();
        },
        [](exchange::loop* which) { ++which->lefts; },
        [](std::uintptr_t, const void*, bool) { return std::uint32_t{0}; },
        [] {},
    };
    return functions;
}

/// A port with a loop, and the handle that keeps it from being abandoned.
class looped_port {
public:
    explicit looped_port(unsigned concurrency) : port_(kernel::completion_port::make(concurrency))
    {
        source.functions = &fake_provider();
        handle_ = kernel::handles.add(*port_);
        if (port_->pin_loop(source, loop) == kernel::completion_port::loop_use::joined) {
            port_->unpin_loop();
        }
    }
    ~looped_port() { close(); }

    void close()
    {
        (void)kernel::handles.remove(std::exchange(handle_, 0u), kernel::object_kind::completion_port);
    }

    kernel::completion_port& operator*() const { return *port_; }
    kernel::completion_port* operator->() const { return port_.get(); }

    kernel::loop_source source;
    exchange::loop* loop = nullptr;

private:
    kernel::object_ref<kernel::completion_port> port_;
    std::uint32_t handle_ = 0;
};

inline kernel::packet numbered(std::uintptr_t number) noexcept
{
    return {number, nullptr, 0, 0};
}

}  // namespace spindle::test
