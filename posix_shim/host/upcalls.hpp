// The upcall table that every provider gets in WSPStartup, and what else the host does for upcalls. The
// functions themselves are those ws2spi.h declares, grouped in files by what they are about: sockets,
// threads, blocking, the catalog, events and the rest; a provider reaches them through the table only.
// Answers to the page "Upcalls Exposed by Windows Sockets 2 DLL" (clauses UP-1 to UP-30, HAND-2 to 13).
#pragma once

#include "host/winsock.hpp"

namespace spindle::host {

/// All 15 entries filled (UP-30). Upcalls are legal whenever a provider is started; they take no part in the
/// count of calls in progress, so that a provider can make them during its last cleanup.
[[nodiscard]] WSPUPCALLTABLE upcall_table() noexcept;

/// Drops the completion routines that providers have queued to threads and that have not run (CLEAN-16), and
/// the thread ids that providers opened and did not close.
void drop_provider_apcs() noexcept;

/// The id of the calling thread that goes with every overlapped call (MAP-19). nullptr: memory is short.
[[nodiscard]] LPWSATHREADID calling_thread_id() noexcept;

/// Makes the upcall fail with this code.
template <class Result>
Result upcall_failure(Result result, LPINT lpErrno, int error) noexcept
{
    if (lpErrno != nullptr) {
        *lpErrno = error;
    }
    return result;
}

}  // namespace spindle::host
