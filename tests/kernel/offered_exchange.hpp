// A provider's side of the private agreement that does nothing by itself: a test says which requests end and when, and
// sees what the host has asked for. Lives in the test provider's library; the test reaches it through the exported
// spindle_test_offered.
#pragma once

#include <spindle/exchange.hpp>

#include <winsock2.h>
#include <ws2spi.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

namespace spindle::exchange {

struct finished_request {
    file* of;
    void* overlapped;
    std::uint32_t status;
    std::uintptr_t bytes;
};

struct loop {
    void signal()
    {
        std::lock_guard lock(mutex);
        woken = true;
        changed.notify_all();
    }

    std::mutex mutex;
    std::condition_variable changed;
    bool woken = false;
    std::vector<finished_request> finished;
    std::atomic<int> inside{0};
};

}  // namespace spindle::exchange

namespace spindle::test {

struct offered_exchange {
    exchange::host_functions host{};
    std::atomic<int> open_loops{0};
    exchange::loop* last_loop = nullptr;
    /// Of the last association.
    SOCKET socket = INVALID_SOCKET;
    exchange::file* file = nullptr;
    int refuse_with = 0;
    bool refuse_loop = false;
    /// Of the last cancellation.
    SOCKET cancelled_on = INVALID_SOCKET;
    const void* cancelled = nullptr;
    bool cancelled_own_only = false;
    std::uint32_t cancel_finds = 0;
    /// Looks that waiting threads asked for; `news` is called in each.
    std::atomic<unsigned> looks{0};
    void (*news)(void* context) = nullptr;
    void* news_context = nullptr;

    bool answer(SOCKET s, DWORD code, const void* in, DWORD in_size, void* out, DWORD out_size,
                LPDWORD bytes);

    /// The request ends in the loop's next turn.
    void finish_in_loop(void* overlapped, std::uint32_t status, std::uintptr_t bytes) const
    {
        {
            std::lock_guard lock(last_loop->mutex);
            last_loop->finished.push_back({file, overlapped, status, bytes});
        }
        last_loop->signal();
    }

    void release()
    {
        if (file != nullptr) {
            host.release_file(std::exchange(file, nullptr));
        }
    }
};

using offered_function = offered_exchange* (*)();
inline constexpr const char* offered_symbol = "spindle_test_offered";

#if defined(OFFERS_EXCHANGE)

inline offered_exchange offered;

inline bool take_turn(exchange::loop* which, std::int32_t timeout_ms)
{
    std::vector<exchange::finished_request> served;
    std::unique_lock lock(which->mutex);
    ++which->inside;
    const auto is_woken = [which] { return which->woken; };
    if (timeout_ms < 0) {
        which->changed.wait(lock, is_woken);
    } else {
        which->changed.wait_for(lock, std::chrono::milliseconds(timeout_ms), is_woken);
    }
    const bool woken = std::exchange(which->woken, false);
    served.swap(which->finished);
    lock.unlock();
    for (const auto& each : served) {
        offered.host.complete(each.of, each.overlapped, each.status, each.bytes, exchange::notify::normal);
    }
    --which->inside;
    return woken;
}

inline int take_association(std::uintptr_t handle, exchange::file* of)
{
    if (offered.refuse_with != 0) {
        return offered.refuse_with;
    }
    offered.release();
    offered.socket = handle;
    offered.file = of;
    return 0;
}

inline bool offered_exchange::answer(SOCKET s, DWORD code, const void* in, DWORD in_size, void* out,
                                     DWORD out_size, LPDWORD bytes)
{
    static constexpr exchange::provider_functions functions{
        exchange::version,
        [](exchange::port*) -> exchange::loop* {
            if (offered.refuse_loop) {
                return nullptr;
            }
            ++offered.open_loops;
            offered.last_loop = new exchange::loop;
            return offered.last_loop;
        },
        [](exchange::loop* which) {
            --offered.open_loops;
            delete which;
        },
        [](std::uintptr_t handle, exchange::loop*, exchange::file* of) {
            return take_association(handle, of);
        },
        &take_turn,
        [](exchange::loop* which) { which->signal(); },
        [](exchange::loop*) {},
        [](std::uintptr_t handle, const void* overlapped, bool own_only) {
            offered.cancelled_on = handle;
            offered.cancelled = overlapped;
            offered.cancelled_own_only = own_only;
            return offered.cancel_finds;
        },
        [] {
            ++offered.looks;
            if (offered.news != nullptr) {
                offered.news(offered.news_context);
            }
        },
    };
    if (s != INVALID_SOCKET || code != exchange::ioctl_code || in_size != sizeof host ||
        out_size != sizeof functions) {
        return false;
    }
    std::memcpy(&host, in, sizeof host);
    std::memcpy(out, &functions, sizeof functions);
    *bytes = sizeof functions;
    return true;
}

#endif

}  // namespace spindle::test
