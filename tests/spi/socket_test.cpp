// WSPSocket: what a request resolves to, which flags it takes, and that a failing one leaves nothing behind.
// The host's half of the clauses (walking the catalog) is tested with the host.
#include "support/background_call.hpp"
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <vector>

using namespace spindle::test;

namespace {

struct triple {
    int family;
    int type;
    int protocol;

    friend bool operator==(const triple&, const triple&) = default;
};

std::ostream& operator<<(std::ostream& out, const triple& value)
{
    return out << "(" << value.family << "," << value.type << "," << value.protocol << ")";
}

constexpr triple tcp_over_4{AF_INET, SOCK_STREAM, IPPROTO_TCP};
constexpr triple udp_over_4{AF_INET, SOCK_DGRAM, IPPROTO_UDP};

/// The triple the socket itself reports.
triple reported(const spi_calls& spi, SOCKET s)
{
    WSAPROTOCOL_INFOW info = {};
    int size = static_cast<int>(sizeof info);
    if (spi.get_option(s, SOL_SOCKET, SO_PROTOCOL_INFOW, &info, &size) != 0) {
        return {-1, -1, -1};
    }
    return {info.iAddressFamily, info.iSocketType, info.iProtocol};
}

struct outcome {
    int code = 0;
    triple resolved{};
};

outcome request(const spi_fixture& spi, triple wanted, const WSAPROTOCOL_INFOW* entry)
{
    outcome seen;
    const SOCKET s = spi.spi.socket(wanted.family, wanted.type, wanted.protocol, entry, &seen.code);
    if (s != INVALID_SOCKET) {
        seen.resolved = reported(spi.spi, s);
        CHECK(spi.spi.number(s, SO_TYPE) == seen.resolved.type);
        CHECK(spi.spi.close(s) == 0);
    }
    return seen;
}

int code_with_flags(const spi_fixture& spi, const WSAPROTOCOL_INFOW& entry, DWORD flags)
{
    int code = 0;
    const SOCKET s = spi.spi.socket(entry, &code, flags);
    if (s != INVALID_SOCKET) {
        CHECK(spi.spi.close(s) == 0);
    }
    return code;
}

void check_defaults(const WSAPROTOCOL_INFOW& entry)
{
    const spi_fixture spi;
    constexpr int from_entry = FROM_PROTOCOL_INFO;
    const triple own{entry.iAddressFamily, entry.iSocketType, entry.iProtocol};
    for (const triple wanted : {triple{0, 0, 0}, triple{from_entry, from_entry, from_entry}}) {
        const auto seen = request(spi, wanted, &entry);
        INFO("asked " << wanted << " of " << own);
        CHECK(seen.code == 0);
        CHECK(seen.resolved == own);
    }
}

}  // namespace

TEST_CASE("SOCK-1, SOCK-2, SOCK-11 zeros and FROM_PROTOCOL_INFO take the entry's values", "[spi][socket]")
{
    for (const auto& entry : {tcp4(), udp4(), tcp6(), udp6()}) {
        check_defaults(entry);
    }
}

TEST_CASE("SOCK-1, SOCK-2, SOCK-11 AF_UNIX: zeros and FROM_PROTOCOL_INFO take the entry's values", "[spi][socket]")
{
    check_defaults(unix_stream());
}

TEST_CASE("SOCK-7, SOCK-12 without an entry the gaps are filled from the first match", "[spi][socket]")
{
    const spi_fixture spi;
    for (const triple wanted :
         {triple{AF_INET, SOCK_STREAM, 0}, triple{AF_INET, 0, IPPROTO_TCP}, triple{AF_INET, 0, 0},
          triple{0, SOCK_STREAM, IPPROTO_TCP}, triple{0, 0, IPPROTO_TCP}}) {
        const auto seen = request(spi, wanted, nullptr);
        INFO("asked " << wanted);
        CHECK(seen.code == 0);
        CHECK(seen.resolved == tcp_over_4);
    }
    for (const triple wanted :
         {triple{AF_INET, SOCK_DGRAM, 0}, triple{AF_INET, 0, IPPROTO_UDP}, triple{0, 0, IPPROTO_UDP}}) {
        const auto seen = request(spi, wanted, nullptr);
        INFO("asked " << wanted);
        CHECK(seen.code == 0);
        CHECK(seen.resolved == udp_over_4);
    }
}

TEST_CASE("SOCK-8, SOCK-9 the order of the refusals without an entry", "[spi][socket]")
{
    const spi_fixture spi;
    struct {
        triple wanted;
        int code;
    } const cases[] = {
        {{0, 0, 0}, WSAEINVAL},
        {{0, SOCK_STREAM, 0}, WSAEINVAL},
        {{0, 0xDEAD, 0}, WSAEINVAL},
        {{AF_INET, 0xDEAD, 0}, WSAESOCKTNOSUPPORT},
        {{0xDEAD, 0xDEAD, 0xDEAD}, WSAESOCKTNOSUPPORT},
        {{0, 0xDEAD, IPPROTO_TCP}, WSAESOCKTNOSUPPORT},
        {{0xDEAD, SOCK_STREAM, 0}, WSAEAFNOSUPPORT},
        {{0xDEAD, 0, IPPROTO_UDP}, WSAEAFNOSUPPORT},
        {{AF_INET, SOCK_STREAM, 0xDEAD}, WSAEPROTONOSUPPORT},
        {{AF_INET, 0, 0xDEAD}, WSAEPROTONOSUPPORT},
        {{0, 0, 0xDEAD}, WSAEPROTONOSUPPORT},
    };
    for (const auto& each : cases) {
        INFO("asked " << each.wanted);
        CHECK(request(spi, each.wanted, nullptr).code == each.code);
    }
    for (const triple wanted :
         {triple{AF_INET, SOCK_STREAM, IPPROTO_UDP}, triple{AF_INET, SOCK_DGRAM, IPPROTO_TCP}}) {
        const int code = request(spi, wanted, nullptr).code;
        INFO("asked " << wanted << ", got " << code);
        CHECK((code == WSAEPROTONOSUPPORT || code == WSAEPROTOTYPE));
    }
}

TEST_CASE("SOCK-10 explicit values win over the entry's", "[spi][socket]")
{
    const spi_fixture spi;
    const auto entry = udp4();
    const auto seen = request(spi, tcp_over_4, &entry);
    CHECK(seen.code == 0);
    CHECK(seen.resolved == tcp_over_4);
}

TEST_CASE("SOCK-11 a zeroed entry serves no family", "[spi][socket]")
{
    const spi_fixture spi;
    const WSAPROTOCOL_INFOW empty = {};
    CHECK(request(spi, {0, 0, IPPROTO_UDP}, &empty).code == WSAEAFNOSUPPORT);
}

TEST_CASE("SOCK-12 SO_PROTOCOL_INFO reports the resolved triple in both character widths", "[spi][socket]")
{
    const spi_fixture spi;
    const SOCKET s = spi.spi.socket(AF_INET, 0, IPPROTO_UDP, nullptr, nullptr);
    REQUIRE(s != INVALID_SOCKET);
    WSAPROTOCOL_INFOA info = {};
    int size = static_cast<int>(sizeof info);
    REQUIRE(spi.spi.get_option(s, SOL_SOCKET, SO_PROTOCOL_INFOA, &info, &size) == 0);
    CHECK(triple{info.iAddressFamily, info.iSocketType, info.iProtocol} == udp_over_4);
    CHECK(reported(spi.spi, s) == udp_over_4);
}

TEST_CASE("SOCK-13 a success is no INVALID_SOCKET and no two are the same", "[spi][socket]")
{
    const spi_fixture spi;
    std::vector<SOCKET> all;
    for (int i = 0; i < 200; ++i) {
        all.push_back(spi.open_tcp());
        CHECK(all.back() != INVALID_SOCKET);
    }
    std::sort(all.begin(), all.end());
    CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
}

TEST_CASE("SOCK-14, SOCK-15 a new socket blocks, with and without WSA_FLAG_OVERLAPPED", "[spi][socket]")
{
    spi_fixture spi;
    for (const DWORD flags : {DWORD{0}, DWORD{WSA_FLAG_OVERLAPPED}}) {
        int code = 0;
        const SOCKET s = spi.spi.socket(udp4(), &code, flags);
        REQUIRE(code == 0);
        REQUIRE(spi.spi.bind(s, loopback4()) == 0);
        std::array<char, 4> buffer{};
        background_call reader([&] { return spi.spi.receive(s, buffer.data(), buffer.size()).code; });
        CHECK(reader.blocks());
        CHECK(spi.spi.close(s) == 0);
        CHECK(reader.result() == WSAEINTR);
    }
}

TEST_CASE("SOCK-16 without WSA_FLAG_OVERLAPPED an overlapped pointer is ignored: the call is synchronous",
          "[spi][socket]")
{
    const spi_fixture spi;
    int code = 0;
    const SOCKET s = spi.spi.socket(udp4(), &code, 0);
    REQUIRE(code == 0);
    REQUIRE(spi.spi.bind(s, loopback4()) == 0);
    endpoint local;
    REQUIRE(spi.spi.local_name(s, &local) == 0);
    peer::datagram_socket remote;
    REQUIRE(remote.send_to(local.port(), "now"));

    std::array<char, 8> space{};
    WSABUF buffer = {static_cast<ULONG>(space.size()), space.data()};
    DWORD bytes = 0;
    DWORD flags = 0;
    int error = no_error_code;
    WSAOVERLAPPED overlapped = {};
    CHECK(spi.spi.table.lpWSPRecv(s, &buffer, 1, &bytes, &flags, &overlapped, nullptr, nullptr, &error) == 0);
    CHECK(bytes == 3);
    CHECK(overlapped.InternalHigh == 0);
}

TEST_CASE(
    "XFR-13 without WSA_FLAG_OVERLAPPED a call with an overlapped pointer waits even in non-blocking mode",
    "[spi][socket]")
{
    const spi_fixture spi;
    int code = 0;
    const SOCKET s = spi.spi.socket(udp4(), &code, 0);
    REQUIRE(code == 0);
    REQUIRE(spi.spi.bind(s, loopback4()) == 0);
    REQUIRE(spi.spi.set_nonblocking(s) == 0);
    endpoint local;
    REQUIRE(spi.spi.local_name(s, &local) == 0);
    std::array<char, 8> space{};
    CHECK(spi.spi.receive(s, space.data(), space.size()).code == WSAEWOULDBLOCK);

    background_call reader([&] {
        WSABUF buffer = {static_cast<ULONG>(space.size()), space.data()};
        DWORD bytes = 0;
        DWORD flags = 0;
        int error = no_error_code;
        WSAOVERLAPPED overlapped = {};
        const int outcome =
            spi.spi.table.lpWSPRecv(s, &buffer, 1, &bytes, &flags, &overlapped, nullptr, nullptr, &error);
        return outcome == 0 ? static_cast<int>(bytes) : -error;
    });
    CHECK(reader.blocks());
    peer::datagram_socket remote;
    REQUIRE(remote.send_to(local.port(), "later"));
    CHECK(reader.result() == 5);
}

TEST_CASE("SOCK-17, SOCK-18 multipoint flags come in pairs and need a multipoint protocol", "[spi][socket]")
{
    const spi_fixture spi;
    constexpr DWORD c_root = WSA_FLAG_MULTIPOINT_C_ROOT;
    constexpr DWORD c_leaf = WSA_FLAG_MULTIPOINT_C_LEAF;
    constexpr DWORD d_root = WSA_FLAG_MULTIPOINT_D_ROOT;
    constexpr DWORD d_leaf = WSA_FLAG_MULTIPOINT_D_LEAF;
    for (const DWORD alone : {c_root, c_leaf, d_root, d_leaf, c_root | c_leaf, c_leaf | d_root | d_leaf}) {
        INFO("flags " << alone);
        CHECK(code_with_flags(spi, udp4(), alone) == WSAEINVAL);
    }
    CHECK(code_with_flags(spi, udp4(), c_leaf | d_leaf) == 0);
    // UDP has no rooted plane, TCP no multipoint at all.
    CHECK(code_with_flags(spi, udp4(), c_root | d_leaf) == WSAEINVAL);
    CHECK(code_with_flags(spi, udp4(), c_leaf | d_root) == WSAEINVAL);
    CHECK(code_with_flags(spi, tcp4(), c_leaf | d_leaf) == WSAEINVAL);
}

TEST_CASE("SOCK-19 WSA_FLAG_NO_HANDLE_INHERIT makes the system's socket close on exec, its absence does not",
          "[spi][socket]")
{
    const spi_fixture spi;
    for (const DWORD flag : {DWORD{0}, DWORD{WSA_FLAG_NO_HANDLE_INHERIT}}) {
        const auto before = open_descriptors();
        int code = 0;
        REQUIRE(spi.spi.socket(tcp4(), &code, WSA_FLAG_OVERLAPPED | flag) != INVALID_SOCKET);
        std::vector<int> fresh;
        const auto after = open_descriptors();
        std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                            std::back_inserter(fresh));
        fresh.erase(std::remove_if(fresh.begin(), fresh.end(), [](int fd) { return !is_socket(fd); }),
                    fresh.end());
        REQUIRE(fresh.size() == 1);
        CHECK(is_close_on_exec(fresh.front()) == (flag != 0));
    }
}

TEST_CASE("SOCK-21 unknown flag bits are refused", "[spi][socket]")
{
    const spi_fixture spi;
    for (const DWORD unknown : {DWORD{0x20}, DWORD{0x1000}, DWORD{0x80000000}}) {
        CHECK(code_with_flags(spi, tcp4(), WSA_FLAG_OVERLAPPED | unknown) == WSAEINVAL);
    }
}

TEST_CASE(
    "SOCK-22, HAND-9 without descriptors WSPSocket fails with WSAEMFILE and leaves neither handle nor socket",
    "[spi][socket]")
{
    const spi_fixture spi;
    const auto descriptors = descriptor_count();
    const auto handles = spi.host.open_handles();
    int code = 0;
    SOCKET s = INVALID_SOCKET;
    {
        const no_more_descriptors none;
        s = spi.spi.socket(tcp4(), &code);
    }
    CHECK(s == INVALID_SOCKET);
    CHECK(code == WSAEMFILE);
    CHECK(spi.host.open_handles() == handles);
    CHECK(spi.host.wrong_closes() == 0);
    CHECK(descriptor_count() == descriptors);
    CHECK(spi.open_tcp() != INVALID_SOCKET);
}

TEST_CASE("SOCK-22 a host without room for handles makes WSPSocket fail and leaks no descriptor",
          "[spi][socket]")
{
    spi_fixture spi;
    (void)spi.open_tcp();
    const auto descriptors = descriptor_count();
    spi.host.fail_handles_with(WSAENOBUFS);
    int code = 0;
    CHECK(spi.spi.socket(tcp4(), &code) == INVALID_SOCKET);
    CHECK(code == WSAENOBUFS);
    CHECK(descriptor_count() == descriptors);
    spi.host.fail_handles_with(0);
    CHECK(spi.open_tcp() != INVALID_SOCKET);
}
