// An echo server in one thread that does nothing but dispatch window messages: WSAAsyncSelect tells a message-only window
// what happens to the listener and to each client, a timer reports, Ctrl-C posts WM_CLOSE. Plain Win32; answers to the
// page "WSAAsyncSelect".
#include <winsock2.h>

#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

namespace {

constexpr UINT socket_message = WM_USER + 1;
constexpr UINT_PTR report_timer = 1;
constexpr UINT report_every = 1000;  // milliseconds
constexpr const char* class_name = "async_window";

struct client {
    std::string unsent;  // what the connection did not take yet
    unsigned long long echoed = 0;
    bool ended = false;  // the client has said all it wants to say
};

struct echo_server {
    HWND window = nullptr;
    SOCKET listener = INVALID_SOCKET;
    std::map<SOCKET, client> clients;
    unsigned long long echoed = 0;
    unsigned long long reported = 0;
    unsigned connections = 0;
    unsigned left_to_serve = 0;  // 0: no limit
};

HWND window_to_close = nullptr;

bool report(const char* what)
{
    std::fprintf(stderr, "%s failed with %d\n", what, WSAGetLastError());
    return false;
}

void forget(echo_server& server, SOCKET socket)
{
    const unsigned long long echoed = server.clients[socket].echoed;
    server.clients.erase(socket);
    closesocket(socket);
    std::printf("client left, %llu bytes echoed\n", echoed);
    std::fflush(stdout);
    if (server.left_to_serve != 0 && --server.left_to_serve == 0) {
        PostMessageA(server.window, WM_CLOSE, 0, 0);
    }
}

// Each send that fails with WSAEWOULDBLOCK brings one FD_WRITE when there is room again.
void send_on(echo_server& server, SOCKET socket)
{
    client& who = server.clients[socket];
    while (!who.unsent.empty()) {
        const int sent = send(socket, who.unsent.data(), static_cast<int>(who.unsent.size()), 0);
        if (sent == SOCKET_ERROR) {
            if (WSAGetLastError() != WSAEWOULDBLOCK) {
                forget(server, socket);
            }
            return;
        }
        who.unsent.erase(0, static_cast<std::size_t>(sent));
        who.echoed += static_cast<unsigned long long>(sent);
        server.echoed += static_cast<unsigned long long>(sent);
    }
    if (who.ended) {
        forget(server, socket);
    }
}

// One receive for each FD_READ: the next message comes if something is left. From a client that does not take its echo
// nothing more is received until it does.
void receive_some(echo_server& server, SOCKET socket)
{
    if (!server.clients[socket].unsent.empty()) {
        return;
    }
    char buffer[16 * 1024];
    const int received = recv(socket, buffer, sizeof buffer, 0);
    if (received > 0) {
        server.clients[socket].unsent.append(buffer, static_cast<std::size_t>(received));
        send_on(server, socket);
    } else if (received == SOCKET_ERROR && WSAGetLastError() != WSAEWOULDBLOCK) {
        forget(server, socket);
    }
}

void end_client(echo_server& server, SOCKET socket, int error)
{
    if (error != 0) {
        forget(server, socket);
        return;
    }
    // FD_CLOSE may come while bytes are left to be received.
    char buffer[16 * 1024];
    for (int received = 1; received > 0;) {
        received = recv(socket, buffer, sizeof buffer, 0);
        if (received > 0) {
            server.clients[socket].unsent.append(buffer, static_cast<std::size_t>(received));
        }
    }
    server.clients[socket].ended = true;
    send_on(server, socket);
}

void accept_client(echo_server& server)
{
    const SOCKET accepted = accept(server.listener, nullptr, nullptr);
    if (accepted == INVALID_SOCKET) {
        return;  // the client has gone again
    }
    server.clients[accepted] = {};
    ++server.connections;
    if (WSAAsyncSelect(accepted, server.window, socket_message, FD_READ | FD_WRITE | FD_CLOSE) ==
        SOCKET_ERROR) {
        report("WSAAsyncSelect");
        forget(server, accepted);
    }
}

void on_socket(echo_server& server, SOCKET socket, int event, int error)
{
    if (socket == server.listener) {
        accept_client(server);
        return;
    }
    // Messages that were posted before a socket was closed still arrive.
    if (server.clients.find(socket) == server.clients.end()) {
        return;
    }
    switch (event) {
    case FD_READ:
        receive_some(server, socket);
        break;
    case FD_WRITE:
        send_on(server, socket);
        if (server.clients.find(socket) != server.clients.end()) {
            receive_some(server, socket);  // in case an FD_READ was passed over
        }
        break;
    case FD_CLOSE:
        end_client(server, socket, error);
        break;
    default:
        break;
    }
}

void on_timer(echo_server& server)
{
    if (server.reported != server.echoed) {
        server.reported = server.echoed;
        std::printf("%u clients so far, %llu bytes echoed\n", server.connections, server.echoed);
        std::fflush(stdout);
    }
}

LRESULT CALLBACK window_procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    if (message == WM_NCCREATE) {
        const auto* creation = reinterpret_cast<const CREATESTRUCTA*>(lparam);
        SetWindowLongPtrA(window, GWLP_USERDATA, reinterpret_cast<LONG_PTR>(creation->lpCreateParams));
    }
    auto* server = reinterpret_cast<echo_server*>(GetWindowLongPtrA(window, GWLP_USERDATA));
    switch (message) {
    case socket_message:
        on_socket(*server, static_cast<SOCKET>(wparam), WSAGETSELECTEVENT(lparam), WSAGETSELECTERROR(lparam));
        return 0;
    case WM_TIMER:
        on_timer(*server);
        return 0;
    case WM_DESTROY:
        PostQuitMessage(0);
        return 0;
    default:
        return DefWindowProcA(window, message, wparam, lparam);
    }
}

// Runs on a thread of its own.
BOOL WINAPI on_console_event(DWORD)
{
    return PostMessageA(window_to_close, WM_CLOSE, 0, 0);
}

bool open_window(echo_server& server)
{
    WNDCLASSA wanted{};
    wanted.lpfnWndProc = &window_procedure;
    wanted.lpszClassName = class_name;
    if (RegisterClassA(&wanted) == 0) {
        return report("RegisterClass");
    }
    server.window = CreateWindowA(class_name, "", 0, 0, 0, 0, 0, HWND_MESSAGE, nullptr, nullptr, &server);
    if (server.window == nullptr) {
        return report("CreateWindow");
    }
    window_to_close = server.window;
    SetConsoleCtrlHandler(&on_console_event, TRUE);
    return SetTimer(server.window, report_timer, report_every, nullptr) != 0 || report("SetTimer");
}

bool listen_on(echo_server& server, unsigned short port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int size = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    server.listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (server.listener == INVALID_SOCKET) {
        return report("socket");
    }
    if (bind(server.listener, name, size) == SOCKET_ERROR ||
        getsockname(server.listener, name, &size) == SOCKET_ERROR) {
        return report("bind");
    }
    if (WSAAsyncSelect(server.listener, server.window, socket_message, FD_ACCEPT) == SOCKET_ERROR) {
        return report("WSAAsyncSelect");
    }
    if (listen(server.listener, SOMAXCONN) == SOCKET_ERROR) {
        return report("listen");
    }
    std::printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return true;
}

int run_loop()
{
    MSG message;
    BOOL got = 0;
    while ((got = GetMessageA(&message, nullptr, 0, 0)) > 0) {
        TranslateMessage(&message);
        DispatchMessageA(&message);
    }
    return got == 0 ? static_cast<int>(message.wParam) : 1;
}

}  // namespace

int main(int argc, char* argv[])
{
    unsigned short port = 7007;
    echo_server server;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--connections" && i + 1 < argc) {
            server.left_to_serve = static_cast<unsigned>(std::atoi(argv[++i]));
        } else if (argument == "--port" && i + 1 < argc) {
            port = static_cast<unsigned short>(std::atoi(argv[++i]));
        } else {
            std::fprintf(stderr, "usage: async_window [--port N] [--connections N]\n");
            return 2;
        }
    }
    WSADATA data;
    if (const int error = WSAStartup(MAKEWORD(2, 2), &data); error != 0) {
        std::fprintf(stderr, "WSAStartup failed with %d\n", error);
        return 1;
    }
    int code = 1;
    if (open_window(server) && listen_on(server, port)) {
        code = run_loop();
    }
    on_timer(server);
    closesocket(server.listener);
    for (const auto& [socket, who] : server.clients) {
        closesocket(socket);
    }
    // Also finishes what clients have not been sent yet.
    const bool cleaned = WSACleanup() == 0;
    std::printf("stopped\n");
    return cleaned ? code : 1;
}
