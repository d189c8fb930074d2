// A request queue of Registered I/O: the requests of one socket, from the call to the client's taking of the result.
// Requests are kept and used again; a socket that never has more outstanding than before needs no memory. Answers to the
// pages "RIOCreateRequestQueue", "RIOSendEx", "RIOReceiveEx", "RIOResizeRequestQueue"; contract RIO-2, RIO-5, RIO-6,
// RIO-10, RIO-11, RIO-15, RIO-18, RIO-19.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

#include "rio_completion_queue.hpp"
#include "rio_request.hpp"
#include "rio_table.hpp"
#include "spindle/result.hpp"
#include "spindle/socket.hpp"
#include "winsock.hpp"
#include "spindle/constant_mutex.hpp"

namespace spindle::spi {

/// What a call asks for, its slices found and checked.
struct rio_submission {
    rio_way way = rio_way::receive;
    DWORD flags = 0;  // RIO_MSG_
    mutable_buffer data;
    ULONGLONG context = 0;
    const socket_address* to = nullptr;
    const socket_address* local = nullptr;
    void* local_target = nullptr;  // where it is written, once the call is accepted
    void* peer_target = nullptr;
    void* flags_target = nullptr;
};

/// One of a queue's two directions.
struct rio_side {
    DWORD limit = 0;
    DWORD outstanding = 0;  // from the call until the result is taken (RIO-15)
    rio_completion_queue* results = nullptr;
    std::uintptr_t results_id = 0;
    rio_request_list deferred;
};

/// Threads: every member from every thread, though the client serialises its calls (RIO-20). Lock order: this queue, its
/// completion queues. Sockets are called without either. Members with an id fail with invalid_argument when the queue has
/// another one by now.
class rio_request_queue : public rio_entry {
public:
    struct wanted_side {
        DWORD limit;
        rio_completion_queue* results;
        std::uintptr_t results_id;
    };
    /// Receives first, then sends. Errors: invalid_argument (no such completion queue), no_buffer_space (no room there).
    result<void> open(std::uintptr_t id, const socket_ptr& of, const std::array<wanted_side, 2>& sides,
                      void* context) noexcept;
    /// The socket was closed. What waits to be started ends with operation_aborted.
    void close(std::uintptr_t id) noexcept;

    /// On success there will be one result. Errors: invalid_argument (also: a completion queue that was closed, flags that do
    /// not fit), no_buffer_space (the limit). Throws bad_alloc.
    result<void> submit(std::uintptr_t id, const rio_submission& wanted);
    /// Starts what was deferred in this direction.
    result<void> commit(std::uintptr_t id, rio_way way) noexcept;
    /// Errors: too_many_references (more is outstanding), no_buffer_space.
    result<void> resize(std::uintptr_t id, DWORD receives, DWORD sends) noexcept;

    /// Null when closed.
    [[nodiscard]] socket_ptr socket_of(std::uintptr_t id) noexcept;

    void complete(rio_request& request, const io_outcome& outcome) noexcept;
    /// The client has the results, or nobody ever will.
    static void give_back_all(rio_request_list& requests) noexcept;

private:
    rio_side& side(rio_way way) noexcept { return sides_[static_cast<std::size_t>(way)]; }
    rio_request& take_request();
    /// Without the lock on return.
    void start_waiting(std::unique_lock<constant_mutex>& lock) noexcept;
    void start(rio_request& request, const socket_ptr& on) noexcept;
    void give_back(rio_request& request) noexcept;
    void retire_if_over(std::unique_lock<constant_mutex>& lock) noexcept;

    constant_mutex mutex_;
    // Under mutex_; the completion queues and what is said of the socket stay as they are while requests exist.
    std::uintptr_t id_ = 0;
    bool closed_ = false;  // and requests are still to come back
    std::array<rio_side, 2> sides_;
    std::weak_ptr<socket> socket_;
    socket_handle handle_ = 0;
    bool datagrams_ = false;
    ULONGLONG context_ = 0;
    std::deque<rio_request> requests_;
    rio_request_list free_;
    rio_request_list to_start_;
    bool starting_ = false;  // a thread goes through to_start_, in order and without the lock
};

}  // namespace spindle::spi
