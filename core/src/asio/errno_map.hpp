// The one translation of the system's errno to Winsock codes (contract table T-ENO). What depends on the
// operation is a row of its own in the table, not a condition at the call.
#pragma once

#include <system_error>

#include "spindle/error.hpp"

namespace spindle {

/// What failed: some numbers mean different things to different calls.
enum class failed_call { other, connect, connect_local, accept, receive_urgent, datagram };

/// The Winsock code of an errno value; system_call_failure for a number that is not in the table, which is
/// traced. Do not call with a lock held.
[[nodiscard]] errc errc_from_errno(int number, failed_call call = failed_call::other) noexcept;

/// True for errors that accept() passes on from a connection that died in the queue: the next one is to be
/// tried.
[[nodiscard]] bool is_dead_connection(int number) noexcept;

/// True for numbers that a datagram socket may report on behalf of an earlier datagram (ICMP).
[[nodiscard]] bool is_asynchronous_error(int number) noexcept;

}  // namespace spindle
