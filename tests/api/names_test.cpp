// What only the host does: byte order, addresses as text, name resolution. Answers to "inet_addr function",
// "getaddrinfo function", "getnameinfo function", "WSAAddressToStringW function" and their families.
#include <array>
#include <cstring>
#include <string>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

struct found_addresses {
    ADDRINFOA* list = nullptr;
    int code = 0;
    found_addresses(const char* node, const char* service, const ADDRINFOA* hints)
        : code(getaddrinfo(node, service, hints, &list))
    {}
    ~found_addresses()
    {
        if (list != nullptr) {
            freeaddrinfo(list);
        }
    }
    found_addresses(const found_addresses&) = delete;
    found_addresses& operator=(const found_addresses&) = delete;
};

std::string text_of(const endpoint& where, int* code = nullptr)
{
    std::array<char, 128> text{};
    DWORD size = text.size();
    auto copy = where;
    const int result = error_of(
        WSAAddressToStringA(copy.get(), static_cast<DWORD>(where.length), nullptr, text.data(), &size));
    if (code != nullptr) {
        *code = result;
    }
    if (result != 0) {
        return {};
    }
    CHECK(size == std::strlen(text.data()) + 1);
    return text.data();
}

int parse(const std::string& text, int family, endpoint& out)
{
    std::string given = text;
    out.length = sizeof out.storage;
    return error_of(WSAStringToAddressA(given.data(), family, nullptr, out.get(), &out.length));
}

}  // namespace

TEST_CASE("MAP-3, MAP-5 byte order works without startup", "[api][names]")
{
    CHECK(error_of(WSACleanup()) == WSANOTINITIALISED);
    CHECK(htons(0x1234) == 0x3412);
    CHECK(ntohs(0x3412) == 0x1234);
    CHECK(htonl(0x12345678) == 0x78563412);
    CHECK(ntohl(0x78563412) == 0x12345678);
    CHECK(sizeof(htonl(1)) == 4);
}

TEST_CASE("MAP-4 WSAHtonl and its family check startup, socket and result", "[api][names]")
{
    u_long wide = 0;
    u_short narrow = 0;
    CHECK(error_of(WSAHtonl(INVALID_SOCKET, 1, &wide)) == WSANOTINITIALISED);
    CHECK(error_of(WSANtohs(INVALID_SOCKET, 1, &narrow)) == WSANOTINITIALISED);
    const winsock started;
    const auto made = tcp();
    CHECK(error_of(WSAHtonl(made, 0x12345678, &wide)) == 0);
    CHECK(wide == 0x78563412);
    CHECK(error_of(WSANtohl(made, 0x78563412, &wide)) == 0);
    CHECK(wide == 0x12345678);
    CHECK(error_of(WSAHtons(made, 0x1234, &narrow)) == 0);
    CHECK(narrow == 0x3412);
    CHECK(error_of(WSANtohs(made, 0x3412, &narrow)) == 0);
    CHECK(narrow == 0x1234);
    CHECK(error_of(WSAHtonl(INVALID_SOCKET, 1, nullptr)) == WSAENOTSOCK);
    CHECK(error_of(WSAHtons(INVALID_SOCKET, 1, &narrow)) == WSAENOTSOCK);
    CHECK(error_of(WSANtohl(INVALID_SOCKET, 1, &wide)) == WSAENOTSOCK);
    CHECK(error_of(WSANtohs(INVALID_SOCKET, 1, &narrow)) == WSAENOTSOCK);
    CHECK(error_of(WSAHtonl(made, 1, nullptr)) == WSAEFAULT);
    CHECK(error_of(WSAHtons(made, 1, nullptr)) == WSAEFAULT);
    CHECK(error_of(WSANtohl(made, 1, nullptr)) == WSAEFAULT);
    CHECK(error_of(WSANtohs(made, 1, nullptr)) == WSAEFAULT);
}

TEST_CASE("MAP-3, MAP-5 inet_addr and inet_ntoa work without startup", "[api][names]")
{
    const struct {
        const char* text;
        u_long expected;
    } rows[] = {
        {"127.0.0.1", 0x7F000001},
        {"1.2", 0x01000002},
        {"1.2.3", 0x01020003},
        {"203569230", 0x0C22384E},
        {"0x7f.1", 0x7F000001},
        {"0377.0.0.1", 0xFF000001},
        {"0.0.0.0", 0},
        {"255.255.255.255", INADDR_NONE},
        {"", INADDR_NONE},
        {"1.2.3.4.5", INADDR_NONE},
        {"256.0.0.1", INADDR_NONE},
        {"1.2.3.256", INADDR_NONE},
        {"a.b.c.d", INADDR_NONE},
        {"1.2.3.", INADDR_NONE},
        {"08.0.0.1", INADDR_NONE},
        {"-1.0.0.1", INADDR_NONE},
        {"1..2", INADDR_NONE},
        {"0x", INADDR_NONE},
        {"4294967296", INADDR_NONE},
    };
    for (const auto& each : rows) {
        INFO('"' << each.text << '"');
        CHECK(inet_addr(each.text) == htonl(each.expected));
    }
    CHECK(inet_addr(nullptr) == INADDR_NONE);
    in_addr address{};
    address.s_addr = htonl(0x7F000001);
    CHECK(std::string(inet_ntoa(address)) == "127.0.0.1");
    address.s_addr = 0xFFFFFFFF;
    CHECK(std::string(inet_ntoa(address)) == "255.255.255.255");
}

TEST_CASE("MAP-3 inet_pton takes strict text only", "[api][names]")
{
    std::array<unsigned char, 16> raw{};
    CHECK(inet_pton(AF_INET, "1.2.3.4", raw.data()) == 1);
    CHECK(raw[0] == 1);
    CHECK(raw[3] == 4);
    for (const char* bad :
         {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", " 1.2.3.4", "1.2.3.4 ", "::1", "0x1.2.3.4"}) {
        INFO('"' << bad << '"');
        CHECK(inet_pton(AF_INET, bad, raw.data()) == 0);
    }
    CHECK(inet_pton(AF_INET6, "2001:db8::ff", raw.data()) == 1);
    CHECK(raw[0] == 0x20);
    CHECK(raw[15] == 0xff);
    CHECK(inet_pton(AF_INET6, "::ffff:1.2.3.4", raw.data()) == 1);
    CHECK(raw[12] == 1);
    for (const char* bad : {"", ":", ":::", "1:2:3:4:5:6:7", "1::2::3", "12345::", "[::1]", "::1%1x"}) {
        INFO('"' << bad << '"');
        CHECK(inet_pton(AF_INET6, bad, raw.data()) == 0);
    }
    CHECK(inet_pton(AF_UNIX, "1.2.3.4", raw.data()) == -1);
    CHECK(WSAGetLastError() == WSAEAFNOSUPPORT);
    CHECK(inet_pton(AF_INET, nullptr, raw.data()) == -1);
    CHECK(WSAGetLastError() == WSAEFAULT);
    CHECK(inet_pton(AF_INET, "1.2.3.4", nullptr) == -1);
    CHECK(WSAGetLastError() == WSAEFAULT);
}

TEST_CASE("MAP-3 inet_ntop needs room for the text", "[api][names]")
{
    const auto four = at(AF_INET, "192.168.100.200", 0);
    const auto* raw4 = &reinterpret_cast<const sockaddr_in*>(four.get())->sin_addr;
    std::array<char, 64> text{};
    CHECK(std::string(inet_ntop(AF_INET, raw4, text.data(), 16)) == "192.168.100.200");
    CHECK(inet_ntop(AF_INET, raw4, text.data(), 15) == nullptr);
    CHECK(WSAGetLastError() == ERROR_INVALID_PARAMETER);
    const auto six = at(AF_INET6, "2001:db8:0:0:1:0:0:1", 0);
    CHECK(six.address() == "2001:db8::1:0:0:1");
    CHECK(at(AF_INET6, "::ffff:1.2.3.4", 0).address() == "::ffff:1.2.3.4");
    CHECK(at(AF_INET6, "0:0:0:0:0:0:0:0", 0).address() == "::");
    CHECK(inet_ntop(AF_UNIX, raw4, text.data(), 64) == nullptr);
    CHECK(WSAGetLastError() == WSAEAFNOSUPPORT);
}

TEST_CASE("MAP-9, ADR-11 WSAAddressToString writes address, scope and port", "[api][names]")
{
    const winsock started;
    CHECK(text_of(wildcard(AF_INET)) == "0.0.0.0");
    CHECK(text_of(at(AF_INET, "1.2.3.4", 80)) == "1.2.3.4:80");
    CHECK(text_of(at(AF_INET6, "2001:DB8::1", 0)) == "2001:db8::1");
    CHECK(text_of(at(AF_INET6, "2001:db8::1", 33'274)) == "[2001:db8::1]:33274");
    auto scoped = at(AF_INET6, "20ab::2001", 0);
    reinterpret_cast<sockaddr_in6*>(scoped.get())->sin6_scope_id = 4660;
    CHECK(text_of(scoped) == "20ab::2001%4660");
    reinterpret_cast<sockaddr_in6*>(scoped.get())->sin6_port = htons(33'274);
    CHECK(text_of(scoped) == "[20ab::2001%4660]:33274");
}

TEST_CASE("MAP-9, ADR-9, ADR-10, ADR-12 WSAAddressToString counts the terminator and wants room",
          "[api][names]")
{
    const winsock started;
    auto where = wildcard(AF_INET);
    std::array<char, 16> text{};
    DWORD size = 7;
    CHECK(error_of(WSAAddressToStringA(where.get(), 16, nullptr, text.data(), &size)) == WSAEFAULT);
    CHECK(size == 8);
    CHECK(error_of(WSAAddressToStringA(where.get(), 16, nullptr, text.data(), &size)) == 0);
    CHECK(size == 8);
    size = 0;
    CHECK(error_of(WSAAddressToStringA(where.get(), 16, nullptr, nullptr, &size)) == WSAEFAULT);
    CHECK(size == 8);
    CHECK(error_of(WSAAddressToStringA(where.get(), 16, nullptr, text.data(), nullptr)) == WSAEFAULT);
    size = 16;
    CHECK(error_of(WSAAddressToStringA(nullptr, 16, nullptr, text.data(), &size)) == WSAEFAULT);
    CHECK(error_of(WSAAddressToStringA(where.get(), 15, nullptr, text.data(), &size)) == WSAEFAULT);
    std::array<WCHAR, 16> wide{};
    size = 7;
    CHECK(error_of(WSAAddressToStringW(where.get(), 16, nullptr, wide.data(), &size)) == WSAEFAULT);
    CHECK(size == 8);
}

TEST_CASE("MAP-9, ADR-14, ADR-15, ADR-16 WSAStringToAddress reads IPv4 text", "[api][names]")
{
    const winsock started;
    const struct {
        const char* text;
        const char* address;
        int port;
    } good[] = {
        {"127.127.127.127", "127.127.127.127", 0},
        {"1.2", "1.0.0.2", 0},
        {"203569230", "12.34.56.78", 0},
        {"0x1.0x2.3.4", "1.2.3.4", 0},
        {"010.0.0.1", "8.0.0.1", 0},
        {"127.0.0.1:65535", "127.0.0.1", 65'535},
        {"127.0.0.1:0x10", "127.0.0.1", 16},
        {"127.0.0.1:010", "127.0.0.1", 8},
        {"0x123456789", "35.69.103.137", 0},
    };
    endpoint got;
    for (const auto& each : good) {
        INFO('"' << each.text << '"');
        REQUIRE(parse(each.text, AF_INET, got) == 0);
        CHECK(got.length == 16);
        CHECK(got.address() == each.address);
        CHECK(got.port() == each.port);
    }
    for (const char* bad :
         {"", " 1.2.3.4", "1.2.3.4 ", "1.2 .3.4", "1.2.3.4:", "1.2.3.4:0", "1.2.3.4:65536", "+1.2.3.4",
          "[1.2.3.4]", "1.2.3.4.5", "1.2.3.256", "08.1.1.1", "0x", "1.2.3.4:0x", "::1", "text"}) {
        INFO('"' << bad << '"');
        CHECK(parse(bad, AF_INET, got) == WSAEINVAL);
    }
}

TEST_CASE("MAP-9, ADR-13, ADR-17, ADR-18 WSAStringToAddress reads IPv6 text", "[api][names]")
{
    const winsock started;
    endpoint got;
    REQUIRE(parse("::1", AF_INET6, got) == 0);
    CHECK(got.length == 28);
    CHECK(got.address() == "::1");
    REQUIRE(parse("[2001:db8::1]:8080", AF_INET6, got) == 0);
    CHECK(got.address() == "2001:db8::1");
    CHECK(got.port() == 8080);
    REQUIRE(parse("[2001:db8::2]", AF_INET6, got) == 0);
    CHECK(got.address() == "2001:db8::2");
    for (const char* bad : {"::1]:65535", "1:2:3:", "127.0.0.1", "", "[::1]:", "[::1", "::g"}) {
        INFO('"' << bad << '"');
        CHECK(parse(bad, AF_INET6, got) == WSAEINVAL);
        CHECK(got.storage.ss_family == 0);
        CHECK(got.length == sizeof got.storage);
    }
    std::string text = "::1";
    got.length = 27;
    CHECK(error_of(WSAStringToAddressA(text.data(), AF_INET6, nullptr, got.get(), &got.length)) == WSAEFAULT);
    CHECK(got.length == 28);
}

TEST_CASE("MAP-8 getaddrinfo resolves numeric and local names for both families", "[api][names]")
{
    const winsock started;
    ADDRINFOA hints{};
    hints.ai_flags = AI_NUMERICHOST;
    hints.ai_socktype = SOCK_STREAM;
    {
        const found_addresses found("127.0.0.1", "8080", &hints);
        REQUIRE(found.code == 0);
        REQUIRE(found.list != nullptr);
        CHECK(found.list->ai_family == AF_INET);
        CHECK(found.list->ai_socktype == SOCK_STREAM);
        CHECK(found.list->ai_addrlen == 16);
        const auto* name = reinterpret_cast<const sockaddr_in*>(found.list->ai_addr);
        CHECK(name->sin_port == htons(8080));
        CHECK(name->sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    }
    {
        const found_addresses found("::1", "80", &hints);
        REQUIRE(found.code == 0);
        // AF_INET6 is Winsock's number here, not the system's.
        CHECK(found.list->ai_family == AF_INET6);
        CHECK(found.list->ai_addrlen == 28);
        CHECK(found.list->ai_addr->sa_family == AF_INET6);
    }
    ADDRINFOA by_name{};
    by_name.ai_family = AF_INET;
    by_name.ai_socktype = SOCK_STREAM;
    const found_addresses local("localhost", nullptr, &by_name);
    REQUIRE(local.code == 0);
    CHECK(reinterpret_cast<const sockaddr_in*>(local.list->ai_addr)->sin_addr.s_addr ==
          htonl(INADDR_LOOPBACK));
}

TEST_CASE("MAP-8 what getaddrinfo returns serves bind and connect", "[api][names]")
{
    const winsock started;
    ADDRINFOA hints{};
    hints.ai_flags = AI_PASSIVE;
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    const found_addresses passive(nullptr, "0", &hints);
    REQUIRE(passive.code == 0);
    const unique_socket listening{
        socket(passive.list->ai_family, passive.list->ai_socktype, passive.list->ai_protocol)};
    REQUIRE(error_of(listening.get()) == 0);
    CHECK(error_of(bind(listening, passive.list->ai_addr, static_cast<int>(passive.list->ai_addrlen))) == 0);
    CHECK(local_of(listening).address() == "0.0.0.0");
}

TEST_CASE("MAP-8 getaddrinfo's errors are the WSA ones", "[api][names]")
{
    const winsock started;
    ADDRINFOA hints{};
    hints.ai_flags = AI_NUMERICHOST;
    CHECK(found_addresses("no.such.numeric.host", nullptr, &hints).code == WSAHOST_NOT_FOUND);
    CHECK(found_addresses(nullptr, nullptr, nullptr).code == WSAHOST_NOT_FOUND);
    hints = ADDRINFOA{};
    hints.ai_family = 77;
    CHECK(found_addresses("127.0.0.1", nullptr, &hints).code == WSAEAFNOSUPPORT);
    hints = ADDRINFOA{};
    hints.ai_socktype = 77;
    CHECK(found_addresses("127.0.0.1", nullptr, &hints).code == WSAESOCKTNOSUPPORT);
    hints = ADDRINFOA{};
    hints.ai_flags = AI_CANONNAME;
    CHECK(found_addresses(nullptr, "80", &hints).code == WSAEINVAL);
    hints = ADDRINFOA{};
    hints.ai_addrlen = 5;
    CHECK(found_addresses("127.0.0.1", nullptr, &hints).code == WSANO_RECOVERY);
}

TEST_CASE("MAP-8 getnameinfo turns addresses and ports into text", "[api][names]")
{
    const winsock started;
    std::array<char, 64> host{};
    std::array<char, 32> service{};
    const auto where = at(AF_INET6, "2001:db8::5", 8080);
    CHECK(getnameinfo(where.get(), where.length, host.data(), host.size(), service.data(), service.size(),
                      NI_NUMERICHOST | NI_NUMERICSERV) == 0);
    CHECK(std::string(host.data()) == "2001:db8::5");
    CHECK(std::string(service.data()) == "8080");
    CHECK(getnameinfo(where.get(), where.length, host.data(), 4, nullptr, 0, NI_NUMERICHOST) != 0);
    CHECK(getnameinfo(nullptr, 28, host.data(), host.size(), nullptr, 0, NI_NUMERICHOST) == WSAEFAULT);
    CHECK(getnameinfo(where.get(), 3, host.data(), host.size(), nullptr, 0, NI_NUMERICHOST) == WSAEFAULT);
    CHECK(getnameinfo(where.get(), where.length, nullptr, 0, nullptr, 0, NI_NUMERICHOST) ==
          WSAHOST_NOT_FOUND);
    auto foreign = where;
    foreign.storage.ss_family = 99;
    CHECK(getnameinfo(foreign.get(), foreign.length, host.data(), host.size(), nullptr, 0, NI_NUMERICHOST) ==
          WSAEAFNOSUPPORT);
}

TEST_CASE("MAP-8 the name calls of Winsock 1.1", "[api][names]")
{
    const winsock started;
    std::array<char, 256> name{};
    CHECK(error_of(gethostname(name.data(), static_cast<int>(name.size()))) == 0);
    CHECK(name[0] != 0);
    CHECK(error_of(gethostname(name.data(), 1)) == WSAEFAULT);
    CHECK(error_of(gethostname(nullptr, 256)) == WSAEFAULT);

    const hostent* local = gethostbyname("localhost");
    REQUIRE(local != nullptr);
    CHECK(local->h_addrtype == AF_INET);
    CHECK(local->h_length == 4);
    REQUIRE(local->h_addr_list[0] != nullptr);
    CHECK(local->h_addr_list[0][0] == 127);

    const protoent* tcp_protocol = getprotobyname("tcp");
    REQUIRE(tcp_protocol != nullptr);
    CHECK(tcp_protocol->p_proto == IPPROTO_TCP);
    const protoent* udp_protocol = getprotobynumber(IPPROTO_UDP);
    REQUIRE(udp_protocol != nullptr);
    CHECK(std::string(udp_protocol->p_name) == "udp");
    CHECK(error_of_pointer(getprotobyname("no-such-protocol")) == WSANO_DATA);

    const servent* http = getservbyname("http", "tcp");
    REQUIRE(http != nullptr);
    CHECK(http->s_port == static_cast<short>(htons(80)));
    const servent* same = getservbyport(htons(80), "tcp");
    REQUIRE(same != nullptr);
    CHECK(std::string(same->s_name) == "http");
    CHECK(error_of_pointer(getservbyname("no-such-service", "tcp")) == WSANO_DATA);
}
