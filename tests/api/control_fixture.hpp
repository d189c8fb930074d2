// Control codes as calls, and an event that ends with its scope.
#pragma once

#include "support/api_fixture.hpp"

namespace spindle::test {

constexpr DWORD untouched = 0xDEADBEEF;

struct outcome {
    int error;
    DWORD count;  // what the call stored, untouched if nothing
};

inline outcome control(SOCKET s, DWORD code, const void* in, DWORD in_size, void* out, DWORD out_size,
                       LPWSAOVERLAPPED overlapped = nullptr)
{
    DWORD count = untouched;
    const int error = error_of(
        WSAIoctl(s, code, const_cast<void*>(in), in_size, out, out_size, &count, overlapped, nullptr));
    return {error, count};
}

inline outcome route(SOCKET s, const endpoint& to, void* out, DWORD out_size, LPWSAOVERLAPPED overlapped = nullptr)
{
    return control(s, SIO_ROUTING_INTERFACE_QUERY, to.get(), static_cast<DWORD>(to.length), out, out_size, overlapped);
}

struct event {
    event() : handle(WSACreateEvent()) {}
    event(const event&) = delete;
    event& operator=(const event&) = delete;
    ~event() { WSACloseEvent(handle); }
    [[nodiscard]] bool wait(DWORD milliseconds = 20'000) const
    {
        return WSAWaitForMultipleEvents(1, &handle, TRUE, milliseconds, FALSE) == WSA_WAIT_EVENT_0;
    }
    WSAEVENT handle;
};

}  // namespace spindle::test
