// What the provider hands to WPUQueueApc for a request with a completion routine: whose thread, which routine, what it
// does when it runs. Answers to the pages "WPUQueueApc" and "LPWSPRecv".
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <array>
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

}  // namespace

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
