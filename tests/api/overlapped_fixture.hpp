// What the tests of overlapped requests share: one request with its OVERLAPPED, buffer and outcome, a completion routine
// that writes down its calls, connections that take no more.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/port_handle.hpp"
#include "support/api_fixture.hpp"
#include "support/catch.hpp"

namespace spindle::test {

inline constexpr ULONG_PTR pending_status = 0x103;
inline constexpr ULONG_PTR overflow_status = 0x80000005;
inline constexpr ULONG_PTR cancelled_status = 0xC0000120;
inline constexpr ULONG_PTR reset_status = 0xC000020D;
inline constexpr ULONG_PTR aborted_status = 0xC0000241;
/// What a count holds that no call has written.
inline constexpr DWORD unwritten = 0xFFFF;
/// The bound of waits that take milliseconds.
inline constexpr DWORD patience_ms = 20'000;

inline HANDLE as_handle(SOCKET s)
{
    return reinterpret_cast<HANDLE>(s);
}

inline HANDLE associate(SOCKET s, HANDLE port, ULONG_PTR key)
{
    return CreateIoCompletionPort(as_handle(s), port, key, 0);
}

inline bool is_signalled(HANDLE object, DWORD milliseconds = 0)
{
    return WaitForSingleObject(object, milliseconds) == WAIT_OBJECT_0;
}

struct routine_call {
    DWORD error;
    DWORD bytes;
    LPWSAOVERLAPPED overlapped;
    DWORD flags;
};

/// What note_routine was called with on this thread.
inline std::vector<routine_call>& routine_calls()
{
    static thread_local std::vector<routine_call> calls;
    return calls;
}

inline void CALLBACK note_routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    routine_calls().push_back({error, bytes, overlapped, flags});
}

/// A request without an event; it has to stay where it is until it has finished.
struct request {
    explicit request(std::size_t size = 64) : bytes(size, '\0') {}
    request(const request&) = delete;
    request& operator=(const request&) = delete;

    int receive(SOCKET s, DWORD flags = 0, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine = nullptr)
    {
        WSABUF buffer = whole();
        in_flags = flags;
        return error_of(WSARecv(s, &buffer, 1, &at_once, &in_flags, &overlapped, routine));
    }
    int receive_from(SOCKET s, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine = nullptr)
    {
        WSABUF buffer = whole();
        in_flags = 0;
        from.length = sizeof from.storage;
        return error_of(
            WSARecvFrom(s, &buffer, 1, &at_once, &in_flags, from.get(), &from.length, &overlapped, routine));
    }
    int send(SOCKET s, const std::string& text, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine = nullptr)
    {
        bytes = text;
        WSABUF buffer = whole();
        return error_of(WSASend(s, &buffer, 1, &at_once, 0, &overlapped, routine));
    }
    int send_to(SOCKET s, const endpoint& to, const std::string& text,
                LPWSAOVERLAPPED_COMPLETION_ROUTINE routine = nullptr)
    {
        bytes = text;
        WSABUF buffer = whole();
        return error_of(WSASendTo(s, &buffer, 1, &at_once, 0, to.get(), to.length, &overlapped, routine));
    }

    /// HasOverlappedIoCompleted, ordered before what the request left.
    [[nodiscard]] ULONG_PTR status()
    {
        return std::atomic_ref(overlapped.Internal).load(std::memory_order_acquire);
    }
    [[nodiscard]] bool finished() { return status() != pending_status; }
    [[nodiscard]] bool finishes()
    {
        return eventually([&] { return finished(); });
    }
    int result(SOCKET s, bool wait = true)
    {
        return error_of_bool(WSAGetOverlappedResult(s, &overlapped, &count, wait ? TRUE : FALSE, &out_flags));
    }
    [[nodiscard]] std::string text() const { return bytes.substr(0, overlapped.InternalHigh); }
    [[nodiscard]] LPOVERLAPPED as_packet() { return reinterpret_cast<LPOVERLAPPED>(&overlapped); }

    WSABUF whole()
    {
        WSABUF buffer{};
        buffer.len = static_cast<ULONG>(bytes.size());
        buffer.buf = bytes.data();
        return buffer;
    }

    WSAOVERLAPPED overlapped{};
    std::string bytes;
    endpoint from;
    DWORD in_flags = 0;
    DWORD out_flags = unwritten;
    DWORD count = unwritten;    // of the result
    DWORD at_once = unwritten;  // of the call
};

/// With an event of its own, manual-reset unless said otherwise.
struct event_request : request {
    explicit event_request(std::size_t size = 64, bool manual_reset = true) : request(size)
    {
        overlapped.hEvent = CreateEventW(nullptr, manual_reset ? TRUE : FALSE, FALSE, nullptr);
        event = overlapped.hEvent;
        REQUIRE(event != nullptr);
    }
    ~event_request() { CloseHandle(event); }

    [[nodiscard]] bool signalled(DWORD milliseconds = 0) const { return is_signalled(event, milliseconds); }

    HANDLE event = nullptr;
};

/// No packet waits at the port and none is about to come of what has finished already.
inline bool is_empty(HANDLE port)
{
    const dequeued got = next_packet(port, 0);
    return !got.success && got.overlapped == nullptr && got.error == WAIT_TIMEOUT;
}

/// Sends until the socket takes no more, which leaves it nonblocking; the number of bytes taken.
inline std::size_t fill(SOCKET s)
{
    set_nonblocking(s);
    const std::string chunk(65'536, 'f');
    std::size_t taken = 0;
    for (;;) {
        const int sent = send(s, chunk.data(), static_cast<int>(chunk.size()), 0);
        if (sent == SOCKET_ERROR) {
            REQUIRE(WSAGetLastError() == WSAEWOULDBLOCK);
            return taken;
        }
        taken += static_cast<std::size_t>(sent);
    }
}

/// More than all buffers of a loopback connection take.
inline std::string large_text(char of = 'x')
{
    return std::string(std::size_t{8} * 1024 * 1024, of);
}

}  // namespace spindle::test
