// A datagram echo server on registered I/O: one registered block of memory is cut into slots, each slot holds a
// datagram and its sender's address and goes round from receive to send to receive. The completion queue is either
// polled or waited for through a completion port. Plain Winsock; answers to the pages "RIO_EXTENSION_FUNCTION_TABLE",
// "RIOReceiveEx" and "RIODequeueCompletion".
#include <winsock2.h>

#include <mswsock.h>
#include <windows.h>
#include <ws2tcpip.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

struct server_settings {
    unsigned short port = 7007;  // 0: any
    ULONG slots = 64;
    ULONG size = 2048;  // bytes of the largest datagram
    long messages = 0;  // stop after so many echoes; 0: never
    bool poll = false;  // otherwise wait for the completion port
};

std::atomic<bool> stop_requested{false};
HANDLE port_to_wake = nullptr;

BOOL WINAPI on_console_event(DWORD)
{
    stop_requested = true;
    PostQueuedCompletionStatus(port_to_wake, 0, 0, nullptr);
    return TRUE;
}

bool report(const char* what)
{
    std::fprintf(stderr, "%s failed with %d\n", what, WSAGetLastError());
    return false;
}

enum class job { receive, send };

struct slot {
    job what = job::receive;  // under way
    RIO_BUF data{};
    RIO_BUF peer{};
};

class rio_server {
public:
    explicit rio_server(const server_settings& settings) : settings_(settings) {}
    ~rio_server();
    rio_server(const rio_server&) = delete;
    rio_server& operator=(const rio_server&) = delete;

    bool start();
    bool run();

private:
    bool open();
    bool load_functions();
    bool make_queues();
    bool make_slots();
    bool submit(slot& one, job what, ULONG length);
    bool finish(const RIORESULT& result);
    // Until there may be results, or the server is to stop; false when that failed.
    bool wait();

    const server_settings settings_;
    SOCKET socket_ = INVALID_SOCKET;
    HANDLE port_ = nullptr;
    OVERLAPPED notification_{};
    RIO_EXTENSION_FUNCTION_TABLE rio_{};
    RIO_CQ completions_ = RIO_INVALID_CQ;
    RIO_RQ requests_ = RIO_INVALID_RQ;
    RIO_BUFFERID memory_id_ = RIO_INVALID_BUFFERID;
    std::vector<char> memory_;
    std::vector<slot> slots_;
    long echoed_ = 0;
};

rio_server::~rio_server()
{
    // The request queue ends with its socket; the memory is ours again when its registration is gone.
    if (socket_ != INVALID_SOCKET) {
        closesocket(socket_);
    }
    if (completions_ != RIO_INVALID_CQ) {
        rio_.RIOCloseCompletionQueue(completions_);
    }
    if (memory_id_ != RIO_INVALID_BUFFERID) {
        rio_.RIODeregisterBuffer(memory_id_);
    }
    if (port_ != nullptr) {
        CloseHandle(port_);
    }
}

bool rio_server::open()
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(settings_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int length = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    socket_ = WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, nullptr, 0,
                         WSA_FLAG_REGISTERED_IO | WSA_FLAG_OVERLAPPED);
    if (socket_ == INVALID_SOCKET) {
        return report("WSASocketW");
    }
    if (bind(socket_, name, length) == SOCKET_ERROR || getsockname(socket_, name, &length) == SOCKET_ERROR) {
        return report("bind");
    }
    if (!load_functions()) {
        return false;
    }
    std::printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return true;
}

bool rio_server::load_functions()
{
    GUID id = WSAID_MULTIPLE_RIO;
    DWORD bytes = 0;
    rio_.cbSize = sizeof rio_;
    if (WSAIoctl(socket_, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &rio_, sizeof rio_,
                 &bytes, nullptr, nullptr) == SOCKET_ERROR) {
        std::fprintf(stderr, "there is no registered I/O here (error %d)\n", WSAGetLastError());
        return false;
    }
    return true;
}

bool rio_server::make_queues()
{
    port_ = CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1);
    if (port_ == nullptr) {
        return report("CreateIoCompletionPort");
    }
    port_to_wake = port_;
    RIO_NOTIFICATION_COMPLETION notification{};
    notification.Type = RIO_IOCP_COMPLETION;
    notification.Iocp.IocpHandle = port_;
    notification.Iocp.CompletionKey = this;
    notification.Iocp.Overlapped = &notification_;
    // A slot receives or sends: there are never more results than slots.
    completions_ =
        rio_.RIOCreateCompletionQueue(2 * settings_.slots, settings_.poll ? nullptr : &notification);
    if (completions_ == RIO_INVALID_CQ) {
        return report("RIOCreateCompletionQueue");
    }
    requests_ = rio_.RIOCreateRequestQueue(socket_, settings_.slots, 1, settings_.slots, 1, completions_,
                                           completions_, nullptr);
    return requests_ != RIO_INVALID_RQ || report("RIOCreateRequestQueue");
}

bool rio_server::make_slots()
{
    const ULONG room = (settings_.size + sizeof(SOCKADDR_INET) + 7) / 8 * 8;
    memory_.resize(std::size_t{room} * settings_.slots);
    memory_id_ = rio_.RIORegisterBuffer(memory_.data(), static_cast<DWORD>(memory_.size()));
    if (memory_id_ == RIO_INVALID_BUFFERID) {
        return report("RIORegisterBuffer");
    }
    slots_.resize(settings_.slots);
    for (ULONG number = 0; number < settings_.slots; ++number) {
        slot& one = slots_[number];
        one.peer = {memory_id_, number * room, sizeof(SOCKADDR_INET)};
        one.data = {memory_id_, number * room + static_cast<ULONG>(sizeof(SOCKADDR_INET)), settings_.size};
        if (!submit(one, job::receive, settings_.size)) {
            return false;
        }
    }
    return true;
}

bool rio_server::start()
{
    return open() && make_queues() && make_slots();
}

bool rio_server::submit(slot& one, job what, ULONG length)
{
    one.what = what;
    one.data.Length = length;
    // The two functions are declared with different results but mean the same: zero is failure.
    const bool taken =
        what == job::receive
            ? rio_.RIOReceiveEx(requests_, &one.data, 1, nullptr, &one.peer, nullptr, nullptr, 0, &one) != 0
            : rio_.RIOSendEx(requests_, &one.data, 1, nullptr, &one.peer, nullptr, nullptr, 0, &one) != 0;
    return taken || report(what == job::receive ? "RIOReceiveEx" : "RIOSendEx");
}

bool rio_server::finish(const RIORESULT& result)
{
    auto& one = *reinterpret_cast<slot*>(static_cast<ULONG_PTR>(result.RequestContext));
    if (one.what == job::receive && result.Status == 0) {
        return submit(one, job::send, result.BytesTransferred);
    }
    // A datagram that could not be received or sent is lost, as datagrams may be.
    if (one.what == job::send && result.Status == 0) {
        ++echoed_;
    }
    return submit(one, job::receive, settings_.size);
}

bool rio_server::wait()
{
    if (settings_.poll) {
        return true;
    }
    // Armed for one notification. It comes at once when there are results already.
    if (const int error = rio_.RIONotify(completions_); error != 0) {
        std::fprintf(stderr, "RIONotify failed with %d\n", error);
        return false;
    }
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    LPOVERLAPPED overlapped = nullptr;
    return GetQueuedCompletionStatus(port_, &bytes, &key, &overlapped, INFINITE) != FALSE ||
           report("GetQueuedCompletionStatus");
}

bool rio_server::run()
{
    std::array<RIORESULT, 64> results;
    while (!stop_requested && (settings_.messages == 0 || echoed_ < settings_.messages)) {
        const ULONG count =
            rio_.RIODequeueCompletion(completions_, results.data(), static_cast<ULONG>(results.size()));
        if (count == RIO_CORRUPT_CQ) {
            std::fprintf(stderr, "the completion queue is damaged\n");
            return false;
        }
        if (count == 0 && !wait()) {
            return false;
        }
        for (ULONG at = 0; at < count; ++at) {
            if (!finish(results[at])) {
                return false;
            }
        }
    }
    std::printf("%ld datagrams echoed\n", echoed_);
    return true;
}

bool read_settings(int argc, char* argv[], server_settings& settings)
{
    for (int at = 1; at < argc; ++at) {
        const std::string name = argv[at];
        if (name == "--poll") {
            settings.poll = true;
            continue;
        }
        const long value = at + 1 < argc ? std::atol(argv[++at]) : -1;
        if (name == "--port" && value >= 0 && value <= 65535) {
            settings.port = static_cast<unsigned short>(value);
        } else if (name == "--slots" && value >= 1 && value <= 4096) {
            settings.slots = static_cast<ULONG>(value);
        } else if (name == "--size" && value >= 1 && value <= 65536) {
            settings.size = static_cast<ULONG>(value);
        } else if (name == "--messages" && value >= 0) {
            settings.messages = value;
        } else {
            return false;
        }
    }
    return true;
}

bool serve(const server_settings& settings)
{
    rio_server server(settings);
    if (!server.start()) {
        return false;
    }
    SetConsoleCtrlHandler(on_console_event, TRUE);
    const bool good = server.run();
    SetConsoleCtrlHandler(on_console_event, FALSE);
    return good;
}

}  // namespace

int main(int argc, char* argv[])
{
    server_settings settings;
    if (!read_settings(argc, argv, settings)) {
        std::fprintf(stderr,
                     "usage: rio_echo [--port N] [--slots N] [--size BYTES] [--messages N] [--poll]\n");
        return 2;
    }
    WSADATA data;
    if (const int error = WSAStartup(MAKEWORD(2, 2), &data); error != 0) {
        std::fprintf(stderr, "WSAStartup failed with %d\n", error);
        return 1;
    }
    const bool good = serve(settings);
    return WSACleanup() == 0 && good ? 0 : 1;
}
