// A Winsock program in C++, written as for Windows: a server thread echoes what a client sends until its end
// of stream. Exit code: 0 when all of it came back. Winsock's headers stand beside the standard library's, as
// in real programs.
#include <winsock2.h>
#include <ws2tcpip.h>

#include <functional>
#include <iostream>
#include <string>
#include <thread>

namespace {

sockaddr_in loopback()
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void serve_one(SOCKET listener)
{
    const SOCKET connection = accept(listener, nullptr, nullptr);
    char buffer[4096];
    int received = 0;
    while ((received = recv(connection, buffer, sizeof buffer, 0)) > 0) {
        if (send(connection, buffer, received, 0) != received) {
            break;
        }
    }
    closesocket(connection);
}

std::string exchange(const sockaddr_in& server, const std::string& text)
{
    const SOCKET client = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(client, reinterpret_cast<const sockaddr*>(&server), sizeof server) == SOCKET_ERROR) {
        closesocket(client);
        return {};
    }
    // The whole text fits the socket buffers of both ends, so that nobody has to read while it is sent.
    send(client, text.data(), static_cast<int>(text.size()), 0);
    shutdown(client, SD_SEND);
    std::string answer;
    char buffer[4096];
    int received = 0;
    while ((received = recv(client, buffer, sizeof buffer, 0)) > 0) {
        answer.append(buffer, static_cast<std::size_t>(received));
    }
    closesocket(client);
    return answer;
}

bool echoes()
{
    const SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    sockaddr_in address = loopback();
    int length = sizeof address;
    // Winsock's bind, not std::bind, although <functional> is here.
    if (bind(listener, reinterpret_cast<const sockaddr*>(&address), length) == SOCKET_ERROR ||
        listen(listener, SOMAXCONN) == SOCKET_ERROR ||
        getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) == SOCKET_ERROR) {
        std::cerr << "listener: error " << WSAGetLastError() << '\n';
        return false;
    }
    std::thread server(serve_one, listener);
    const std::string text(16384, 'x');
    const std::string answer = exchange(address, text);
    server.join();
    closesocket(listener);
    return answer == text;
}

}  // namespace

int main()
{
    WSADATA data{};
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        return 1;
    }
    const bool good = echoes();
    if (WSACleanup() == SOCKET_ERROR) {
        return 1;
    }
    std::cout << (good ? "echoed" : "failed") << '\n';
    return good ? 0 : 1;
}
