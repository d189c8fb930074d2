// The datagram counterpart of examples/iocp_echo.cpp: one socket on a completion port, several receives under way, each
// of which sends what it got back to where it came from and then receives again. Plain Winsock.
#include <winsock2.h>

#include <mswsock.h>
#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

struct server_settings {
    unsigned short port = 0;
    int threads = 1;
    DWORD size = 2048;
    bool skip_on_success = false;
};

constexpr int receives_under_way = 16;
constexpr int turns_in_a_row = 16;

struct exchange : OVERLAPPED {
    explicit exchange(DWORD size) : OVERLAPPED{}, buffer(size) {}
    bool sends = false;  // what is under way
    sockaddr_in peer{};
    int peer_length = sizeof peer;
    DWORD flags = 0;
    std::vector<char> buffer;
};

enum class outcome { done, pending, failed };

class datagram_server {
public:
    explicit datagram_server(const server_settings& settings) : settings_(settings) {}
    bool start();
    void work();

private:
    outcome start_next(exchange& one, DWORD& bytes);
    void go_on(exchange& one, DWORD bytes);

    const server_settings settings_;
    HANDLE port_ = nullptr;
    SOCKET socket_ = INVALID_SOCKET;
    std::vector<exchange> exchanges_;
};

bool report(const char* what)
{
    std::fprintf(stderr, "%s failed with %d\n", what, WSAGetLastError());
    return false;
}

bool datagram_server::start()
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(settings_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int length = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    port_ = CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, static_cast<DWORD>(settings_.threads));
    socket_ = WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, nullptr, 0, WSA_FLAG_OVERLAPPED);
    const auto handle = reinterpret_cast<HANDLE>(socket_);
    if (socket_ == INVALID_SOCKET || bind(socket_, name, length) == SOCKET_ERROR ||
        getsockname(socket_, name, &length) == SOCKET_ERROR ||
        CreateIoCompletionPort(handle, port_, 0, 0) == nullptr) {
        return report("bind");
    }
    if (settings_.skip_on_success &&
        !SetFileCompletionNotificationModes(handle, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS)) {
        return report("SetFileCompletionNotificationModes");
    }
    // A client that has gone is no reason to fail a receive.
    BOOL report_resets = FALSE;
    DWORD bytes = 0;
    WSAIoctl(socket_, SIO_UDP_CONNRESET, &report_resets, sizeof report_resets, nullptr, 0, &bytes, nullptr,
             nullptr);
    std::printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    exchanges_.reserve(receives_under_way);
    for (int number = 0; number < receives_under_way; ++number) {
        exchange& one = exchanges_.emplace_back(settings_.size);
        one.sends = true;  // as if an echo had just gone out
        go_on(one, 0);
    }
    return true;
}

// Starts the send that follows a receive, or the receive that follows a send.
outcome datagram_server::start_next(exchange& one, DWORD& bytes)
{
    one.sends = !one.sends;
    auto* const peer = reinterpret_cast<sockaddr*>(&one.peer);
    int result = 0;
    if (one.sends) {
        WSABUF buffer{bytes, one.buffer.data()};
        result = WSASendTo(socket_, &buffer, 1, nullptr, 0, peer, one.peer_length, &one, nullptr);
    } else {
        WSABUF buffer{settings_.size, one.buffer.data()};
        one.flags = 0;
        one.peer_length = sizeof one.peer;
        result = WSARecvFrom(socket_, &buffer, 1, &bytes, &one.flags, peer, &one.peer_length, &one, nullptr);
    }
    if (result == 0) {
        return settings_.skip_on_success ? outcome::done : outcome::pending;
    }
    return WSAGetLastError() == WSA_IO_PENDING ? outcome::pending : outcome::failed;
}

void datagram_server::go_on(exchange& one, DWORD bytes)
{
    for (int turn = 0; turn < turns_in_a_row; ++turn) {
        switch (start_next(one, bytes)) {
        case outcome::pending:
            return;
        case outcome::failed:
            one.sends = true;  // the datagram is lost, as datagrams may be
            break;
        case outcome::done:
            break;
        }
    }
    PostQueuedCompletionStatus(port_, bytes, 0, &one);
}

void datagram_server::work()
{
    std::vector<OVERLAPPED_ENTRY> entries(receives_under_way);
    for (;;) {
        ULONG count = 0;
        if (!GetQueuedCompletionStatusEx(port_, entries.data(), static_cast<ULONG>(entries.size()), &count,
                                         INFINITE, FALSE)) {
            report("GetQueuedCompletionStatusEx");
            return;
        }
        for (ULONG at = 0; at < count; ++at) {
            auto& one = *static_cast<exchange*>(entries[at].lpOverlapped);
            if (static_cast<LONG>(one.Internal) < 0) {
                one.sends = true;
            }
            go_on(one, entries[at].dwNumberOfBytesTransferred);
        }
    }
}

bool read_settings(int argc, char* argv[], server_settings& settings)
{
    for (int at = 1; at < argc; ++at) {
        const std::string name = argv[at];
        if (name == "--skip-on-success") {
            settings.skip_on_success = true;
            continue;
        }
        const long value = at + 1 < argc ? std::atol(argv[++at]) : -1;
        if (name == "--port" && value >= 0 && value <= 65535) {
            settings.port = static_cast<unsigned short>(value);
        } else if (name == "--threads" && value >= 1 && value <= 256) {
            settings.threads = static_cast<int>(value);
        } else if (name == "--size" && value >= 1 && value <= 65536) {
            settings.size = static_cast<DWORD>(value);
        } else {
            return false;
        }
    }
    return true;
}

}  // namespace

int main(int argc, char* argv[])
{
    server_settings settings;
    if (!read_settings(argc, argv, settings)) {
        std::fprintf(stderr,
                     "usage: winsock_udp [--port N] [--threads N] [--size BYTES] [--skip-on-success]\n");
        return 2;
    }
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        return 1;
    }
    datagram_server server(settings);
    if (!server.start()) {
        return 1;
    }
    // Runs until it is ended from outside.
    std::vector<std::thread> workers;
    for (int number = 0; number < settings.threads; ++number) {
        workers.emplace_back([&server] { server.work(); });
    }
    for (std::thread& worker : workers) {
        worker.join();
    }
    return WSACleanup();
}
