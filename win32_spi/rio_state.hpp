// What Registered I/O keeps between its calls: nothing before the first buffer or completion queue, nothing after the
// last WSPCleanup.
#pragma once

#include "rio_buffers.hpp"
#include "rio_completion_queue.hpp"
#include "rio_request_queue.hpp"
#include "rio_table.hpp"

namespace spindle::spi {

struct rio_state {
    rio_buffers buffers;
    rio_table<rio_completion_queue, 2> completion_queues;
    rio_table<rio_request_queue, 3> request_queues;
};

/// Null until made. Valid inside a call, and for requests until the last cleanup has ended.
[[nodiscard]] rio_state* registered_io() noexcept;
/// Throws bad_alloc.
[[nodiscard]] rio_state& make_registered_io();

/// The socket was closed: its request queue dies with it (RIO-6).
void end_request_queue(socket& closed) noexcept;
/// The queue has given up its id and has no requests.
void put_back_request_queue(rio_request_queue& unused) noexcept;

/// After the last cleanup, which has settled all requests.
void drop_registered_io() noexcept;
void forget_registered_io_after_fork() noexcept;

}  // namespace spindle::spi
