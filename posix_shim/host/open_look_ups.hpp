// The look-ups that a program has begun and not ended, as the last cleanup and a fork find them.
#pragma once

namespace spindle::host {

/// Ends every overlapped look-up as cancelled: its event is set, or its routine has run.
void cancel_all_look_ups() noexcept;
/// Closes what WSALookupServiceBegin has opened.
void close_all_queries() noexcept;

void lock_look_ups_for_fork() noexcept;
void unlock_look_ups_after_fork(bool in_child) noexcept;
void lock_queries_for_fork() noexcept;
void unlock_queries_after_fork(bool in_child) noexcept;

}  // namespace spindle::host
