// A client that keeps several connections busy from one thread, with completion routines: each finished send or receive
// calls its routine while the thread waits in SleepEx, and the routine starts what comes next. Sends messages to an
// echo server and checks that they come back unchanged. Plain Winsock; answers to the pages "WSASend", "WSARecv" and
// "Alertable I/O".
#include <winsock2.h>

#include <windows.h>
#include <ws2tcpip.h>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <vector>

namespace {

struct client_settings {
    std::string address = "127.0.0.1";
    unsigned short port = 7007;
    int connections = 4;
    int messages = 100;      // on each connection
    DWORD size = 4096;       // bytes of a message
    DWORD patience = 10000;  // milliseconds without any progress
};

struct progress {
    int connections_open = 0;
    int failures = 0;
    long long echoed = 0;
};

bool report(const char* what, DWORD error)
{
    std::fprintf(stderr, "%s failed with %u\n", what, static_cast<unsigned>(error));
    return false;
}

// A connection has one request under way, so one OVERLAPPED is enough; the routines find the connection by it.
class connection : OVERLAPPED {
public:
    connection(const client_settings& settings, progress& all, int number)
        : OVERLAPPED{}, settings_(settings), all_(all), number_(number), message_(settings.size),
          received_(settings.size)
    {}
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    // Connects and sends the first message.
    bool start();

private:
    static void CALLBACK on_sent(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags);
    static void CALLBACK on_received(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags);

    bool send_message();
    bool receive_rest();
    void check_message();
    void fail();
    void close();

    const client_settings& settings_;
    progress& all_;
    const int number_;
    SOCKET socket_ = INVALID_SOCKET;
    int echoed_ = 0;            // messages
    DWORD received_bytes_ = 0;  // of the present one
    std::vector<char> message_;
    std::vector<char> received_;
};

bool connection::start()
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(settings_.port);
    if (inet_pton(AF_INET, settings_.address.c_str(), &address.sin_addr) != 1) {
        std::fprintf(stderr, "%s is no address\n", settings_.address.c_str());
        return false;
    }
    socket_ = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, WSA_FLAG_OVERLAPPED);
    if (socket_ == INVALID_SOCKET) {
        return report("WSASocketW", static_cast<DWORD>(WSAGetLastError()));
    }
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == SOCKET_ERROR) {
        return report("connect", static_cast<DWORD>(WSAGetLastError()));
    }
    ++all_.connections_open;
    return send_message();
}

// True when a routine will be called: a request that is done at once still calls it, in the next SleepEx.
bool connection::send_message()
{
    for (DWORD at = 0; at < settings_.size; ++at) {
        message_[at] = static_cast<char>(at * 7 + static_cast<DWORD>(number_ * 31 + echoed_));
    }
    WSABUF buffer{settings_.size, message_.data()};
    if (WSASend(socket_, &buffer, 1, nullptr, 0, this, on_sent) == SOCKET_ERROR &&
        WSAGetLastError() != WSA_IO_PENDING) {
        return report("WSASend", static_cast<DWORD>(WSAGetLastError()));
    }
    return true;
}

bool connection::receive_rest()
{
    WSABUF buffer{settings_.size - received_bytes_, received_.data() + received_bytes_};
    DWORD flags = 0;
    if (WSARecv(socket_, &buffer, 1, nullptr, &flags, this, on_received) == SOCKET_ERROR &&
        WSAGetLastError() != WSA_IO_PENDING) {
        return report("WSARecv", static_cast<DWORD>(WSAGetLastError()));
    }
    return true;
}

void CALLBACK connection::on_sent(DWORD error, DWORD, LPWSAOVERLAPPED overlapped, DWORD)
{
    auto& self = *static_cast<connection*>(overlapped);
    self.received_bytes_ = 0;
    if (error != 0) {
        report("a send", error);
        self.fail();
    } else if (!self.receive_rest()) {
        self.fail();
    }
}

void CALLBACK connection::on_received(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD)
{
    auto& self = *static_cast<connection*>(overlapped);
    if (error != 0 || bytes == 0) {
        error != 0 ? report("a receive", error) : report("the server left; a receive", 0);
        self.fail();
        return;
    }
    self.received_bytes_ += bytes;
    if (self.received_bytes_ == self.settings_.size) {
        self.check_message();
    } else if (!self.receive_rest()) {
        self.fail();
    }
}

void connection::check_message()
{
    if (received_ != message_) {
        std::fprintf(stderr, "connection %d: message %d came back changed\n", number_, echoed_);
        fail();
        return;
    }
    ++all_.echoed;
    if (++echoed_ == settings_.messages) {
        close();
    } else if (!send_message()) {
        fail();
    }
}

void connection::fail()
{
    ++all_.failures;
    close();
}

void connection::close()
{
    if (socket_ != INVALID_SOCKET) {
        closesocket(socket_);
        socket_ = INVALID_SOCKET;
        --all_.connections_open;
    }
}

bool run(const client_settings& settings, progress& all, std::deque<connection>& connections)
{
    for (int number = 0; number < settings.connections; ++number) {
        if (!connections.emplace_back(settings, all, number).start()) {
            return false;
        }
    }
    while (all.connections_open > 0) {
        // Every routine that is due runs inside this call.
        if (SleepEx(settings.patience, TRUE) != WAIT_IO_COMPLETION) {
            std::fprintf(stderr, "nothing happened for %u ms\n", static_cast<unsigned>(settings.patience));
            return false;
        }
    }
    std::printf("%lld messages of %u bytes echoed over %d connections, %d failures\n", all.echoed,
                static_cast<unsigned>(settings.size), settings.connections, all.failures);
    return all.failures == 0;
}

bool read_settings(int argc, char* argv[], client_settings& settings)
{
    for (int at = 1; at + 1 < argc; at += 2) {
        const std::string name = argv[at];
        const int value = std::atoi(argv[at + 1]);
        if (name == "--host") {
            settings.address = argv[at + 1];
        } else if (value < 1) {
            return false;
        } else if (name == "--port") {
            settings.port = static_cast<unsigned short>(value);
        } else if (name == "--connections") {
            settings.connections = value;
        } else if (name == "--messages") {
            settings.messages = value;
        } else if (name == "--size") {
            settings.size = static_cast<DWORD>(value);
        } else {
            return false;
        }
    }
    return argc % 2 == 1;
}

}  // namespace

int main(int argc, char* argv[])
{
    client_settings settings;
    if (!read_settings(argc, argv, settings)) {
        std::fprintf(stderr,
                     "usage: apc_client [--host A] [--port N] [--connections N] [--messages N] [--size N]\n");
        return 2;
    }
    WSADATA data;
    if (const int error = WSAStartup(MAKEWORD(2, 2), &data); error != 0) {
        std::fprintf(stderr, "WSAStartup failed with %d\n", error);
        return 1;
    }
    // They outlive WSACleanup, which ends what is still under way when something has failed.
    progress all;
    std::deque<connection> connections;
    const bool good = run(settings, all, connections);
    return WSACleanup() == 0 && good ? 0 : 1;
}
