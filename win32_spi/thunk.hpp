// The rules every SPI function shares, at one place: refuse when not started, find the socket before looking
// at any other argument, write *lpErrno on every failing path and only there, let no exception out (Winsock
// SPI: "Error Reporting and Parameter Validation"). The functions themselves are in thunks_*.cpp.
#pragma once

#include <cstring>
#include <type_traits>
#include <utility>

#include "instance.hpp"
#include "spindle/result.hpp"
#include "spindle/socket.hpp"
#include "winsock.hpp"

namespace spindle::spi {

/// Client pointers carry no promise of alignment: a value behind one is only ever read and written through
/// these two.
template <class T>
[[nodiscard]] T load(const T* from) noexcept
{
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    std::memcpy(&value, static_cast<const void*>(from), sizeof value);
    return value;
}
template <class T>
void store(T* to, const std::type_identity_t<T>& value) noexcept
{
    static_assert(std::is_trivially_copyable_v<T>);
    std::memcpy(static_cast<void*>(to), &value, sizeof value);
}

inline void write_error(LPINT lpErrno, errc code) noexcept
{
    if (lpErrno != nullptr) {
        store(lpErrno, static_cast<int>(code));
    }
}

/// Only inside a catch block. no_buffer_space for bad_alloc; system_call_failure, traced as critical, for
/// anything else.
[[nodiscard]] errc code_of_current_exception() noexcept;

/// Runs body(), which returns result<Value>. On return *lpErrno is written exactly when `failed` is returned.
template <class Value, class Body>
Value guarded_call(Value failed, LPINT lpErrno, Body&& body) noexcept
{
    errc code = errc::success;
    try {
        const result<Value> outcome = body();
        if (outcome) {
            return *outcome;
        }
        code = to_errc(outcome.error());
    } catch (...) {
        code = code_of_current_exception();
    }
    write_error(lpErrno, code);
    return failed;
}

/// A guarded_call that is counted as a call in progress: the last WSPCleanup waits for its end (CLEAN-8,
/// CLEAN-15). Errors besides the body's: not_initialised.
template <class Value, class Body>
Value spi_call(Value failed, LPINT lpErrno, Body&& body) noexcept
{
    return guarded_call(failed, lpErrno, [&]() -> result<Value> {
        const provider::call in_progress(the_provider());
        if (!in_progress) {
            return errc::not_initialised;
        }
        return body();
    });
}

/// As spi_call, of body(socket&), which returns result<Value>. Errors besides the body's: not_socket.
template <class Value, class Body>
Value socket_call(Value failed, SOCKET s, LPINT lpErrno, Body&& body) noexcept
{
    return guarded_call(failed, lpErrno, [&]() -> result<Value> {
        const provider::call in_progress(the_provider());
        if (!in_progress) {
            return errc::not_initialised;
        }
        const socket_ptr found = in_progress.find(static_cast<socket_handle>(s));
        if (!found) {
            return errc::not_socket;
        }
        return body(*found);
    });
}

/// The form most functions have: body(socket&) returns result<void>; 0 or SOCKET_ERROR.
template <class Body>
int socket_call(SOCKET s, LPINT lpErrno, Body&& body) noexcept
{
    return socket_call(call_failed, s, lpErrno, [&](socket& found) -> result<int> {
        const result<void> outcome = body(found);
        return outcome ? result<int>(0) : result<int>(outcome.error());
    });
}

}  // namespace spindle::spi
