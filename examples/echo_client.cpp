// Sends a file, standard input or a number of bytes to an echo server, and checks that all of it comes back
// unchanged: one thread sends, the other receives, so that no amount of data can block both sides. Plain
// Winsock; answers to the page "Getting started with Winsock".
#include <winsock2.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace {

struct settings {
    std::string host = "127.0.0.1";
    unsigned short port = 7007;
    std::string file;
    long long bytes = -1;
};

bool parse_arguments(int argc, char* argv[], settings& wanted)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        const std::string value = argv[i + 1];
        if (name == "--host") {
            wanted.host = value;
        } else if (name == "--port") {
            wanted.port = static_cast<unsigned short>(std::atoi(value.c_str()));
        } else if (name == "--file") {
            wanted.file = value;
        } else if (name == "--bytes") {
            wanted.bytes = std::atoll(value.c_str());
        } else {
            return false;
        }
    }
    return argc % 2 == 1;
}

bool load_data(const settings& wanted, std::vector<char>& data)
{
    if (wanted.bytes >= 0) {
        data.resize(static_cast<std::size_t>(wanted.bytes));
        for (std::size_t i = 0; i < data.size(); ++i) {
            data[i] = static_cast<char>(i * 2654435761u >> 13);
        }
        return true;
    }
    if (wanted.file.empty()) {
        data.assign(std::istreambuf_iterator<char>(std::cin), {});
        return true;
    }
    std::ifstream input(wanted.file, std::ios::binary);
    data.assign(std::istreambuf_iterator<char>(input), {});
    return static_cast<bool>(input);
}

bool report(const char* what)
{
    std::fprintf(stderr, "%s failed with %d\n", what, WSAGetLastError());
    return false;
}

void send_data(SOCKET socket, const std::vector<char>& data)
{
    const std::size_t piece = 1024 * 1024;
    for (std::size_t at = 0; at < data.size();) {
        const int size = static_cast<int>(std::min(piece, data.size() - at));
        const int sent = send(socket, data.data() + at, size, 0);
        if (sent == SOCKET_ERROR) {
            report("send");
            break;
        }
        at += static_cast<std::size_t>(sent);
    }
    // Tells the server that no more comes, so that it ends its side too.
    if (shutdown(socket, SD_SEND) == SOCKET_ERROR) {
        report("shutdown");
    }
}

bool receive_and_compare(SOCKET socket, const std::vector<char>& data)
{
    std::vector<char> buffer(64 * 1024);
    std::size_t at = 0;
    for (;;) {
        const int received = recv(socket, buffer.data(), static_cast<int>(buffer.size()), 0);
        if (received == SOCKET_ERROR) {
            return report("recv");
        }
        if (received == 0) {
            break;
        }
        const auto size = static_cast<std::size_t>(received);
        if (size > data.size() - at || std::memcmp(buffer.data(), data.data() + at, size) != 0) {
            std::fprintf(stderr, "the echo differs after %zu bytes\n", at);
            return false;
        }
        at += size;
    }
    if (at != data.size()) {
        std::fprintf(stderr, "only %zu of %zu bytes came back\n", at, data.size());
        return false;
    }
    return true;
}

bool exchange(const settings& wanted, const std::vector<char>& data)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(wanted.port);
    address.sin_addr.s_addr = inet_addr(wanted.host.c_str());
    if (address.sin_addr.s_addr == INADDR_NONE) {
        std::fprintf(stderr, "%s is no IPv4 address\n", wanted.host.c_str());
        return false;
    }
    const SOCKET connected = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (connected == INVALID_SOCKET) {
        return report("socket");
    }
    if (connect(connected, reinterpret_cast<const sockaddr*>(&address), sizeof address) == SOCKET_ERROR) {
        return report("connect");
    }
    std::printf("connected to %s:%d\n", wanted.host.c_str(), wanted.port);
    const auto begin = std::chrono::steady_clock::now();
    std::thread sender([connected, &data] { send_data(connected, data); });
    const bool equal = receive_and_compare(connected, data);
    if (!equal) {
        shutdown(connected, SD_BOTH);
    }
    sender.join();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    if (equal) {
        std::printf("%zu bytes sent and echoed unchanged in %.3f s\n", data.size(), taken.count());
    }
    return closesocket(connected) == 0 && equal;
}

}  // namespace

int main(int argc, char* argv[])
{
    settings wanted;
    if (!parse_arguments(argc, argv, wanted)) {
        std::fprintf(stderr, "usage: echo_client [--host ADDRESS] [--port N] [--bytes N | --file FILE]\n");
        return 2;
    }
    std::vector<char> data;
    if (!load_data(wanted, data)) {
        std::fprintf(stderr, "cannot read %s\n", wanted.file.c_str());
        return 2;
    }
    WSADATA startup;
    if (const int error = WSAStartup(MAKEWORD(2, 2), &startup); error != 0) {
        std::fprintf(stderr, "WSAStartup failed with %d\n", error);
        return 1;
    }
    const bool equal = exchange(wanted, data);
    const bool cleaned = WSACleanup() == 0;
    return equal && cleaned ? 0 : 1;
}
