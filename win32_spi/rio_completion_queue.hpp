// A completion queue of Registered I/O: results in the order of their coming, polled or told of by event or port. It
// holds no memory for results, since they stay in their requests; its size bounds what request queues may have
// outstanding. Answers to the pages "RIOCreateCompletionQueue", "RIONotify", "RIODequeueCompletion",
// "RIOResizeCompletionQueue", "RIOCloseCompletionQueue"; contract RIO-3, RIO-4, RIO-13 to RIO-17, RIO-19.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include <mswsock.h>

#include "rio_request.hpp"
#include "rio_table.hpp"
#include "spindle/result.hpp"
#include "winsock.hpp"
#include "spindle/constant_mutex.hpp"

namespace spindle::spi {

/// How a queue tells of results; the client's structure, checked.
class rio_notification {
public:
    /// Null: not at all. Errors: invalid_argument (unknown type, no event, no port or no overlapped),
    /// operation_not_supported (a port where there are none).
    static result<rio_notification> read(const RIO_NOTIFICATION_COMPLETION* from) noexcept;

    [[nodiscard]] bool none() const noexcept { return event_ == nullptr && port_ == nullptr; }
    void reset_event() const noexcept;
    void fire() const noexcept;

private:
    HANDLE event_ = nullptr;
    bool reset_ = false;
    HANDLE port_ = nullptr;
    void* key_ = nullptr;
    void* overlapped_ = nullptr;
};

/// Threads: every member from every thread. Every member with an id fails with invalid_argument when the queue has
/// another one by now.
class rio_completion_queue : public rio_entry {
public:
    void open(std::uintptr_t id, DWORD size, const rio_notification& notification) noexcept;
    /// Results nobody took go back to their request queues; those still to come find no queue.
    result<void> close(std::uintptr_t id) noexcept;
    [[nodiscard]] bool is(std::uintptr_t id) const noexcept
    {
        return id_.load(std::memory_order_acquire) == id;
    }

    /// Errors: too_many_references (request queues may need more).
    result<void> resize(std::uintptr_t id, DWORD size) noexcept;
    /// Room for `count` results more. Errors: no_buffer_space.
    result<void> reserve(std::uintptr_t id, DWORD count) noexcept;
    void release(std::uintptr_t id, DWORD count) noexcept;

    /// False when the queue is gone; else the request is the queue's until its result is taken.
    bool add(std::uintptr_t id, rio_request& request) noexcept;
    /// The number of results, which are taken.
    result<ULONG> take(std::uintptr_t id, RIORESULT* results, ULONG room) noexcept;
    /// Errors: already; invalid_argument without a way to notify.
    result<void> notify(std::uintptr_t id) noexcept;

private:
    void fire_counted(const rio_notification& notification) noexcept;
    void wait_until_fired() const noexcept;

    constant_mutex mutex_;
    std::atomic<std::uintptr_t> id_{0};  // written under mutex_
    // Under mutex_:
    DWORD size_ = 0;
    DWORD reserved_ = 0;
    rio_notification notification_;
    rio_request_list results_;
    std::size_t notifying_results_ = 0;
    bool armed_ = false;

    std::atomic<unsigned> firing_{0};  // notifications that were decided under mutex_ and are made without it
};

}  // namespace spindle::spi
