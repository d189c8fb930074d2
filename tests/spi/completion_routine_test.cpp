// What the provider hands to WPUQueueApc for a request with a completion routine: whose thread, which routine, what it
// does when it runs. Answers to the pages "WPUQueueApc" and "LPWSPRecv".
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <array>
#include <atomic>
#include <mutex>
#include <vector>

using namespace spindle::test;

namespace {

struct queued_call {
    LPWSATHREADID pointer;
    WSATHREADID thread;
    LPWSAUSERAPC routine;
    DWORD_PTR context;
};
std::mutex queued_mutex;
std::vector<queued_call> queued_calls;

int WSPAPI record_apc(LPWSATHREADID thread, LPWSAUSERAPC routine, DWORD_PTR context, LPINT)
{
    const std::scoped_lock lock(queued_mutex);
    queued_calls.push_back({thread, *thread, routine, context});
    return 0;
}

std::size_t queued_count()
{
    const std::scoped_lock lock(queued_mutex);
    return queued_calls.size();
}

struct {
    int calls = 0;
    DWORD error = 0;
    DWORD bytes = 0;
    LPWSAOVERLAPPED overlapped = nullptr;
} told;

void CALLBACK note_end(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD)
{
    told = {told.calls + 1, error, bytes, overlapped};
}

int threads_opened = 0;
int threads_closed = 0;
int closed_in_routine = -1;

int WSPAPI open_thread(LPWSATHREADID thread, LPINT)
{
    *thread = {reinterpret_cast<HANDLE>(std::uintptr_t{0x80}), 78};
    ++threads_opened;
    return 0;
}

int WSPAPI close_thread(LPWSATHREADID thread, LPINT)
{
    CHECK(thread->ThreadHandle == reinterpret_cast<HANDLE>(std::uintptr_t{0x80}));
    ++threads_closed;
    return 0;
}

void CALLBACK note_closed(DWORD, DWORD, LPWSAOVERLAPPED, DWORD)
{
    closed_in_routine = threads_closed;
}

}  // namespace

TEST_CASE("UP-19, UP-20 without a thread id one is opened, and closed when the routine has run or never will",
          "[spi][overlapped]")
{
    const spi_library library;
    const scripted_host host;
    auto upcalls = host.table();
    upcalls.lpWPUQueueApc = record_apc;
    upcalls.lpWPUOpenCurrentThread = open_thread;
    upcalls.lpWPUCloseThread = close_thread;
    WSPDATA data{};
    auto entry = udp4();
    spi_calls spi;
    REQUIRE(library.start_raw(MAKEWORD(2, 2), &data, &entry, upcalls, &spi.table) == 0);
    queued_calls.clear();
    threads_opened = 0;
    threads_closed = 0;
    closed_in_routine = -1;

    std::array<char, 16> bytes{};
    WSABUF buffer{bytes.size(), bytes.data()};
    std::array<WSAOVERLAPPED, 3> overlapped{};
    std::array<SOCKET, 3> sockets{};
    for (std::size_t index = 0; index < sockets.size(); ++index) {
        sockets[index] = spi.socket(entry);
        REQUIRE(spi.bind(sockets[index], loopback4()) == 0);
        DWORD flags = 0;
        int error = 0;
        REQUIRE(spi.table.lpWSPRecv(sockets[index], &buffer, 1, nullptr, &flags, &overlapped[index], note_closed,
                                    nullptr, &error) == SOCKET_ERROR);
        REQUIRE(error == WSA_IO_PENDING);
    }
    CHECK(threads_opened == 3);
    CHECK(spi.close(sockets[0]) == 0);
    CHECK(spi.close(sockets[1]) == 0);
    REQUIRE(eventually([] { return queued_count() == 2; }));
    CHECK(threads_closed == 0);
    queued_calls.front().routine(queued_calls.front().context);
    CHECK(closed_in_routine == 0);
    CHECK(threads_closed == 1);
    // One routine is queued and will not run, one request ends without a word.
    CHECK(spi.cleanup() == 0);
    CHECK(threads_closed == 3);
}

TEST_CASE("APC-4, APC-5, UP-13, UP-15, UP-18 a finished request queues the provider's own routine with a "
          "copied thread",
          "[spi][overlapped]")
{
    const spi_library library;
    const scripted_host host;
    auto upcalls = host.table();
    upcalls.lpWPUQueueApc = record_apc;
    WSPDATA data{};
    auto entry = tcp4();
    spi_calls spi;
    REQUIRE(library.start_raw(MAKEWORD(2, 2), &data, &entry, upcalls, &spi.table) == 0);
    peer::listener listening;
    const SOCKET socket = spi.socket(entry);
    REQUIRE(spi.connect(socket, loopback4(listening.port())) == 0);
    auto remote = listening.accept();
    REQUIRE(remote);
    queued_calls.clear();
    told = {};

    const HANDLE handle = reinterpret_cast<HANDLE>(std::uintptr_t{0x40});
    WSATHREADID thread{handle, 77};
    std::array<char, 16> bytes{};
    WSABUF buffer{bytes.size(), bytes.data()};
    DWORD flags = 0;
    WSAOVERLAPPED overlapped{};
    int error = 0;
    REQUIRE(spi.table.lpWSPRecv(socket, &buffer, 1, nullptr, &flags, &overlapped, note_end, &thread,
                                &error) == SOCKET_ERROR);
    REQUIRE(error == WSA_IO_PENDING);
    thread = {};
    CHECK(queued_count() == 0);
    REQUIRE(remote.send_text("hi"));
    REQUIRE(eventually([] { return queued_count() == 1; }));
    const queued_call call = queued_calls.front();
    CHECK(call.pointer != &thread);
    CHECK(call.thread.ThreadHandle == handle);
    CHECK(call.thread.Reserved == 77);
    CHECK(told.calls == 0);
    call.routine(call.context);
    CHECK(told.calls == 1);
    CHECK(told.error == 0);
    CHECK(told.bytes == 2);
    CHECK(told.overlapped == &overlapped);
    CHECK(spi.close(socket) == 0);
    CHECK(queued_count() == 1);
    CHECK(spi.cleanup() == 0);
}

TEST_CASE("UP-11, OVL-9 without kernel handles the structure is pending, then has flags and error beside the status",
          "[spi][overlapped]")
{
    const spi_fixture spi(handle_model::minted);
    std::array<char, 16> bytes{};
    WSABUF buffer{bytes.size(), bytes.data()};
    for (const bool closes : {false, true}) {
        const SOCKET socket = spi.bound_udp();
        endpoint where;
        REQUIRE(spi.spi.local_name(socket, &where) == 0);
        WSAOVERLAPPED overlapped{};
        overlapped.Offset = 7;
        overlapped.OffsetHigh = 7;
        const std::atomic_ref status(overlapped.Internal);
        DWORD flags = 0;
        int error = 0;
        REQUIRE(spi.spi.table.lpWSPRecv(socket, &buffer, 1, nullptr, &flags, &overlapped, nullptr, nullptr,
                                        &error) == SOCKET_ERROR);
        REQUIRE(error == WSA_IO_PENDING);
        CHECK(status.load() == 0x103);
        if (closes) {
            CHECK(spi.spi.close(socket) == 0);
        } else {
            CHECK(spi.spi.send_to(spi.bound_udp(), "hi", where).code == 0);
        }
        CHECK(eventually([&] { return status.load() != 0x103; }));
        CHECK(overlapped.InternalHigh == (closes ? 0 : 2));
        CHECK(overlapped.Offset == 0);
        CHECK(overlapped.OffsetHigh == (closes ? WSA_OPERATION_ABORTED : 0));
    }
}
