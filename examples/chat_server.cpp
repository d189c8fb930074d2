// A chat room on network events: one thread serves all clients, each socket tells of what happens to it through an event
// object. WSAWaitForMultipleEvents takes 64 events at most, so a few clients share one. Whatever a client sends, line by line,
// goes to all the others. Plain Winsock; answers to the pages "WSAEventSelect" and "WSAEnumNetworkEvents".
#include <winsock2.h>

#include <windows.h>
#include <ws2tcpip.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <string>
#include <thread>
#include <vector>

namespace {

struct server_settings {
    unsigned short port = 7010;
    int demo = 0;  // clients of the program's own
};

constexpr std::size_t clients_per_event = 16;
constexpr std::size_t longest_line = 4096;
constexpr std::size_t longest_backlog = std::size_t{1} << 20;  // of a client that does not read

WSAEVENT stop_event = WSA_INVALID_EVENT;

BOOL WINAPI on_console_event(DWORD)
{
    return WSASetEvent(stop_event);
}

bool report(const char* what)
{
    std::fprintf(stderr, "%s failed with %d\n", what, WSAGetLastError());
    return false;
}

struct client {
    SOCKET handle = INVALID_SOCKET;
    std::string name;
    std::string incoming;  // the beginning of a line
    std::string outgoing;  // what did not go out yet
    bool gone = false;
};

// The clients that share one event object.
struct table {
    WSAEVENT event = WSA_INVALID_EVENT;
    std::list<client> clients;
};

class chat_server {
public:
    explicit chat_server(const server_settings& settings) : settings_(settings) {}
    chat_server(const chat_server&) = delete;
    chat_server& operator=(const chat_server&) = delete;
    ~chat_server();

    bool start();
    bool run();
    unsigned short port() const { return port_; }

private:
    void accept_clients();
    void serve(table& at);
    void serve(client& one, WSAEVENT event);
    void receive(client& one);
    void send_rest(client& one);
    void say(const client* speaker, const std::string& line);
    void sweep();
    table* free_table();

    const server_settings settings_;
    unsigned short port_ = 0;
    SOCKET listener_ = INVALID_SOCKET;
    WSAEVENT arrivals_ = WSA_INVALID_EVENT;
    std::list<table> tables_;
    int next_number_ = 1;
    int left_ = 0;
};

chat_server::~chat_server()
{
    for (table& each : tables_) {
        for (client& one : each.clients) {
            closesocket(one.handle);
        }
        WSACloseEvent(each.event);
    }
    if (listener_ != INVALID_SOCKET) {
        closesocket(listener_);
    }
    if (arrivals_ != WSA_INVALID_EVENT) {
        WSACloseEvent(arrivals_);
    }
}

bool chat_server::start()
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(settings_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int length = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    listener_ = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    arrivals_ = WSACreateEvent();
    if (listener_ == INVALID_SOCKET || arrivals_ == WSA_INVALID_EVENT || bind(listener_, name, length) != 0 ||
        listen(listener_, SOMAXCONN) != 0 || getsockname(listener_, name, &length) != 0 ||
        WSAEventSelect(listener_, arrivals_, FD_ACCEPT) != 0) {
        return report("listening");
    }
    port_ = ntohs(address.sin_port);
    std::printf("listening on 127.0.0.1:%d\n", port_);
    std::fflush(stdout);
    return true;
}

// A table with a free seat; null when the events of one wait are used up.
table* chat_server::free_table()
{
    const auto found = std::find_if(tables_.begin(), tables_.end(), [](const table& each) {
        return each.clients.size() < clients_per_event;
    });
    if (found != tables_.end()) {
        return &*found;
    }
    if (tables_.size() + 2 == WSA_MAXIMUM_WAIT_EVENTS) {
        return nullptr;
    }
    table fresh;
    fresh.event = WSACreateEvent();
    if (fresh.event == WSA_INVALID_EVENT) {
        return nullptr;
    }
    tables_.push_back(std::move(fresh));
    return &tables_.back();
}

// An accepted socket has the listener's event and mask until it gets its own.
void chat_server::accept_clients()
{
    WSANETWORKEVENTS events{};
    WSAEnumNetworkEvents(listener_, arrivals_, &events);
    for (;;) {
        const SOCKET handle = accept(listener_, nullptr, nullptr);
        if (handle == INVALID_SOCKET) {
            return;
        }
        table* const seat = free_table();
        if (seat == nullptr || WSAEventSelect(handle, seat->event, FD_READ | FD_WRITE | FD_CLOSE) != 0) {
            closesocket(handle);
            continue;
        }
        client fresh;
        fresh.handle = handle;
        fresh.name = "guest " + std::to_string(next_number_++);
        say(nullptr, fresh.name + " came\n");
        fresh.outgoing = "welcome, " + fresh.name + "\n";
        seat->clients.push_back(std::move(fresh));
        send_rest(seat->clients.back());
    }
}

// Sends what a client still has to get, as far as there is room; FD_WRITE tells when there is more.
void chat_server::send_rest(client& one)
{
    while (!one.outgoing.empty() && !one.gone) {
        const int part = static_cast<int>(std::min<std::size_t>(one.outgoing.size(), 64 * 1024));
        const int sent = send(one.handle, one.outgoing.data(), part, 0);
        if (sent == SOCKET_ERROR) {
            one.gone = WSAGetLastError() != WSAEWOULDBLOCK;
            return;
        }
        one.outgoing.erase(0, static_cast<std::size_t>(sent));
    }
}

void chat_server::say(const client* speaker, const std::string& line)
{
    for (table& each : tables_) {
        for (client& one : each.clients) {
            if (&one != speaker && !one.gone) {
                one.outgoing += line;
                send_rest(one);
                one.gone = one.gone || one.outgoing.size() > longest_backlog;
            }
        }
    }
}

void chat_server::receive(client& one)
{
    std::array<char, 4096> buffer;
    for (;;) {
        const int got = recv(one.handle, buffer.data(), static_cast<int>(buffer.size()), 0);
        if (got <= 0) {
            one.gone = got == 0 || WSAGetLastError() != WSAEWOULDBLOCK;
            break;
        }
        one.incoming.append(buffer.data(), static_cast<std::size_t>(got));
        std::size_t end = 0;
        while ((end = one.incoming.find('\n')) != std::string::npos) {
            say(&one, one.name + ": " + one.incoming.substr(0, end + 1));
            one.incoming.erase(0, end + 1);
        }
        if (one.incoming.size() > longest_line) {
            one.gone = true;
            break;
        }
    }
}

void chat_server::serve(client& one, WSAEVENT event)
{
    WSANETWORKEVENTS events{};
    if (WSAEnumNetworkEvents(one.handle, event, &events) != 0) {
        one.gone = true;
        return;
    }
    if ((events.lNetworkEvents & FD_WRITE) != 0) {
        send_rest(one);
    }
    // Data may be left when the end is told of: read until there is no more.
    if ((events.lNetworkEvents & (FD_READ | FD_CLOSE)) != 0) {
        receive(one);
    }
}

// The event is reset once, before any record is taken: what comes up meanwhile sets it again.
void chat_server::serve(table& at)
{
    WSAResetEvent(at.event);
    for (client& one : at.clients) {
        serve(one, nullptr);
    }
}

void chat_server::sweep()
{
    std::vector<std::string> names;
    for (table& each : tables_) {
        for (auto one = each.clients.begin(); one != each.clients.end();) {
            if (one->gone) {
                names.push_back(one->name);
                closesocket(one->handle);
                one = each.clients.erase(one);
                ++left_;
            } else {
                ++one;
            }
        }
    }
    for (const std::string& name : names) {
        say(nullptr, name + " left\n");
    }
}

// Until it is told to stop, or the program's own clients have all left.
bool chat_server::run()
{
    for (;;) {
        std::vector<WSAEVENT> events{stop_event, arrivals_};
        std::vector<table*> behind{nullptr, nullptr};
        for (table& each : tables_) {
            events.push_back(each.event);
            behind.push_back(&each);
        }
        const DWORD first = WSAWaitForMultipleEvents(static_cast<DWORD>(events.size()), events.data(), FALSE,
                                                     WSA_INFINITE, FALSE);
        if (first == WSA_WAIT_FAILED) {
            return report("WSAWaitForMultipleEvents");
        }
        if (first == WSA_WAIT_EVENT_0) {
            return true;
        }
        // Others may be set as well, and those behind the first must not wait for ever.
        for (std::size_t at = first - WSA_WAIT_EVENT_0; at < events.size(); ++at) {
            if (WSAWaitForMultipleEvents(1, &events[at], TRUE, 0, FALSE) == WSA_WAIT_EVENT_0) {
                behind[at] != nullptr ? serve(*behind[at]) : accept_clients();
            }
        }
        sweep();
        if (settings_.demo > 0 && left_ == settings_.demo) {
            return true;
        }
    }
}

constexpr int demo_lines = 20;
constexpr DWORD demo_patience = 30000;  // milliseconds without a word
std::atomic<int> demo_arrived{0};

// Reads to the end of a line; empty when nothing more comes.
std::string next_line(SOCKET handle, std::string& incoming)
{
    std::size_t end = 0;
    while ((end = incoming.find('\n')) == std::string::npos) {
        std::array<char, 4096> buffer;
        const int got = recv(handle, buffer.data(), static_cast<int>(buffer.size()), 0);
        if (got <= 0) {
            return {};
        }
        incoming.append(buffer.data(), static_cast<std::size_t>(got));
    }
    const std::string line = incoming.substr(0, end + 1);
    incoming.erase(0, end + 1);
    return line;
}

// One of the program's own clients: when all are in the room it says its lines, and hears those of all the others.
bool talk(unsigned short port, int clients)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const SOCKET handle = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, reinterpret_cast<const char*>(&demo_patience), sizeof demo_patience);
    std::string incoming;
    if (connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        next_line(handle, incoming).find("welcome") == std::string::npos) {
        report("joining");
        ++demo_arrived;  // the others shall not wait for it
        closesocket(handle);
        return false;
    }
    ++demo_arrived;
    while (demo_arrived != clients) {
        Sleep(1);
    }
    int heard = 0;
    for (int number = 0; number < demo_lines; ++number) {
        const std::string line = "line " + std::to_string(number) + "\n";
        if (send(handle, line.data(), static_cast<int>(line.size()), 0) == SOCKET_ERROR) {
            break;
        }
    }
    while (heard < demo_lines * (clients - 1)) {
        const std::string line = next_line(handle, incoming);
        if (line.empty()) {
            report("hearing");
            break;
        }
        heard += line.find(": line ") != std::string::npos ? 1 : 0;
    }
    return closesocket(handle) == 0 && heard == demo_lines * (clients - 1);
}

bool read_settings(int argc, char* argv[], server_settings& settings)
{
    for (int at = 1; at + 1 < argc; at += 2) {
        const std::string name = argv[at];
        const long value = std::atol(argv[at + 1]);
        if (name == "--port" && value >= 0 && value <= 65535) {
            settings.port = static_cast<unsigned short>(value);
        } else if (name == "--demo" && value >= 2 && value <= 500) {
            settings.demo = static_cast<int>(value);
        } else {
            return false;
        }
    }
    return argc % 2 == 1;
}

}  // namespace

int main(int argc, char* argv[])
{
    server_settings settings;
    if (!read_settings(argc, argv, settings)) {
        std::fprintf(stderr, "usage: chat_server [--port N] [--demo CLIENTS]\n");
        return 2;
    }
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        return 1;
    }
    stop_event = WSACreateEvent();
    SetConsoleCtrlHandler(on_console_event, TRUE);
    int failures = 0;
    {
        chat_server server(settings);
        if (!server.start()) {
            return 1;
        }
        std::vector<std::thread> guests;
        std::vector<char> went_well(static_cast<std::size_t>(settings.demo));
        for (int number = 0; number < settings.demo; ++number) {
            guests.emplace_back([&, number] {
                went_well[static_cast<std::size_t>(number)] = talk(server.port(), settings.demo) ? 1 : 0;
            });
        }
        failures += server.run() ? 0 : 1;
        for (std::size_t number = 0; number < guests.size(); ++number) {
            guests[number].join();
            failures += went_well[number] != 0 ? 0 : 1;
        }
    }
    if (settings.demo > 0 && failures == 0) {
        std::printf("%d clients heard each other\n", settings.demo);
    }
    SetConsoleCtrlHandler(on_console_event, FALSE);
    WSACloseEvent(stop_event);
    WSACleanup();
    return failures == 0 ? 0 : 1;
}
