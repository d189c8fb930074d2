// A datagram service on a machine with several addresses: WSARecvMsg tells which of them a question was sent to, on
// which interface it came and how many hops it had left; WSASendMsg answers from that very address. Both ends are in
// this program. Plain Winsock; answers to the pages "LPFN_WSARECVMSG", "WSASendMsg" and "IPPROTO_IP Socket Options".
#include <winsock2.h>

#include <mswsock.h>
#include <windows.h>
#include <ws2tcpip.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <string>

namespace {

bool report(const char* what)
{
    std::fprintf(stderr, "%s failed with %d\n", what, WSAGetLastError());
    return false;
}

std::string text_of(const IN_ADDR& address)
{
    std::array<char, INET_ADDRSTRLEN> text{};
    return inet_ntop(AF_INET, &address, text.data(), text.size()) != nullptr ? text.data() : "?";
}

// The datagram, its peer and room for its control data, tied together as the two functions want them. It must stay
// where it is while a receive is pending.
struct message {
    message()
    {
        std::memset(&header, 0, sizeof header);
        reset();
    }
    message(const message&) = delete;
    message& operator=(const message&) = delete;

    // Ready to receive into.
    void reset()
    {
        data_part.buf = data.data();
        data_part.len = static_cast<ULONG>(data.size());
        header.name = reinterpret_cast<sockaddr*>(&peer);
        header.namelen = sizeof peer;
        header.lpBuffers = &data_part;
        header.dwBufferCount = 1;
        header.Control.buf = reinterpret_cast<char*>(control.data());
        header.Control.len = static_cast<ULONG>(sizeof control);
        header.dwFlags = 0;
    }

    std::array<char, 2048> data{};
    std::array<ULONGLONG, 32> control{};  // aligned as its headers are
    sockaddr_in peer{};
    WSABUF data_part{};
    WSAMSG header;
};

// What came with a datagram besides its bytes.
struct arrival {
    IN_PKTINFO to{};  // the local address and the interface's index
    int hops_left = -1;
};

class datagram_socket {
public:
    ~datagram_socket()
    {
        if (socket_ != INVALID_SOCKET) {
            closesocket(socket_);
        }
        if (arrived_ != nullptr) {
            CloseHandle(arrived_);
        }
    }
    datagram_socket() = default;
    datagram_socket(const datagram_socket&) = delete;
    datagram_socket& operator=(const datagram_socket&) = delete;

    // On all addresses; `hops` is what outgoing datagrams start with.
    bool open(int hops);
    unsigned short port() const { return port_; }
    bool receive(message& into, arrival& how, DWORD patience_ms);
    // `from` chooses the source address; null leaves it to the system.
    bool send(message& what, const IN_PKTINFO* from);

private:
    bool load(GUID id, void* function, DWORD size);

    SOCKET socket_ = INVALID_SOCKET;
    HANDLE arrived_ = nullptr;
    unsigned short port_ = 0;
    LPFN_WSARECVMSG receive_message_ = nullptr;
    LPFN_WSASENDMSG send_message_ = nullptr;
};

bool datagram_socket::load(GUID id, void* function, DWORD size)
{
    DWORD bytes = 0;
    return WSAIoctl(socket_, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, function, size, &bytes,
                    nullptr, nullptr) == 0 ||
           report("SIO_GET_EXTENSION_FUNCTION_POINTER");
}

bool datagram_socket::open(int hops)
{
    socket_ = WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, nullptr, 0, WSA_FLAG_OVERLAPPED);
    arrived_ = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    if (socket_ == INVALID_SOCKET || arrived_ == nullptr) {
        return report("WSASocketW");
    }
    const DWORD on = 1;
    const struct {
        int name;
        DWORD value;
    } wanted[] = {{IP_PKTINFO, on}, {IP_RECVTTL, on}, {IP_TTL, static_cast<DWORD>(hops)}};
    for (const auto& option : wanted) {
        if (setsockopt(socket_, IPPROTO_IP, option.name, reinterpret_cast<const char*>(&option.value),
                       sizeof option.value) == SOCKET_ERROR) {
            return report("setsockopt");
        }
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    int length = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket_, name, length) == SOCKET_ERROR || getsockname(socket_, name, &length) == SOCKET_ERROR) {
        return report("bind");
    }
    port_ = ntohs(address.sin_port);
    return load(WSAID_WSARECVMSG, &receive_message_, sizeof receive_message_) &&
           load(WSAID_WSASENDMSG, &send_message_, sizeof send_message_);
}

bool datagram_socket::receive(message& into, arrival& how, DWORD patience_ms)
{
    WSAOVERLAPPED request{};
    request.hEvent = arrived_;
    into.reset();
    DWORD bytes = 0;
    DWORD flags = 0;
    if (receive_message_(socket_, &into.header, nullptr, &request, nullptr) == SOCKET_ERROR &&
        WSAGetLastError() != WSA_IO_PENDING) {
        return report("WSARecvMsg");
    }
    if (WaitForSingleObject(arrived_, patience_ms) != WAIT_OBJECT_0) {
        std::fprintf(stderr, "no datagram came\n");
        CancelIoEx(reinterpret_cast<HANDLE>(socket_), &request);
    }
    // Waits for the end of a cancelled request too: until then the message is not ours.
    if (!WSAGetOverlappedResult(socket_, &request, &bytes, TRUE, &flags)) {
        return report("WSARecvMsg");
    }
    into.data_part.len = bytes;
    for (WSACMSGHDR* part = WSA_CMSG_FIRSTHDR(&into.header); part != nullptr;
         part = WSA_CMSG_NXTHDR(&into.header, part)) {
        if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
            std::memcpy(&how.to, WSA_CMSG_DATA(part), sizeof how.to);
        } else if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_TTL) {
            std::memcpy(&how.hops_left, WSA_CMSG_DATA(part), sizeof how.hops_left);
        }
    }
    return true;
}

bool datagram_socket::send(message& what, const IN_PKTINFO* from)
{
    what.header.Control.len = 0;
    if (from != nullptr) {
        auto* const part = reinterpret_cast<WSACMSGHDR*>(what.control.data());
        part->cmsg_len = WSA_CMSG_LEN(sizeof *from);
        part->cmsg_level = IPPROTO_IP;
        part->cmsg_type = IP_PKTINFO;
        std::memcpy(WSA_CMSG_DATA(part), from, sizeof *from);
        what.header.Control.len = static_cast<ULONG>(WSA_CMSG_SPACE(sizeof *from));
    }
    DWORD bytes = 0;
    return send_message_(socket_, &what.header, 0, &bytes, nullptr, nullptr) == 0 || report("WSASendMsg");
}

// One question from a client to `address` and the service's answer to it; true when all is as it should be.
bool ask(datagram_socket& client, datagram_socket& service, const std::string& address)
{
    constexpr DWORD patience_ms = 5000;
    constexpr char text[] = "which address did I call?";
    message question;
    std::memcpy(question.data.data(), text, sizeof text);
    question.data_part.len = sizeof text;
    question.peer.sin_family = AF_INET;
    question.peer.sin_port = htons(service.port());
    if (inet_pton(AF_INET, address.c_str(), &question.peer.sin_addr) != 1) {
        std::fprintf(stderr, "%s is no address\n", address.c_str());
        return false;
    }
    message received;
    arrival how;
    if (!client.send(question, nullptr) || !service.receive(received, how, patience_ms)) {
        return false;
    }
    std::printf("asked %s; the service was called at %s on interface %u by port %d with %d hops left\n",
                address.c_str(), text_of(how.to.ipi_addr).c_str(), static_cast<unsigned>(how.to.ipi_ifindex),
                ntohs(received.peer.sin_port), how.hops_left);
    const bool told = text_of(how.to.ipi_addr) == address && how.hops_left >= 0;

    // The peer and the bytes are those received; only where the answer comes from is said anew.
    how.to.ipi_ifindex = 0;
    message answer;
    arrival unused;
    if (!service.send(received, &how.to) || !client.receive(answer, unused, patience_ms)) {
        return false;
    }
    const std::string source = text_of(answer.peer.sin_addr);
    const bool same =
        answer.data_part.len == sizeof text && std::memcmp(answer.data.data(), text, sizeof text) == 0;
    std::printf("answered from %s, %s\n", source.c_str(), same ? "unchanged" : "changed");
    return told && same && source == address;
}

}  // namespace

int main(int argc, char* argv[])
{
    WSADATA data;
    if (const int error = WSAStartup(MAKEWORD(2, 2), &data); error != 0) {
        std::fprintf(stderr, "WSAStartup failed with %d\n", error);
        return 1;
    }
    bool good = true;
    {
        datagram_socket client;
        datagram_socket service;
        good = client.open(17) && service.open(64);
        // The addresses of this machine to be asked; all of 127.0.0.0/8 are.
        if (argc < 2) {
            good = good && ask(client, service, "127.0.0.1") && ask(client, service, "127.0.0.2");
        }
        for (int at = 1; at < argc; ++at) {
            good = good && ask(client, service, argv[at]);
        }
    }
    return WSACleanup() == 0 && good ? 0 : 1;
}
