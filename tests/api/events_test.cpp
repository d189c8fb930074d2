// Event objects and waits of the API: all the host's own work. Network events of sockets are not in here.
// Answers to "WSACreateEvent function" and "WSAWaitForMultipleEvents function".
#include <array>
#include <chrono>
#include <vector>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

class event {
public:
    event() : handle_(WSACreateEvent()) { REQUIRE(handle_ != WSA_INVALID_EVENT); }
    ~event() { WSACloseEvent(handle_); }
    event(const event&) = delete;
    event& operator=(const event&) = delete;
    operator WSAEVENT() const { return handle_; }  // NOLINT: reads like the API it stands for

private:
    WSAEVENT handle_;
};

DWORD poll(const std::vector<WSAEVENT>& events, BOOL all = FALSE, DWORD milliseconds = 0)
{
    return WSAWaitForMultipleEvents(static_cast<DWORD>(events.size()), events.data(), all, milliseconds,
                                    FALSE);
}

}  // namespace

TEST_CASE("MAP-6 an event is made nonsignalled and keeps its state until reset", "[api][events]")
{
    const winsock started;
    const event one;
    CHECK(poll({one}) == WSA_WAIT_TIMEOUT);
    CHECK(WSASetEvent(one) == TRUE);
    CHECK(poll({one}) == WSA_WAIT_EVENT_0);
    CHECK(poll({one}) == WSA_WAIT_EVENT_0);
    CHECK(WSASetEvent(one) == TRUE);
    CHECK(WSAResetEvent(one) == TRUE);
    CHECK(poll({one}) == WSA_WAIT_TIMEOUT);
    CHECK(WSAResetEvent(one) == TRUE);
}

TEST_CASE("MAP-6 a wait for any names the first signalled, a wait for all wants every one", "[api][events]")
{
    const winsock started;
    const event first;
    const event second;
    const event third;
    CHECK(poll({first, second, third}) == WSA_WAIT_TIMEOUT);
    WSASetEvent(third);
    CHECK(poll({first, second, third}) == WSA_WAIT_EVENT_0 + 2);
    WSASetEvent(second);
    CHECK(poll({first, second, third}) == WSA_WAIT_EVENT_0 + 1);
    CHECK(poll({first, second, third}, TRUE) == WSA_WAIT_TIMEOUT);
    WSASetEvent(first);
    CHECK(poll({first, second, third}, TRUE) == WSA_WAIT_EVENT_0);
}

TEST_CASE("MAP-6 a blocked wait ends when another thread sets the event", "[api][events]")
{
    const winsock started;
    const event first;
    const event second;
    for (const BOOL all : {FALSE, TRUE}) {
        WSAResetEvent(first);
        WSAResetEvent(second);
        background_call waiting([&] { return poll({first, second}, all, WSA_INFINITE); });
        REQUIRE(waiting.blocks());
        WSASetEvent(second);
        if (all) {
            CHECK(waiting.blocks());
            WSASetEvent(first);
        }
        CHECK(waiting.result() == (all ? WSA_WAIT_EVENT_0 : WSA_WAIT_EVENT_0 + 1));
    }
}

TEST_CASE("MAP-6 a wait with a limit takes that long", "[api][events]")
{
    const winsock started;
    const event one;
    const stopwatch time;
    CHECK(poll({one}, FALSE, 60) == WSA_WAIT_TIMEOUT);
    CHECK(time.elapsed() >= std::chrono::milliseconds(55));
    CHECK(time.elapsed() < patience);
}

TEST_CASE("MAP-6 many events can be waited for, more than 64 or none cannot", "[api][events]")
{
    const winsock started;
    std::vector<WSAEVENT> events;
    for (int turn = 0; turn < WSA_MAXIMUM_WAIT_EVENTS + 1; ++turn) {
        events.push_back(WSACreateEvent());
        REQUIRE(events.back() != WSA_INVALID_EVENT);
    }
    CHECK(poll(events) == WSA_WAIT_FAILED);
    CHECK(WSAGetLastError() == WSA_INVALID_PARAMETER);
    CHECK(WSAWaitForMultipleEvents(0, events.data(), FALSE, 0, FALSE) == WSA_WAIT_FAILED);
    CHECK(WSAGetLastError() == WSA_INVALID_PARAMETER);
    const WSAEVENT last = events.back();
    events.pop_back();
    CHECK(poll(events) == WSA_WAIT_TIMEOUT);
    WSASetEvent(events.back());
    CHECK(poll(events) == WSA_WAIT_EVENT_0 + WSA_MAXIMUM_WAIT_EVENTS - 1);
    events.push_back(last);
    for (const auto each : events) {
        CHECK(WSACloseEvent(each) == TRUE);
    }
}

TEST_CASE("MAP-6 bad handles give WSA_INVALID_HANDLE", "[api][events]")
{
    const winsock started;
    const WSAEVENT closed = WSACreateEvent();
    REQUIRE(WSACloseEvent(closed) == TRUE);
    const auto made = tcp();
    for (const WSAEVENT bad : {WSAEVENT{closed}, WSAEVENT{nullptr}, reinterpret_cast<WSAEVENT>(0x7f7f7f7c)}) {
        CHECK(error_of_bool(WSASetEvent(bad)) == WSA_INVALID_HANDLE);
        CHECK(error_of_bool(WSAResetEvent(bad)) == WSA_INVALID_HANDLE);
        CHECK(error_of_bool(WSACloseEvent(bad)) == WSA_INVALID_HANDLE);
        const event good;
        const std::array<WSAEVENT, 2> both{good, bad};
        CHECK(WSAWaitForMultipleEvents(2, both.data(), FALSE, 0, FALSE) == WSA_WAIT_FAILED);
        CHECK(WSAGetLastError() == WSA_INVALID_HANDLE);
    }
    // A socket is no event.
    CHECK(error_of_bool(WSASetEvent(reinterpret_cast<WSAEVENT>(made.get()))) == WSA_INVALID_HANDLE);
    CHECK(error_of_bool(WSACloseEvent(reinterpret_cast<WSAEVENT>(made.get()))) == WSA_INVALID_HANDLE);
    CHECK(get_option(made, SOL_SOCKET, SO_TYPE) == SOCK_STREAM);
}

TEST_CASE("MAP-5, MAP-6 the last error is kept per thread and works without startup", "[api][events]")
{
    CHECK(error_of(WSACleanup()) == WSANOTINITIALISED);
    WSASetLastError(WSAEDQUOT);
    CHECK(WSAGetLastError() == WSAEDQUOT);
    CHECK(WSAGetLastError() == WSAEDQUOT);
    WSASetLastError(0);
    CHECK(WSAGetLastError() == 0);
}

TEST_CASE("MAP-5, MAP-6 __WSAFDIsSet and the FD macros work without startup", "[api][events]")
{
    fd_set set;
    FD_ZERO(&set);
    for (SOCKET handle = 4; handle <= 40; handle += 4) {
        FD_SET(handle, &set);
    }
    CHECK(set.fd_count == 10);
    FD_SET(static_cast<SOCKET>(8), &set);
    CHECK(set.fd_count == 10);
    CHECK(__WSAFDIsSet(20, &set) != 0);
    CHECK(FD_ISSET(20, &set) != 0);
    CHECK(__WSAFDIsSet(21, &set) == 0);
    FD_CLR(static_cast<SOCKET>(20), &set);
    CHECK(FD_ISSET(20, &set) == 0);
    CHECK(set.fd_count == 9);
}
