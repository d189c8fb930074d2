// Requests of the extension functions as programs make them: an OVERLAPPED with its event, an AcceptEx with its buffer, a
// ConnectEx. Nothing in here checks a clause.
#pragma once

#include <atomic>
#include <vector>

#include "support/extension.hpp"

namespace spindle::test {

inline constexpr std::uint64_t status_pending = 0x103;
inline constexpr std::uint64_t status_cancelled = 0xC0000120;
inline constexpr std::uint64_t status_connection_aborted = 0xC0000241;

inline void wait_for(HANDLE event)
{
    const auto bound = static_cast<DWORD>(patience.count());
    REQUIRE(WSAWaitForMultipleEvents(1, &event, TRUE, bound, FALSE) == WSA_WAIT_EVENT_0);
}

/// One request that is told of by an event of its own.
class event_overlapped {
public:
    event_overlapped()
    {
        overlapped_.hEvent = WSACreateEvent();
        REQUIRE(overlapped_.hEvent != nullptr);
    }
    event_overlapped(const event_overlapped&) = delete;
    event_overlapped& operator=(const event_overlapped&) = delete;
    ~event_overlapped() { WSACloseEvent(overlapped_.hEvent); }

    operator OVERLAPPED*() noexcept { return &overlapped_; }  // NOLINT: reads like the API it stands for
    OVERLAPPED* operator->() noexcept { return &overlapped_; }
    [[nodiscard]] bool signalled() const
    {
        HANDLE event = overlapped_.hEvent;
        return WSAWaitForMultipleEvents(1, &event, TRUE, 0, FALSE) == WSA_WAIT_EVENT_0;
    }
    /// Waits for the event; the error of WSAGetOverlappedResult, whose byte count is then in `bytes`.
    int outcome(SOCKET of)
    {
        wait_for(overlapped_.hEvent);
        DWORD flags = 0;
        bytes = stale_count;
        return error_of_bool(WSAGetOverlappedResult(of, &overlapped_, &bytes, FALSE, &flags));
    }
    /// Read as a program polls it, while another thread may settle the request.
    [[nodiscard]] bool is_pending()
    {
        return std::atomic_ref(overlapped_.Internal).load(std::memory_order_acquire) == status_pending;
    }
    /// For a socket that is closed already: waits for the event; the NTSTATUS.
    std::uint64_t status()
    {
        wait_for(overlapped_.hEvent);
        return overlapped_.Internal;
    }

    static constexpr DWORD stale_count = 0xFFFF;
    DWORD bytes = stale_count;

private:
    OVERLAPPED overlapped_{};
};

constexpr DWORD accept_room(int family) noexcept
{
    return static_cast<DWORD>(family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in)) + 16;
}

/// One AcceptEx: its accept socket, its output buffer with the three lengths, its OVERLAPPED.
struct accept_call {
    explicit accept_call(DWORD data = 0, int family = AF_INET)
        : target(tcp(family)), data_room(data), local_room(accept_room(family)),
          peer_room(accept_room(family))
    {}

    /// 0, ERROR_IO_PENDING or why it failed.
    int start(SOCKET listening)
    {
        buffer.assign(data_room + local_room + peer_room + 1, '\0');
        return error_of_bool(AcceptEx(listening, target, buffer.data(), data_room, local_room, peer_room,
                                      &received, overlapped));
    }
    [[nodiscard]] std::string data() const { return {buffer.data(), overlapped.bytes}; }
    int update(SOCKET listening) const
    {
        return error_of(setsockopt(target, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                                   reinterpret_cast<const char*>(&listening), sizeof listening));
    }

    unique_socket target;
    DWORD data_room;
    DWORD local_room;
    DWORD peer_room;
    DWORD received = event_overlapped::stale_count;
    std::vector<char> buffer;
    event_overlapped overlapped;
};

inline unique_socket bound_tcp(int family = AF_INET)
{
    auto made = tcp(family);
    REQUIRE(bind_to(made, loopback(family)) == 0);
    return made;
}

/// ConnectEx: 0, ERROR_IO_PENDING or why it failed.
inline int connect_ex(SOCKET s, const endpoint& where, OVERLAPPED* overlapped, void* data = nullptr,
                      DWORD size = 0, DWORD* sent = nullptr)
{
    const auto function = extension<LPFN_CONNECTEX>(s, WSAID_CONNECTEX);
    return error_of_bool(function(s, where.get(), where.length, data, size, sent, overlapped));
}

inline int update_connect_context(SOCKET s)
{
    return error_of(setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, nullptr, 0));
}

/// DisconnectEx: 0, ERROR_IO_PENDING or why it failed.
inline int disconnect_ex(SOCKET s, OVERLAPPED* overlapped, DWORD flags = 0, DWORD reserved = 0)
{
    const auto function = extension<LPFN_DISCONNECTEX>(s, WSAID_DISCONNECTEX);
    return error_of_bool(function(s, overlapped, flags, reserved));
}

inline constexpr SOCKET no_socket = 0xDEAD0;

}  // namespace spindle::test
