// The echo server on network events: an event object for each socket, one thread that waits for all of them. At most 62
// connections, which is what one wait takes. Plain Winsock.
#include <winsock2.h>

#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

struct server_settings {
    unsigned short port = 0;
    int size = 64 * 1024;
    long connections = 0;
};

struct connection {
    SOCKET handle = INVALID_SOCKET;
    std::vector<char> buffer;
    int begin = 0;  // of what is to be sent
    int end = 0;
};

class event_server {
public:
    explicit event_server(const server_settings& settings) : settings_(settings) {}
    bool start();
    void run();

private:
    void accept_all();
    bool serve(connection& one, WSAEVENT event);
    static bool flush(connection& one);
    void drop(std::size_t at);

    const server_settings settings_;
    std::vector<WSAEVENT> events_;  // the first is the listener's
    std::vector<connection> connections_;
    long gone_ = 0;
};

bool event_server::start()
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(settings_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int length = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    const SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    const WSAEVENT event = WSACreateEvent();
    if (bind(listener, name, length) == SOCKET_ERROR || listen(listener, SOMAXCONN) == SOCKET_ERROR ||
        getsockname(listener, name, &length) == SOCKET_ERROR ||
        WSAEventSelect(listener, event, FD_ACCEPT) == SOCKET_ERROR) {
        std::fprintf(stderr, "listening failed with %d\n", WSAGetLastError());
        return false;
    }
    events_.push_back(event);
    connections_.emplace_back();
    connections_.back().handle = listener;
    std::printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return true;
}

void event_server::accept_all()
{
    WSANETWORKEVENTS found{};
    WSAEnumNetworkEvents(connections_.front().handle, events_.front(), &found);
    for (;;) {
        const SOCKET handle = accept(connections_.front().handle, nullptr, nullptr);
        if (handle == INVALID_SOCKET) {
            return;
        }
        const WSAEVENT event = WSACreateEvent();
        const BOOL on = TRUE;
        setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&on), sizeof on);
        if (events_.size() == WSA_MAXIMUM_WAIT_EVENTS ||
            WSAEventSelect(handle, event, FD_READ | FD_WRITE | FD_CLOSE) == SOCKET_ERROR) {
            WSACloseEvent(event);
            closesocket(handle);
            continue;
        }
        events_.push_back(event);
        connections_.emplace_back();
        connections_.back().handle = handle;
        connections_.back().buffer.resize(static_cast<std::size_t>(settings_.size));
    }
}

// False: the connection is over.
bool event_server::flush(connection& one)
{
    while (one.begin < one.end) {
        const int taken = send(one.handle, one.buffer.data() + one.begin, one.end - one.begin, 0);
        if (taken == SOCKET_ERROR) {
            return WSAGetLastError() == WSAEWOULDBLOCK;
        }
        one.begin += taken;
    }
    return true;
}

bool event_server::serve(connection& one, WSAEVENT event)
{
    WSANETWORKEVENTS found{};
    WSAEnumNetworkEvents(one.handle, event, &found);
    if (one.begin < one.end && ((found.lNetworkEvents & FD_WRITE) == 0 || !flush(one))) {
        return (found.lNetworkEvents & FD_CLOSE) == 0;
    }
    if ((found.lNetworkEvents & (FD_READ | FD_WRITE | FD_CLOSE)) == 0) {
        return true;
    }
    const int arrived = recv(one.handle, one.buffer.data(), static_cast<int>(one.buffer.size()), 0);
    if (arrived <= 0) {
        return arrived != 0 && WSAGetLastError() == WSAEWOULDBLOCK;
    }
    one.begin = 0;
    one.end = arrived;
    return flush(one);
}

void event_server::drop(std::size_t at)
{
    closesocket(connections_[at].handle);
    WSACloseEvent(events_[at]);
    connections_[at] = std::move(connections_.back());
    events_[at] = events_.back();
    connections_.pop_back();
    events_.pop_back();
    if (++gone_ == settings_.connections) {
        WSACleanup();
        std::exit(0);
    }
}

void event_server::run()
{
    for (;;) {
        const DWORD first = WSAWaitForMultipleEvents(static_cast<DWORD>(events_.size()), events_.data(), FALSE,
                                                     WSA_INFINITE, FALSE);
        if (first == WSA_WAIT_FAILED) {
            std::fprintf(stderr, "WSAWaitForMultipleEvents failed with %d\n", WSAGetLastError());
            return;
        }
        // Those behind the first must not wait for ever: each gets its turn, as with poll().
        for (std::size_t at = first - WSA_WAIT_EVENT_0; at < events_.size(); ++at) {
            if (at == 0) {
                accept_all();
            } else if (!serve(connections_[at], events_[at])) {
                drop(at--);
            }
        }
    }
}

bool read_settings(int argc, char* argv[], server_settings& settings)
{
    for (int at = 1; at + 1 < argc; at += 2) {
        const std::string name = argv[at];
        const long value = std::atol(argv[at + 1]);
        if (name == "--port" && value >= 0 && value <= 65535) {
            settings.port = static_cast<unsigned short>(value);
        } else if (name == "--size" && value >= 1) {
            settings.size = static_cast<int>(value);
        } else if (name == "--connections" && value >= 0) {
            settings.connections = value;
        } else if (name != "--threads" || value != 1) {
            return false;
        }
    }
    return true;
}

}  // namespace

int main(int argc, char* argv[])
{
    server_settings settings;
    WSADATA data;
    if (!read_settings(argc, argv, settings)) {
        std::fprintf(stderr, "usage: winsock_events [--port N] [--size BYTES] [--connections N]\n");
        return 2;
    }
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        return 1;
    }
    event_server server(settings);
    if (server.start()) {
        server.run();
    }
    return 1;
}
