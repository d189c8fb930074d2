// An echo server on a completion port: AcceptEx with several accepts under way, overlapped WSARecv and WSASend, any
// number of worker threads in GetQueuedCompletionStatusEx. A connection receives or sends, never both, so the worker
// that takes its packet has it to itself and needs no lock. Ctrl-C, or the end of the last of --connections, stops
// it: what is being sent is sent, what only waits is cancelled, and WSACleanup finishes the rest. Plain Winsock;
// answers to the pages "AcceptEx", "I/O Completion Ports" and "SetFileCompletionNotificationModes".
#include <winsock2.h>

#include <mswsock.h>
#include <windows.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

struct server_settings {
    unsigned short port = 7007;  // 0: any
    int threads = 1;
    DWORD size = 16 * 1024;        // bytes of a connection's buffer
    long connections = 0;          // stop after so many have ended; 0: never
    bool skip_on_success = false;  // no packet for what is done when the call returns
};

HANDLE stop_requested = nullptr;

BOOL WINAPI on_console_event(DWORD)
{
    SetEvent(stop_requested);
    return TRUE;
}

bool report(const char* what)
{
    std::fprintf(stderr, "%s failed with %d\n", what, WSAGetLastError());
    return false;
}

HANDLE as_handle(SOCKET socket)
{
    return reinterpret_cast<HANDLE>(socket);
}

enum class job { accept, receive, send };

// What a packet belongs to: Windows gives back the OVERLAPPED, the rest hangs on it.
struct operation : OVERLAPPED {
    operation(job what_, void* owner_) : OVERLAPPED{}, what(what_), owner(owner_) {}
    const job what;
    void* const owner;
};

struct connection {
    connection(SOCKET socket_, DWORD size) : socket(socket_), buffer(new char[size]) {}
    SOCKET socket;
    std::unique_ptr<char[]> buffer;
    operation receive{job::receive, this};
    operation send{job::send, this};
    std::list<connection>::iterator place;
};

// One accept under way. The buffer gets both addresses, with the room AcceptEx asks for.
struct accept_slot {
    static constexpr DWORD address_room = sizeof(sockaddr_in) + 16;
    SOCKET socket = INVALID_SOCKET;
    operation accept{job::accept, this};
    std::array<char, 2 * address_room> addresses{};
};

enum class outcome { done, pending, failed };

class iocp_server {
public:
    explicit iocp_server(const server_settings& settings) : settings_(settings) {}
    ~iocp_server();
    iocp_server(const iocp_server&) = delete;
    iocp_server& operator=(const iocp_server&) = delete;

    bool start();
    // Returns when all connections have ended and the workers with them.
    void stop();

private:
    static constexpr int accepts_under_way = 64;
    static constexpr int turns_in_a_row = 16;
    static constexpr int stop_patience_ms = 5000;

    bool listen_on_loopback();
    bool load_accept_ex();
    bool add_to_port(SOCKET socket);

    void work();
    void handle(operation& finished, DWORD bytes);
    void accept_next(accept_slot& slot);
    void accepted(accept_slot& slot);
    void echo(connection& one, job finished, DWORD bytes);
    outcome start_receive(connection& one, DWORD& bytes);
    outcome start_send(connection& one, DWORD bytes);
    outcome outcome_of(int result) const;
    void end(connection& one);
    void one_less();
    void cancel(bool sends_too);

    const server_settings settings_;
    HANDLE port_ = nullptr;
    HANDLE idle_ = nullptr;  // nothing is under way any more
    SOCKET listener_ = INVALID_SOCKET;
    LPFN_ACCEPTEX accept_ex_ = nullptr;
    std::atomic<bool> stopping_{false};
    std::atomic<long> under_way_{0};  // accepts and connections
    std::atomic<long> ended_{0};      // connections
    std::array<accept_slot, accepts_under_way> accepts_;
    std::mutex
        mutex_;  // guards connections_, and the sockets in it against being closed while cancel() uses them
    std::list<connection> connections_;
    std::vector<std::thread> workers_;
};

iocp_server::~iocp_server()
{
    if (listener_ != INVALID_SOCKET) {
        closesocket(listener_);
    }
    for (const HANDLE handle : {port_, idle_}) {
        if (handle != nullptr) {
            CloseHandle(handle);
        }
    }
}

bool iocp_server::listen_on_loopback()
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(settings_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int size = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    const BOOL on = TRUE;
    listener_ = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, WSA_FLAG_OVERLAPPED);
    if (listener_ == INVALID_SOCKET) {
        return report("WSASocketW");
    }
    // Nobody else may take the port while we serve it.
    setsockopt(listener_, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, reinterpret_cast<const char*>(&on), sizeof on);
    if (bind(listener_, name, size) == SOCKET_ERROR) {
        return report("bind");
    }
    if (listen(listener_, SOMAXCONN) == SOCKET_ERROR) {
        return report("listen");
    }
    if (getsockname(listener_, name, &size) == SOCKET_ERROR) {
        return report("getsockname");
    }
    std::printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return true;
}

bool iocp_server::load_accept_ex()
{
    GUID id = WSAID_ACCEPTEX;
    DWORD bytes = 0;
    return WSAIoctl(listener_, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &accept_ex_,
                    sizeof accept_ex_, &bytes, nullptr, nullptr) == 0 ||
           report("WSAIoctl");
}

bool iocp_server::add_to_port(SOCKET socket)
{
    if (CreateIoCompletionPort(as_handle(socket), port_, 0, 0) == nullptr) {
        return report("CreateIoCompletionPort");
    }
    return !settings_.skip_on_success ||
           SetFileCompletionNotificationModes(as_handle(socket), FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) !=
               FALSE ||
           report("SetFileCompletionNotificationModes");
}

bool iocp_server::start()
{
    idle_ = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    port_ = CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, static_cast<DWORD>(settings_.threads));
    if (idle_ == nullptr || port_ == nullptr) {
        return report("CreateIoCompletionPort");
    }
    if (!listen_on_loopback() || !load_accept_ex() || !add_to_port(listener_)) {
        return false;
    }
    under_way_ = accepts_under_way;
    for (accept_slot& slot : accepts_) {
        accept_next(slot);
    }
    for (int number = 0; number < settings_.threads; ++number) {
        workers_.emplace_back([this] { work(); });
    }
    return true;
}

void iocp_server::work()
{
    // With several workers one takes only its share of what is ready.
    std::vector<OVERLAPPED_ENTRY> entries(static_cast<std::size_t>(std::max(64 / settings_.threads, 8)));
    for (;;) {
        ULONG count = 0;
        if (!GetQueuedCompletionStatusEx(port_, entries.data(), static_cast<ULONG>(entries.size()), &count,
                                         INFINITE, FALSE)) {
            report("GetQueuedCompletionStatusEx");
            return;
        }
        for (ULONG at = 0; at < count; ++at) {
            if (entries[at].lpOverlapped == nullptr) {
                // From one_less(): there is nothing left to wait for. Passed on, as one worker might have taken the
                // packets of two.
                PostQueuedCompletionStatus(port_, 0, 0, nullptr);
                return;
            }
            handle(*static_cast<operation*>(entries[at].lpOverlapped),
                   entries[at].dwNumberOfBytesTransferred);
        }
    }
}

void iocp_server::handle(operation& finished, DWORD bytes)
{
    if (finished.what == job::accept) {
        auto& slot = *static_cast<accept_slot*>(finished.owner);
        accepted(slot);
        accept_next(slot);
        return;
    }
    auto& one = *static_cast<connection*>(finished.owner);
    // Internal is the request's status; failures are negative.
    if (static_cast<LONG>(finished.Internal) < 0) {
        end(one);
    } else {
        echo(one, finished.what, bytes);
    }
}

void iocp_server::accept_next(accept_slot& slot)
{
    while (!stopping_) {
        slot.socket = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, WSA_FLAG_OVERLAPPED);
        if (slot.socket == INVALID_SOCKET) {
            report("WSASocketW");
            break;
        }
        // No data is waited for: a client that says nothing would keep the accept to itself.
        DWORD bytes = 0;
        const BOOL done =
            accept_ex_(listener_, slot.socket, slot.addresses.data(), 0, accept_slot::address_room,
                       accept_slot::address_room, &bytes, &slot.accept);
        const outcome result = outcome_of(done ? 0 : SOCKET_ERROR);
        if (result == outcome::pending) {
            return;
        }
        if (result == outcome::failed) {
            // The connection, not the listener: the client has gone again. Everything else ends this accept.
            const bool gone = WSAGetLastError() == WSAECONNRESET;
            if (!gone && !stopping_) {
                report("AcceptEx");
            }
            closesocket(slot.socket);
            slot.socket = INVALID_SOCKET;
            if (!gone) {
                break;
            }
            continue;
        }
        accepted(slot);
    }
    one_less();
}

void iocp_server::accepted(accept_slot& slot)
{
    const SOCKET socket = slot.socket;
    slot.socket = INVALID_SOCKET;
    const BOOL on = TRUE;
    if (static_cast<LONG>(slot.accept.Internal) < 0 ||
        setsockopt(socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, reinterpret_cast<const char*>(&listener_),
                   sizeof listener_) == SOCKET_ERROR ||
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&on), sizeof on) ==
            SOCKET_ERROR ||
        !add_to_port(socket)) {
        closesocket(socket);
        return;
    }
    connection* one = nullptr;
    {
        const std::lock_guard lock(mutex_);
        one = &connections_.emplace_front(socket, settings_.size);
        one->place = connections_.begin();
    }
    ++under_way_;
    echo(*one, job::send, 0);  // as if a message had just been echoed
}

outcome iocp_server::outcome_of(int result) const
{
    if (result == 0) {
        return settings_.skip_on_success ? outcome::done : outcome::pending;
    }
    return WSAGetLastError() == WSA_IO_PENDING ? outcome::pending : outcome::failed;
}

outcome iocp_server::start_receive(connection& one, DWORD& bytes)
{
    WSABUF buffer{settings_.size, one.buffer.get()};
    DWORD flags = 0;
    return outcome_of(WSARecv(one.socket, &buffer, 1, &bytes, &flags, &one.receive, nullptr));
}

outcome iocp_server::start_send(connection& one, DWORD bytes)
{
    WSABUF buffer{bytes, one.buffer.get()};
    return outcome_of(WSASend(one.socket, &buffer, 1, nullptr, 0, &one.send, nullptr));
}

// Goes on from a finished receive or send until something is pending.
void iocp_server::echo(connection& one, job finished, DWORD bytes)
{
    for (int turn = 0;; ++turn) {
        if (turn == turns_in_a_row) {
            // The others' turn: this one goes to the end of the queue.
            operation& next = finished == job::receive ? one.receive : one.send;
            if (PostQueuedCompletionStatus(port_, bytes, 0, &next)) {
                return;
            }
        }
        outcome result = outcome::failed;
        if (finished == job::receive) {
            if (bytes > 0) {  // otherwise the client has ended its side
                result = start_send(one, bytes);
            }
            finished = job::send;
        } else {
            if (!stopping_) {
                result = start_receive(one, bytes);
            }
            finished = job::receive;
        }
        if (result == outcome::pending) {
            return;
        }
        if (result == outcome::failed) {
            end(one);
            return;
        }
    }
}

void iocp_server::end(connection& one)
{
    {
        const std::lock_guard lock(mutex_);
        closesocket(one.socket);  // gracefully: what was echoed still goes out
        connections_.erase(one.place);
    }
    if (++ended_ == settings_.connections) {
        SetEvent(stop_requested);
    }
    one_less();
}

void iocp_server::one_less()
{
    if (--under_way_ > 0) {
        return;
    }
    SetEvent(idle_);
    SetEvent(stop_requested);  // also when every accept has failed
    PostQueuedCompletionStatus(port_, 0, 0, nullptr);
}

void iocp_server::cancel(bool sends_too)
{
    CancelIoEx(as_handle(listener_), nullptr);
    const std::lock_guard lock(mutex_);
    for (connection& one : connections_) {
        CancelIoEx(as_handle(one.socket), sends_too ? nullptr : &one.receive);
    }
}

void iocp_server::stop()
{
    stopping_ = true;
    // Again and again, as a worker may have been about to receive when it was cancelled first.
    constexpr int interval_ms = 20;
    int waited_ms = 0;
    do {
        cancel(waited_ms >= stop_patience_ms);
        waited_ms += interval_ms;
    } while (WaitForSingleObject(idle_, interval_ms) == WAIT_TIMEOUT);
    for (std::thread& worker : workers_) {
        worker.join();
    }
    std::printf("%ld connections served\n", ended_.load());
}

bool read_settings(int argc, char* argv[], server_settings& settings)
{
    for (int at = 1; at < argc; ++at) {
        const std::string name = argv[at];
        if (name == "--skip-on-success") {
            settings.skip_on_success = true;
            continue;
        }
        if (at + 1 == argc) {
            return false;
        }
        const long value = std::atol(argv[++at]);
        if (name == "--port" && value >= 0 && value <= 65535) {
            settings.port = static_cast<unsigned short>(value);
        } else if (name == "--threads" && value >= 1 && value <= 256) {
            settings.threads = static_cast<int>(value);
        } else if (name == "--size" && value >= 1 && value <= 1 << 24) {
            settings.size = static_cast<DWORD>(value);
        } else if (name == "--connections" && value >= 0) {
            settings.connections = value;
        } else {
            return false;
        }
    }
    return true;
}

bool serve(const server_settings& settings)
{
    iocp_server server(settings);
    if (!server.start()) {
        return false;
    }
    WaitForSingleObject(stop_requested, INFINITE);
    std::printf("stopping\n");
    std::fflush(stdout);
    server.stop();
    return true;
}

}  // namespace

int main(int argc, char* argv[])
{
    server_settings settings;
    if (!read_settings(argc, argv, settings)) {
        std::fprintf(stderr, "usage: iocp_echo [--port N] [--threads N] [--size BYTES] [--connections N] "
                             "[--skip-on-success]\n");
        return 2;
    }
    WSADATA data;
    if (const int error = WSAStartup(MAKEWORD(2, 2), &data); error != 0) {
        std::fprintf(stderr, "WSAStartup failed with %d\n", error);
        return 1;
    }
    stop_requested = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    SetConsoleCtrlHandler(on_console_event, TRUE);
    const bool served = serve(settings);
    // Also finishes what clients have not been sent yet.
    const bool cleaned = WSACleanup() == 0;
    std::printf("stopped\n");
    return served && cleaned ? 0 : 1;
}
