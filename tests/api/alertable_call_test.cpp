// Blocking calls wait alertably: completion routines that are due to the thread run during the wait, and the call goes
// on waiting. Answers to the pages "Alertable I/O", "SetWaitableTimer" and
// "WSARecv".
#include "support/api_fixture.hpp"

#include <array>
#include <atomic>
#include <limits>

#include "support/catch.hpp"

using namespace spindle::test;

namespace {

std::atomic<int> routine_runs{0};

void CALLBACK count_routine(DWORD, DWORD, LPWSAOVERLAPPED, DWORD)
{
    ++routine_runs;
}

void CALLBACK count_apc(ULONG_PTR)
{
    ++routine_runs;
}

VOID CALLBACK count_timer(LPVOID, DWORD, DWORD)
{
    ++routine_runs;
}

/// For threads beside the test's own, which do not assert.
std::string receive_once(SOCKET s)
{
    std::array<char, 16> bytes{};
    const int count = recv(s, bytes.data(), static_cast<int>(bytes.size()), 0);
    return {bytes.data(), static_cast<std::size_t>(count > 0 ? count : 0)};
}

/// A waitable timer that calls the thread that made it.
class timer_of_thread {
public:
    timer_of_thread(int milliseconds, LONG period, PTIMERAPCROUTINE routine)
        : timer_(CreateWaitableTimerW(nullptr, FALSE, nullptr))
    {
        LARGE_INTEGER due{};
        due.QuadPart = LONGLONG{milliseconds} * -10'000;
        is_set_ = timer_ != nullptr && SetWaitableTimer(timer_, &due, period, routine, nullptr, FALSE) != FALSE;
    }
    timer_of_thread(const timer_of_thread&) = delete;
    timer_of_thread& operator=(const timer_of_thread&) = delete;
    ~timer_of_thread() { CloseHandle(timer_); }

    [[nodiscard]] bool is_set() const { return is_set_; }

private:
    HANDLE timer_;
    bool is_set_ = false;
};

/// A receive with the counting routine on a connection of its own.
struct routine_request {
    int start(SOCKET s)
    {
        WSABUF buffer{static_cast<ULONG>(bytes.size()), bytes.data()};
        return error_of(WSARecv(s, &buffer, 1, nullptr, &flags, &overlapped, count_routine));
    }

    std::array<char, 16> bytes{};
    DWORD flags = 0;
    WSAOVERLAPPED overlapped{};
};

}  // namespace

TEST_CASE("BLK-16, BLK-17, XFR-14 a blocking receive runs the thread's completion routines and goes on waiting",
          "[api][overlapped]")
{
    const winsock started;
    const tcp_pair quiet;
    const tcp_pair busy;
    routine_runs = 0;
    routine_request request;
    background_call receiver([&] {
        if (request.start(busy.server) != WSA_IO_PENDING) {
            return std::string("not pending");
        }
        return receive_text(quiet.server, 4);
    });
    REQUIRE(receiver.blocks());
    CHECK(routine_runs == 0);
    send_text(busy.client, "now");
    REQUIRE(eventually([] { return routine_runs == 1; }));
    REQUIRE(receiver.blocks());
    send_text(quiet.client, "done");
    CHECK(receiver.result() == "done");
    CHECK(routine_runs == 1);
}

TEST_CASE("BLK-16 accept and a datagram receive wait alertably as well", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair busy;
    const unique_socket listening = listener();
    const unique_socket datagrams = bound_udp();
    routine_runs = 0;
    routine_request first;
    routine_request second;
    background_call acceptor([&] {
        return first.start(busy.server) == WSA_IO_PENDING ? error_of(accept(listening, nullptr, nullptr)) : -1;
    });
    background_call receiver([&] {
        std::array<char, 8> bytes{};
        return second.start(busy.client) == WSA_IO_PENDING
                   ? recv(datagrams, bytes.data(), static_cast<int>(bytes.size()), 0)
                   : -1;
    });
    REQUIRE(acceptor.blocks());
    REQUIRE(receiver.blocks());
    send_text(busy.client, "a");
    send_text(busy.server, "b");
    REQUIRE(eventually([] { return routine_runs == 2; }));
    REQUIRE(acceptor.blocks());
    const unique_socket client = connect_to_listener(listening);
    CHECK(acceptor.result() == 0);
    const auto where = local_of(datagrams);
    const unique_socket sender = udp();
    REQUIRE(sendto(sender, "12345", 5, 0, where.get(), where.length) == 5);
    CHECK(receiver.result() == 5);
}

TEST_CASE("BLK-16 a blocking receive runs the routine of a waitable timer when it is due and goes on waiting",
          "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    routine_runs = 0;
    background_call receiver([&] {
        const timer_of_thread once(20, 0, count_timer);
        return once.is_set() ? receive_once(pair.server) : "not set";
    });
    REQUIRE(eventually([] { return routine_runs == 1; }));
    REQUIRE(receiver.blocks());
    send_text(pair.client, "done");
    CHECK(receiver.result() == "done");
    CHECK(routine_runs == 1);
}

TEST_CASE("BLK-16, BLK-21 a periodic timer's routine runs again and again within one call, which still times out",
          "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    set_option(pair.server, SOL_SOCKET, SO_RCVTIMEO, 300);
    routine_runs = 0;
    const stopwatch waited;
    background_call receiver([&] {
        const timer_of_thread periodic(1, 5, count_timer);
        std::array<char, 8> bytes{};
        return periodic.is_set() ? error_of(recv(pair.server, bytes.data(), 8, 0)) : -1;
    });
    CHECK(receiver.result() == WSAETIMEDOUT);
    CHECK(waited.elapsed() >= 295ms);
    CHECK(routine_runs > 1);
}

namespace {

const stopwatch* outlasted = nullptr;
std::atomic<SOCKET> sender{INVALID_SOCKET};

// Data come while it runs, and the time-out passes.
VOID CALLBACK outlast_timeout(LPVOID, DWORD, DWORD)
{
    send(sender, "late", 4, 0);
    while (outlasted->elapsed() < 400ms) {
        Sleep(10);
    }
}

}  // namespace

TEST_CASE("BLK-16, BLK-21 data that came while a routine ran past the time-out are received", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    set_option(pair.server, SOL_SOCKET, SO_RCVTIMEO, 200);
    const stopwatch since_start;
    outlasted = &since_start;
    sender = pair.client;
    background_call receiver([&] {
        const timer_of_thread once(1, 0, outlast_timeout);
        return once.is_set() ? receive_once(pair.server) : "not set";
    });
    CHECK(receiver.result() == "late");
}

TEST_CASE("BLK-16 a timer that is not due for long leaves a blocking call alone", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    routine_runs = 0;
    background_call receiver([&] {
        const timer_of_thread distant(std::numeric_limits<int>::max(), 0, count_timer);
        return distant.is_set() ? receive_once(pair.server) : "not set";
    });
    REQUIRE(receiver.blocks());
    send_text(pair.client, "done");
    CHECK(receiver.result() == "done");
    CHECK(routine_runs == 0);
}

TEST_CASE("XFR-15 a call that can finish at once leaves queued routines queued", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    routine_runs = 0;
    send_text(pair.client, "here");
    REQUIRE(wait_readable(pair.server, 4));
    REQUIRE(QueueUserAPC(count_apc, GetCurrentThread(), 0) != 0);
    CHECK(receive_text(pair.server, 4) == "here");
    CHECK(routine_runs == 0);
    CHECK(SleepEx(0, TRUE) == WAIT_IO_COMPLETION);
    CHECK(routine_runs == 1);
}

TEST_CASE("CLOSE-15 a close that lingers waits alertably", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair busy;
    tcp_pair full;
    routine_runs = 0;
    set_nonblocking(full.server);
    const std::string block(64 * 1024, 'x');
    std::size_t sent = 0;
    while (send(full.server, block.data(), static_cast<int>(block.size()), 0) > 0) {
        sent += block.size();
    }
    set_nonblocking(full.server, false);
    const linger ten_seconds{1, 10};
    REQUIRE(setsockopt(full.server, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&ten_seconds),
                       sizeof ten_seconds) == 0);
    routine_request request;
    background_call closer([&] {
        return request.start(busy.server) == WSA_IO_PENDING ? error_of(closesocket(full.server.release())) : -1;
    });
    REQUIRE(closer.blocks());
    CHECK(routine_runs == 0);
    send_text(busy.client, "now");
    REQUIRE(eventually([] { return routine_runs == 1; }));
    CHECK_FALSE(closer.done());
    CHECK(receive_text(full.client, sent).size() == sent);
    CHECK(closer.result() == 0);
}
