// Sends to a multicast group and receives from it, on one interface:
//
//     multicast receive [--group 239.255.42.1] [--port 0] [--interface 127.0.0.1] [--count 3] [--source ADDRESS]
//     multicast send    --port PORT [--group ...] [--interface ...] [--count 3] [--text hello]
//
// The receiver says where it listens and ends after `count` datagrams; with --source it takes them from that address only.
// Plain Winsock: the same file builds for Windows and, with Spindle's headers, for Linux.
#include <winsock2.h>
#include <ws2tcpip.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

namespace {

struct settings {
    std::string group = "239.255.42.1";
    std::string by = "127.0.0.1";
    std::string source;
    std::string text = "hello";
    unsigned short port = 0;
    int count = 3;
};

void check(int result, const char* what)
{
    if (result == SOCKET_ERROR) {
        throw std::runtime_error(std::string(what) + " failed with " + std::to_string(WSAGetLastError()));
    }
}

IN_ADDR address(const std::string& text)
{
    IN_ADDR parsed{};
    if (inet_pton(AF_INET, text.c_str(), &parsed) != 1) {
        throw std::runtime_error("no IPv4 address: " + text);
    }
    return parsed;
}

template <class Value>
void set(SOCKET s, int name, const Value& value, const char* what)
{
    check(setsockopt(s, IPPROTO_IP, name, reinterpret_cast<const char*>(&value), sizeof value), what);
}

void join(SOCKET s, const settings& wanted)
{
    if (wanted.source.empty()) {
        IP_MREQ request{};
        request.imr_multiaddr = address(wanted.group);
        request.imr_interface = address(wanted.by);
        set(s, IP_ADD_MEMBERSHIP, request, "IP_ADD_MEMBERSHIP");
        return;
    }
    IP_MREQ_SOURCE request{};
    request.imr_multiaddr = address(wanted.group);
    request.imr_sourceaddr = address(wanted.source);
    request.imr_interface = address(wanted.by);
    set(s, IP_ADD_SOURCE_MEMBERSHIP, request, "IP_ADD_SOURCE_MEMBERSHIP");
}

void receive(SOCKET s, const settings& wanted)
{
    const BOOL share = TRUE;
    check(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, reinterpret_cast<const char*>(&share), sizeof share), "SO_REUSEADDR");
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_port = htons(wanted.port);
    check(bind(s, reinterpret_cast<const sockaddr*>(&local), sizeof local), "bind");
    join(s, wanted);
    int length = sizeof local;
    check(getsockname(s, reinterpret_cast<sockaddr*>(&local), &length), "getsockname");
    std::printf("listening on %s:%u\n", wanted.group.c_str(), static_cast<unsigned>(ntohs(local.sin_port)));
    std::fflush(stdout);
    for (int got = 0; got < wanted.count; ++got) {
        char text[1500];
        sockaddr_in from{};
        length = sizeof from;
        const int size = recvfrom(s, text, sizeof text, 0, reinterpret_cast<sockaddr*>(&from), &length);
        check(size, "recvfrom");
        char name[INET_ADDRSTRLEN] = {};
        inet_ntop(AF_INET, &from.sin_addr, name, sizeof name);
        std::printf("%.*s from %s\n", size, text, name);
    }
}

void send(SOCKET s, const settings& wanted)
{
    set(s, IP_MULTICAST_IF, address(wanted.by), "IP_MULTICAST_IF");
    const DWORD hops = 1;
    set(s, IP_MULTICAST_TTL, hops, "IP_MULTICAST_TTL");
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(wanted.port);
    to.sin_addr = address(wanted.group);
    for (int sent = 0; sent < wanted.count; ++sent) {
        const std::string text = wanted.text + " " + std::to_string(sent + 1);
        check(sendto(s, text.data(), static_cast<int>(text.size()), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to),
              "sendto");
    }
    std::printf("%d datagrams sent\n", wanted.count);
}

settings read(int argc, char** argv)
{
    settings wanted;
    for (int at = 2; at + 1 < argc; at += 2) {
        const std::string name = argv[at];
        const char* value = argv[at + 1];
        if (name == "--group") {
            wanted.group = value;
        } else if (name == "--port") {
            wanted.port = static_cast<unsigned short>(std::atoi(value));
        } else if (name == "--interface") {
            wanted.by = value;
        } else if (name == "--source") {
            wanted.source = value;
        } else if (name == "--count") {
            wanted.count = std::atoi(value);
        } else if (name == "--text") {
            wanted.text = value;
        } else {
            throw std::runtime_error("unknown: " + name);
        }
    }
    return wanted;
}

void run(int argc, char** argv)
{
    const std::string what = argc > 1 ? argv[1] : "";
    if (what != "receive" && what != "send") {
        throw std::runtime_error("usage: multicast receive|send [--group G] [--port P] [--interface I] [--count N]");
    }
    const settings wanted = read(argc, argv);
    const SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    if (s == INVALID_SOCKET) {
        check(SOCKET_ERROR, "socket");
    }
    what == "receive" ? receive(s, wanted) : send(s, wanted);
    closesocket(s);
}

}  // namespace

int main(int argc, char** argv)
{
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        std::fprintf(stderr, "no Winsock\n");
        return 1;
    }
    int status = 0;
    try {
        run(argc, argv);
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "%s\n", problem.what());
        status = 1;
    }
    WSACleanup();
    return status;
}
