// What the tests of Registered I/O share: the function table, sockets made for it, registered memory, and completion
// queues that are looked at until results are there.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include <mswsock.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

namespace spindle::test {

inline unique_socket rio_socket(int family, int type,
                                DWORD flags = WSA_FLAG_OVERLAPPED | WSA_FLAG_REGISTERED_IO)
{
    unique_socket made(WSASocketW(family, type, 0, nullptr, 0, flags));
    REQUIRE(made.get() != INVALID_SOCKET);
    return made;
}

inline unique_socket bound_rio_udp(int family = AF_INET)
{
    unique_socket made = rio_socket(family, SOCK_DGRAM);
    REQUIRE(bind_to(made, loopback(family)) == 0);
    return made;
}

/// Two ends of one TCP connection, both for Registered I/O.
struct rio_pair {
    explicit rio_pair(int family = AF_INET)
    {
        listening = rio_socket(family, SOCK_STREAM);
        REQUIRE(bind_to(listening, loopback(family)) == 0);
        REQUIRE(listen(listening, 4) == 0);
        client = rio_socket(family, SOCK_STREAM);
        REQUIRE(connect_to(client, local_of(listening)) == 0);
        server = accept_from(listening);
    }
    unique_socket listening;
    unique_socket client;
    unique_socket server;
};

/// FIONREAD.
inline u_long readable_bytes(SOCKET handle)
{
    u_long count = 0;
    REQUIRE(ioctlsocket(handle, FIONREAD, &count) == 0);
    return count;
}

/// A started library and its Registered I/O functions.
struct rio_library : winsock {
    rio_library()
    {
        const unique_socket any = rio_socket(AF_INET, SOCK_DGRAM);
        GUID wanted = WSAID_MULTIPLE_RIO;
        DWORD returned = 0;
        REQUIRE(WSAIoctl(any, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, &wanted, sizeof wanted, &call,
                         sizeof call, &returned, nullptr, nullptr) == 0);
        REQUIRE(returned == sizeof call);
    }

    RIO_EXTENSION_FUNCTION_TABLE call{};

    [[nodiscard]] RIO_CQ queue(DWORD size = 64, RIO_NOTIFICATION_COMPLETION* notification = nullptr) const
    {
        const RIO_CQ made = call.RIOCreateCompletionQueue(size, notification);
        REQUIRE(made != RIO_INVALID_CQ);
        return made;
    }
    /// One completion queue for both directions.
    [[nodiscard]] RIO_RQ requests(SOCKET of, RIO_CQ results, ULONG receives = 8, ULONG sends = 8,
                                  ULONGLONG context = 0) const
    {
        const RIO_RQ made =
            call.RIOCreateRequestQueue(of, receives, 1, sends, 1, results, results, pointer(context));
        REQUIRE(made != RIO_INVALID_RQ);
        return made;
    }

    [[nodiscard]] static PVOID pointer(ULONGLONG number)
    {
        return reinterpret_cast<PVOID>(static_cast<ULONG_PTR>(number));
    }

    [[nodiscard]] int receive(RIO_RQ to, RIO_BUF part, DWORD flags = 0, ULONGLONG context = 0) const
    {
        return error_of_bool(call.RIOReceive(to, &part, 1, flags, pointer(context)));
    }
    [[nodiscard]] int send(RIO_RQ to, RIO_BUF part, DWORD flags = 0, ULONGLONG context = 0) const
    {
        return error_of_bool(call.RIOSend(to, &part, 1, flags, pointer(context)));
    }

    /// Waits for that many results; fewer when they do not come.
    [[nodiscard]] std::vector<RIORESULT> results(RIO_CQ of, std::size_t count) const
    {
        std::vector<RIORESULT> taken(count);
        std::size_t there = 0;
        (void)eventually([&] {
            const ULONG more =
                call.RIODequeueCompletion(of, taken.data() + there, static_cast<ULONG>(count - there));
            REQUIRE(more != RIO_CORRUPT_CQ);
            there += more;
            return there == count;
        });
        taken.resize(there);
        return taken;
    }
    [[nodiscard]] RIORESULT result(RIO_CQ of) const
    {
        const auto taken = results(of, 1);
        REQUIRE(taken.size() == 1);
        return taken.front();
    }
    [[nodiscard]] bool empty(RIO_CQ of) const
    {
        RIORESULT unexpected{};
        return call.RIODequeueCompletion(of, &unexpected, 1) == 0;
    }
};

/// Memory of the test's, registered for as long as it lives.
class registered_memory {
public:
    registered_memory(const rio_library& library, std::size_t size) : library_(library), bytes_(size, '\0')
    {
        id_ = library_.call.RIORegisterBuffer(bytes_.data(), static_cast<DWORD>(size));
        REQUIRE(id_ != RIO_INVALID_BUFFERID);
    }
    registered_memory(const registered_memory&) = delete;
    registered_memory& operator=(const registered_memory&) = delete;
    ~registered_memory() { library_.call.RIODeregisterBuffer(id_); }

    [[nodiscard]] RIO_BUFFERID id() const { return id_; }
    [[nodiscard]] RIO_BUF slice(ULONG offset, ULONG length) const { return {id_, offset, length}; }
    /// Writes the text and returns its slice.
    RIO_BUF put(ULONG offset, const std::string& text)
    {
        std::memcpy(bytes_.data() + offset, text.data(), text.size());
        return slice(offset, static_cast<ULONG>(text.size()));
    }
    [[nodiscard]] std::string text(ULONG offset, ULONG length) const { return bytes_.substr(offset, length); }
    template <class Value>
    [[nodiscard]] Value value(ULONG offset) const
    {
        Value found;
        std::memcpy(&found, bytes_.data() + offset, sizeof found);
        return found;
    }

private:
    const rio_library& library_;
    std::string bytes_;
    RIO_BUFFERID id_ = RIO_INVALID_BUFFERID;
};

/// An event as a queue's notification.
class event_notification {
public:
    explicit event_notification(bool reset = true) : event_(WSACreateEvent())
    {
        REQUIRE(event_ != nullptr);
        wanted_.Type = RIO_EVENT_COMPLETION;
        wanted_.Event.EventHandle = event_;
        wanted_.Event.NotifyReset = reset ? TRUE : FALSE;
    }
    event_notification(const event_notification&) = delete;
    event_notification& operator=(const event_notification&) = delete;
    ~event_notification() { WSACloseEvent(event_); }

    [[nodiscard]] RIO_NOTIFICATION_COMPLETION* get() { return &wanted_; }
    [[nodiscard]] bool signalled(DWORD milliseconds = 0) const
    {
        return WSAWaitForMultipleEvents(1, &event_, TRUE, milliseconds, FALSE) == WSA_WAIT_EVENT_0;
    }

private:
    HANDLE event_;
    RIO_NOTIFICATION_COMPLETION wanted_{};
};

}  // namespace spindle::test
