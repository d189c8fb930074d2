// Overlapped requests as programs use them: events, results, order, completion routines. Ports have a program of their
// own. Answers to the pages "WSARecv", "WSASend", "WSAGetOverlappedResult".
#include "support/api_fixture.hpp"

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace spindle::test;

namespace {

/// An OVERLAPPED with an event of its own and the buffer of one request.
struct event_request {
    explicit event_request(std::size_t size = 64) : bytes(size, '\0')
    {
        overlapped.hEvent = WSACreateEvent();
        REQUIRE(overlapped.hEvent != nullptr);
    }
    event_request(const event_request&) = delete;
    event_request& operator=(const event_request&) = delete;
    ~event_request() { WSACloseEvent(overlapped.hEvent); }

    int receive(SOCKET s, DWORD flags = 0)
    {
        WSABUF buffer{static_cast<ULONG>(bytes.size()), bytes.data()};
        in_flags = flags;
        return error_of(WSARecv(s, &buffer, 1, nullptr, &in_flags, &overlapped, nullptr));
    }
    int send(SOCKET s, const std::string& text)
    {
        bytes = text;
        WSABUF buffer{static_cast<ULONG>(bytes.size()), bytes.data()};
        return error_of(WSASend(s, &buffer, 1, nullptr, 0, &overlapped, nullptr));
    }
    [[nodiscard]] bool signalled(DWORD milliseconds = 0) const
    {
        HANDLE event = overlapped.hEvent;
        return WSAWaitForMultipleEvents(1, &event, TRUE, milliseconds, FALSE) == WSA_WAIT_EVENT_0;
    }
    int result(SOCKET s, bool wait = true)
    {
        return error_of_bool(WSAGetOverlappedResult(s, &overlapped, &count, wait ? TRUE : FALSE, &out_flags));
    }
    [[nodiscard]] std::string text() const { return bytes.substr(0, count); }

    WSAOVERLAPPED overlapped{};
    std::string bytes;
    DWORD in_flags = 0;
    DWORD out_flags = 0xFFFF;
    DWORD count = 0xFFFF;
};

}  // namespace

TEST_CASE("XFR-1, XFR-12 an overlapped receive without data pends and completes once when data come",
          "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    set_nonblocking(pair.server);
    event_request receive;
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    CHECK_FALSE(receive.signalled());
    CHECK(receive.overlapped.Internal == 0x103);
    CHECK(receive.result(pair.server, false) == WSA_IO_INCOMPLETE);
    send_text(pair.client, "hello");
    REQUIRE(receive.signalled(5000));
    CHECK(receive.overlapped.Internal == 0);
    CHECK(receive.result(pair.server, false) == 0);
    CHECK(receive.text() == "hello");
    CHECK(receive.out_flags == 0);
    CHECK(receive.result(pair.server, false) == 0);  // GOR-4
}

TEST_CASE("OVL-16 receives are filled in the order in which they were posted", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    event_request first(4);
    event_request second(4);
    REQUIRE(first.receive(pair.server) == WSA_IO_PENDING);
    REQUIRE(second.receive(pair.server) == WSA_IO_PENDING);
    send_text(pair.client, "abcdefgh");
    REQUIRE(first.result(pair.server) == 0);
    REQUIRE(second.result(pair.server) == 0);
    CHECK(first.text() == "abcd");
    CHECK(second.text() == "efgh");
}

namespace {

struct routine_call {
    DWORD error;
    DWORD bytes;
    LPWSAOVERLAPPED overlapped;
    DWORD flags;
};
std::vector<routine_call> routine_calls;

void CALLBACK note_routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    routine_calls.push_back({error, bytes, overlapped, flags});
}

}  // namespace

TEST_CASE("APC-1, APC-2, APC-7 a completion routine runs in an alertable wait of its thread and there only",
          "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    routine_calls.clear();
    std::array<char, 16> bytes{};
    WSABUF buffer{bytes.size(), bytes.data()};
    DWORD flags = 0;
    WSAOVERLAPPED overlapped{};
    overlapped.hEvent = reinterpret_cast<HANDLE>(std::uintptr_t{0x1234});  // the client's own with a routine
    REQUIRE(error_of(WSARecv(pair.server, &buffer, 1, nullptr, &flags, &overlapped, note_routine)) == WSA_IO_PENDING);
    send_text(pair.client, "hi");
    REQUIRE(eventually([&] { return HasOverlappedIoCompleted(&overlapped); }));
    CHECK(routine_calls.empty());
    CHECK(SleepEx(0, FALSE) == 0);
    CHECK(routine_calls.empty());
    CHECK(SleepEx(5000, TRUE) == WAIT_IO_COMPLETION);
    REQUIRE(routine_calls.size() == 1);
    CHECK(routine_calls[0].error == 0);
    CHECK(routine_calls[0].bytes == 2);
    CHECK(routine_calls[0].overlapped == &overlapped);
    CHECK(overlapped.hEvent == reinterpret_cast<HANDLE>(std::uintptr_t{0x1234}));
}

TEST_CASE("CAN-1, CAN-2 closing a connected socket ends its pending receive with WSAECONNABORTED", "[api][overlapped]")
{
    const winsock started;
    tcp_pair pair;
    event_request receive;
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    pair.server.reset();
    REQUIRE(receive.signalled(5000));
    CHECK(receive.overlapped.Internal == 0xC0000241);
    CHECK(receive.overlapped.InternalHigh == 0);
}

TEST_CASE("CLEAN-5, CLEAN-6 the last cleanup settles a pending receive silently", "[api][overlapped]")
{
    event_request receive;
    {
        const winsock started;
        const tcp_pair pair;
        REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
        REQUIRE(WSACleanup() == 0);
        CHECK(receive.overlapped.Internal == 0xC0000120);
        CHECK(receive.overlapped.InternalHigh == 0);
        CHECK_FALSE(receive.signalled());
        WSADATA data;
        REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    }
}
