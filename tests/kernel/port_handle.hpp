// A completion port's handle and what one wait at it yields.
#pragma once

#include <winsock2.h>

#include "support/catch.hpp"

namespace spindle::test {

class port_handle {
public:
    explicit port_handle(DWORD threads = 0)
        : handle_(CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, threads))
    {
        REQUIRE(handle_ != nullptr);
    }
    port_handle(const port_handle&) = delete;
    port_handle& operator=(const port_handle&) = delete;
    ~port_handle() { CloseHandle(handle_); }

    [[nodiscard]] HANDLE get() const { return handle_; }
    operator HANDLE() const { return handle_; }  // NOLINT: reads like the API it stands for

private:
    HANDLE handle_;
};

struct dequeued {
    bool success = false;
    DWORD error = 0;
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    OVERLAPPED* overlapped = nullptr;
};

inline dequeued next_packet(HANDLE port, DWORD milliseconds = INFINITE)
{
    dequeued got;
    got.overlapped = reinterpret_cast<OVERLAPPED*>(1);  // so that a null pointer is one that was stored
    got.success =
        GetQueuedCompletionStatus(port, &got.bytes, &got.key, &got.overlapped, milliseconds) != FALSE;
    got.error = got.success ? 0 : GetLastError();
    return got;
}

}  // namespace spindle::test
