// The one path from an API call on a socket to the provider's SPI function: count the call in, find the
// socket's provider, call, and hand the error on (clauses MAP-15 to 18). Every mapping is a few lines on top
// of this.
#pragma once

#include "host/call_scope.hpp"
#include "host/provider.hpp"
#include "host/upcalls.hpp"
#include "kernel/handle_table.hpp"

namespace spindle::host {

/// Calls `call(table, lpErrno)` with the procedure table of the socket's provider and returns its result;
/// `failure` is what both the SPI function and this one return when they fail.
/// Errors: WSANOTINITIALISED, then WSAENOTSOCK, then why the provider of a layer's lower socket could not be started,
/// then whatever the provider stored. On success the last error stays.
template <class Result, class Call>
Result call_provider(SOCKET s, Result failure, Call&& call)
{
    call_scope scope;
    if (!scope) {
        return fail(failure, WSANOTINITIALISED);
    }
    kernel::socket_entry entry;
    if (!kernel::handles.find_socket(s, entry)) {
        return fail(failure, WSAENOTSOCK);
    }
    auto& target = *static_cast<provider*>(entry.owner);
    if (const int refused = target.ensure_started(entry.catalog_entry_id); refused != 0) {
        return fail(failure, refused);
    }
    scope.enter_provider(target);
    int error = WSASYSCALLFAILURE;  // stays only if the provider breaks its duty to say why it failed
    const Result result = call(target.table(), &error);
    return result == failure ? fail(failure, error) : result;
}

/// The usual case: an int, SOCKET_ERROR on failure.
template <class Call>
int call_provider(SOCKET s, Call&& call)
{
    return call_provider(s, int{SOCKET_ERROR}, std::forward<Call>(call));
}

/// The thread id that accompanies a call: the thread's own for an overlapped call, none for others (MAP-19).
inline LPWSATHREADID thread_id_for(LPWSAOVERLAPPED overlapped) noexcept
{
    return overlapped == nullptr ? nullptr : calling_thread_id();
}

}  // namespace spindle::host
