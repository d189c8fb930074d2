// Look-ups that end with a window message: who is waiting for which, and what is written for them. They run on threads of
// the pool and cannot be interrupted; one that was cancelled ends unseen and writes nothing. Answers to the pages
// "WSAAsyncGetHostByName" and "WSACancelAsyncRequest".
#pragma once

#include "host/resolver.hpp"
#include "host/winsock.hpp"

#include <functional>

namespace spindle::host {

enum class record_kind : unsigned char { host, service, protocol };

/// Where the answer goes.
struct name_reply {
    record_kind kind = record_kind::host;
    HWND window = nullptr;
    UINT message = 0;
    char* buffer = nullptr;
    int size = 0;
};

/// Finds the record on another thread; returns 0 or a Winsock code. May throw std::bad_alloc.
using find_record = std::function<int(resolver::record& found)>;

/// Begins the look-up. Its number, which is never 0, comes back in the message. 0 when it cannot be begun (no memory, no
/// thread).
[[nodiscard]] std::uintptr_t begin_name_request(const name_reply& reply, find_record find) noexcept;

/// No message is posted and nothing written from the return on. Returns 0, WSAEALREADY (it has ended or was cancelled) or
/// WSAEINVAL (there never was such a request).
[[nodiscard]] int cancel_name_request(std::uintptr_t number) noexcept;

/// Cancels all; at the last cleanup.
void cancel_name_requests() noexcept;

/// Writes the record as a HOSTENT, SERVENT or PROTOENT with all that it points to, if it fits; the size that it takes.
/// The buffer need not be aligned.
[[nodiscard]] std::size_t write_record(const resolver::record& found, record_kind kind, char* buffer,
                                       std::size_t size) noexcept;

void lock_name_requests_for_fork() noexcept;
void unlock_name_requests_after_fork(bool in_child) noexcept;

}  // namespace spindle::host
