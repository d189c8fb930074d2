// The DLL from load to unload, again and again: start, data both ways against the system's own sockets, a
// last cleanup that flushes what the peer has not read yet, every handle given back, the library gone from
// memory; then restarts within one load. No thread and no Windows handle is left. Usage: test_host
// <spindle_spi.dll> [rounds]. One line per check; the exit code is the number of failures, at most 100.
#include "peer.hpp"
#include "spi_library.hpp"

#include <tlhelp32.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <thread>

namespace {

using namespace win32_test;

constexpr std::size_t transfer_size = 4U * 1024 * 1024;
constexpr const char* module_name = "spindle_spi.dll";
constexpr int call_failed = -1;

unsigned failures = 0;

void check(bool holds, const char* what)
{
    std::printf("%s %s\n", holds ? "ok    " : "FAILED", what);
    std::fflush(stdout);
    failures += holds ? 0U : 1U;
}

unsigned thread_count()
{
    const HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    THREADENTRY32 entry{};
    entry.dwSize = sizeof entry;
    unsigned count = 0;
    for (BOOL more = Thread32First(snapshot, &entry); more != 0; more = Thread32Next(snapshot, &entry)) {
        count += entry.th32OwnerProcessID == GetCurrentProcessId() ? 1U : 0U;
    }
    CloseHandle(snapshot);
    return count;
}

/// The system's own thread pool, which the provider waits through, keeps idle threads, and handles they
/// waited for, for some seconds: they are no provider threads, but only the time tells the two apart.
bool threads_fall_to(unsigned expected)
{
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (thread_count() > expected) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return true;
}

/// Counted one by one: the count the system keeps is not there in Wine 8.0.
unsigned handle_count()
{
    unsigned count = 0;
    for (std::uintptr_t value = 4; value < 0x10000; value += 4) {
        DWORD flags = 0;
        count += GetHandleInformation(reinterpret_cast<HANDLE>(value), &flags) != 0 ? 1U : 0U;
    }
    return count;
}

/// The SPI calls in the few forms the scenarios need.
struct provider_calls {
    const WSPPROC_TABLE& table;
    int error = 0;

    SOCKET open() { return table.lpWSPSocket(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, 0, &error); }

    std::uint16_t port_of(SOCKET s)
    {
        sockaddr_in address{};
        int length = sizeof address;
        const int got = table.lpWSPGetSockName(s, reinterpret_cast<sockaddr*>(&address), &length, &error);
        return got == 0 ? ntohs(address.sin_port) : std::uint16_t{0};
    }

    std::uint16_t listen_on_loopback(SOCKET s)
    {
        const sockaddr_in address = loopback(0);
        if (table.lpWSPBind(s, reinterpret_cast<const sockaddr*>(&address), sizeof address, &error) != 0 ||
            table.lpWSPListen(s, 5, &error) != 0) {
            return 0;
        }
        return port_of(s);
    }

    bool connect_to(SOCKET s, std::uint16_t port)
    {
        const sockaddr_in address = loopback(port);
        return table.lpWSPConnect(s, reinterpret_cast<const sockaddr*>(&address), sizeof address, nullptr,
                                  nullptr, nullptr, nullptr, &error) == 0;
    }

    bool send_all(SOCKET s, std::vector<char>& data)
    {
        WSABUF buffer{static_cast<ULONG>(data.size()), data.data()};
        DWORD sent = 0;
        return table.lpWSPSend(s, &buffer, 1, &sent, 0, nullptr, nullptr, nullptr, &error) == 0 &&
               sent == data.size();
    }

    std::vector<char> receive_exactly(SOCKET s, std::size_t size)
    {
        std::vector<char> data(size);
        std::size_t done = 0;
        while (done < size) {
            // Two buffers, so that scattering is part of every transfer.
            const auto first = static_cast<ULONG>(std::min<std::size_t>(1000, size - done));
            const auto rest = static_cast<ULONG>(size - done - first);
            WSABUF buffers[] = {{first, data.data() + done}, {rest, data.data() + done + first}};
            DWORD received = 0;
            DWORD flags = 0;
            if (table.lpWSPRecv(s, buffers, rest == 0 ? 1 : 2, &received, &flags, nullptr, nullptr, nullptr,
                                &error) != 0 ||
                received == 0) {
                break;
            }
            done += received;
        }
        data.resize(done);
        return data;
    }

    bool set_nonblocking(SOCKET s)
    {
        u_long on = 1;
        DWORD returned = 1;
        return table.lpWSPIoctl(s, static_cast<DWORD>(FIONBIO), &on, sizeof on, nullptr, 0, &returned,
                                nullptr, nullptr, nullptr, &error) == 0;
    }
};

void check_refused_starts(const spi_library& library)
{
    WSPDATA data{};
    WSPPROC_TABLE table{};
    WSAPROTOCOL_INFOW entry = tcp_entry();
    check(library.start(MAKEWORD(1, 1), &data, &entry, &table) == WSAVERNOTSUPPORTED,
          "version 1.1 is refused");
    check(library.start(MAKEWORD(2, 2), nullptr, &entry, &table) == WSAEFAULT, "a null WSPDATA is refused");
    check(library.start(MAKEWORD(1, 1), nullptr, &entry, &table) == WSAVERNOTSUPPORTED, "a bad version wins");
    check(table.lpWSPSocket == nullptr, "a refused start writes no table");
}

void check_table(const spi_library& library)
{
    void* entries[30] = {};
    std::memcpy(entries, &library.calls, sizeof entries);
    check(std::none_of(std::begin(entries), std::end(entries), [](void* entry) { return entry == nullptr; }),
          "all 30 entries are there");
    check(library.data.wVersion == MAKEWORD(2, 2) && library.data.szDescription[0] != 0,
          "version 2.2 and a description");
}

void check_arguments(provider_calls& spi)
{
    spi.error = 0;
    check(spi.table.lpWSPListen(0x1234, 5, &spi.error) == call_failed && spi.error == WSAENOTSOCK,
          "an unknown handle is no socket");
    check(spi.table.lpWSPBind(0x1234, nullptr, 0, nullptr) == call_failed, "a null lpErrno is survived");
    const SOCKET s = spi.open();
    check(s != ~SOCKET{0}, "a socket is made");
    WSABUF buffer{1, nullptr};
    spi.error = 0;
    check(spi.table.lpWSPSend(s, &buffer, 1, nullptr, 0, nullptr, nullptr, nullptr, &spi.error) ==
                  call_failed &&
              spi.error == WSAEFAULT,
          "a null count is a fault");
    check(spi.table.lpWSPCloseSocket(s, &spi.error) == 0, "it is closed");
    spi.error = 0;
    check(spi.table.lpWSPCloseSocket(s, &spi.error) == call_failed && spi.error == WSAENOTSOCK, "and gone");
}

/// The provider listens, the system's provider connects; data one way and back.
void check_accepted_side(provider_calls& spi)
{
    const SOCKET listener = spi.open();
    const std::uint16_t port = spi.listen_on_loopback(listener);
    check(port != 0, "a listener on 127.0.0.1");
    const auto sent = pattern(transfer_size, 1);
    std::vector<char> answered;
    std::thread other_end([&] {
        peer_socket peer;
        if (peer.connect_to(port) && peer.send_all(sent)) {
            answered = peer.receive_exactly(transfer_size);
        }
    });
    sockaddr_in from{};
    int length = sizeof from;
    const SOCKET accepted =
        spi.table.lpWSPAccept(listener, reinterpret_cast<sockaddr*>(&from), &length, nullptr, 0, &spi.error);
    check(accepted != ~SOCKET{0} && length == sizeof from && ntohl(from.sin_addr.s_addr) == 0x7F000001,
          "a connection of the system's provider is accepted");
    check(spi.receive_exactly(accepted, transfer_size) == sent, "4 MiB arrive unchanged");
    auto answer = pattern(transfer_size, 2);
    check(spi.send_all(accepted, answer), "4 MiB are sent");
    other_end.join();
    check(answered == answer, "and arrive unchanged");
    check(spi.table.lpWSPCloseSocket(accepted, &spi.error) == 0 &&
              spi.table.lpWSPCloseSocket(listener, &spi.error) == 0,
          "both close");
}

/// The provider connects; what is unsent at the last cleanup reaches a peer that begins to read only then.
void check_flush(provider_calls& spi)
{
    peer_socket listener;
    const std::uint16_t port = listener.listen_on_loopback();
    const SOCKET s = spi.open();
    check(spi.connect_to(s, port), "a connection to the system's provider");
    peer_socket peer(listener.accept_one());
    auto data = pattern(transfer_size, 3);
    check(spi.set_nonblocking(s) && spi.send_all(s, data), "a non-blocking send takes 4 MiB at once");

    bool graceful = false;
    std::vector<char> arrived;
    std::thread other_end([&] { arrived = peer.receive_to_end(graceful); });
    check(spi.table.lpWSPCleanup(&spi.error) == 0, "the last cleanup returns 0");
    other_end.join();
    check(arrived == data, "everything unsent arrived");
    check(graceful, "and was followed by a graceful end");
}

void check_after_cleanup(provider_calls& spi)
{
    spi.error = 0;
    check(spi.table.lpWSPCleanup(&spi.error) == call_failed && spi.error == WSANOTINITIALISED,
          "one cleanup too many");
    spi.error = 0;
    check(spi.open() == ~SOCKET{0} && spi.error == WSANOTINITIALISED, "no socket without a start");
    check(upcalls().created() == upcalls().closed() && upcalls().open() == 0, "every handle was given back");
    check(upcalls().refused() == 0, "no upcall was refused");
}

void run_round(const char* path)
{
    upcalls().reset();
    const unsigned threads_before = thread_count();
    {
        spi_library library(path);
        check(library.loaded(), "the library loads and exports WSPStartup");
        if (!library.loaded()) {
            return;
        }
        check(thread_count() <= threads_before, "loading starts no thread");
        check_refused_starts(library);
        check(library.start() == 0, "WSPStartup");
        check_table(library);
        provider_calls spi{library.calls};
        check_arguments(spi);
        check_accepted_side(spi);
        check_flush(spi);
        check_after_cleanup(spi);
    }
    check(GetModuleHandleA(module_name) == nullptr, "the library left memory");
}

/// Handles are counted over restarts within one load: the statically linked runtime of the compiler
/// (winpthreads) keeps a few for every load of any DLL, the provider keeps none.
void check_restarts(const char* path, int rounds)
{
    constexpr int warm_up = 5;  // caches of the system and of the runtime fill
    const unsigned threads_before = thread_count();
    spi_library library(path);
    unsigned warm_handles = ~0U;
    for (int round = 1; round <= warm_up + rounds && library.loaded(); ++round) {
        upcalls().reset();
        check(library.start() == 0, "WSPStartup again");
        provider_calls spi{library.calls};
        check_accepted_side(spi);
        check_flush(spi);
        check(upcalls().open() == 0, "every handle was given back");
        if (round == warm_up && threads_fall_to(threads_before)) {
            warm_handles = handle_count();
        }
    }
    const bool settled = threads_fall_to(threads_before);
    const unsigned handles = handle_count();
    std::printf("handles: %u after the first restarts, %u at the end\n", warm_handles, handles);
    // Each leak shows once per restart; the runtime makes a lock's event at its first contention, whenever
    // that is.
    check(settled && handles < warm_handles + static_cast<unsigned>(rounds),
          "restarts leave no Windows handle behind");
}

}  // namespace

int main(int argc, char** argv)
{
    const char* path = argc > 1 ? argv[1] : module_name;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
    WSADATA data{};
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        std::printf("the system has no Winsock\n");
        return 100;
    }
    const unsigned threads_at_start = thread_count();
    for (int round = 1; round <= rounds; ++round) {
        std::printf("round %d\n", round);
        run_round(path);
    }
    check_restarts(path, rounds);
    check(threads_fall_to(threads_at_start), "no thread was left behind");
    WSACleanup();
    std::printf("%u failures\n", failures);
    return static_cast<int>(std::min(failures, 100U));
}
