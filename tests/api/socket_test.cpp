// socket and WSASocket through the API: which entry a triple finds, what the new socket is. Answers to
// "socket function", "WSASocketW function" and "WSAPROTOCOL_INFOW structure".
#include <array>
#include <cstddef>
#include <cstring>
#include <set>
#include <utility>
#include <vector>

#include <afunix.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"
#include "support/process_probe.hpp"

using namespace spindle::test;

namespace {

struct triple {
    int family;
    int type;
    int protocol;
};

WSAPROTOCOL_INFOW info_of(SOCKET made)
{
    WSAPROTOCOL_INFOW info{};
    int length = sizeof info;
    REQUIRE(error_of(getsockopt(made, SOL_SOCKET, SO_PROTOCOL_INFOW, reinterpret_cast<char*>(&info),
                                &length)) == 0);
    return info;
}

std::vector<WSAPROTOCOL_INFOW> catalog()
{
    DWORD size = 0;
    REQUIRE(WSAEnumProtocolsW(nullptr, nullptr, &size) == SOCKET_ERROR);
    std::vector<WSAPROTOCOL_INFOW> entries(size / sizeof(WSAPROTOCOL_INFOW) + 1);
    size = static_cast<DWORD>(entries.size() * sizeof(WSAPROTOCOL_INFOW));
    const int count = WSAEnumProtocolsW(nullptr, entries.data(), &size);
    REQUIRE(count > 0);
    entries.resize(static_cast<std::size_t>(count));
    return entries;
}

WSAPROTOCOL_INFOW entry_of(int family, int type)
{
    for (const auto& each : catalog()) {
        if (each.iAddressFamily == family && each.iSocketType == type) {
            return each;
        }
    }
    FAIL("no such entry");
    return {};
}

int create(const triple& asked, WSAPROTOCOL_INFOW* info = nullptr)
{
    const unique_socket made{
        WSASocketW(asked.family, asked.type, asked.protocol, info, 0, WSA_FLAG_OVERLAPPED)};
    return error_of(made.get());
}

void check_resolved(SOCKET made, const triple& expected)
{
    CHECK(get_option(made, SOL_SOCKET, SO_TYPE) == expected.type);
    const auto info = info_of(made);
    CHECK(info.iAddressFamily == expected.family);
    CHECK(info.iSocketType == expected.type);
    CHECK(info.iProtocol == expected.protocol);
}

}  // namespace

TEST_CASE("SOCK-4, SOCK-5, SOCK-7, SOCK-12, CAT-3 a triple with gaps finds TCP or UDP", "[api][socket]")
{
    const winsock started;
    constexpr triple stream{AF_INET, SOCK_STREAM, IPPROTO_TCP};
    constexpr triple datagram{AF_INET, SOCK_DGRAM, IPPROTO_UDP};
    struct {
        triple asked;
        triple expected;
    } const rows[] = {
        {{AF_INET, SOCK_STREAM, 0}, stream},
        {{AF_INET, 0, IPPROTO_TCP}, stream},
        {{AF_INET, 0, 0}, stream},
        {{0, SOCK_STREAM, IPPROTO_TCP}, stream},
        {{0, 0, IPPROTO_TCP}, stream},
        {{AF_INET, SOCK_STREAM, IPPROTO_TCP}, stream},
        {{AF_INET, SOCK_DGRAM, 0}, datagram},
        {{AF_INET, 0, IPPROTO_UDP}, datagram},
        {{0, 0, IPPROTO_UDP}, datagram},
        {{0, SOCK_DGRAM, IPPROTO_UDP}, datagram},
        {{AF_INET6, SOCK_STREAM, 0}, {AF_INET6, SOCK_STREAM, IPPROTO_TCP}},
        {{AF_INET6, 0, IPPROTO_UDP}, {AF_INET6, SOCK_DGRAM, IPPROTO_UDP}},
    };
    for (const auto& each : rows) {
        INFO("(" << each.asked.family << ", " << each.asked.type << ", " << each.asked.protocol << ")");
        const unique_socket by_socket{socket(each.asked.family, each.asked.type, each.asked.protocol)};
        REQUIRE(error_of(by_socket.get()) == 0);
        check_resolved(by_socket, each.expected);
        const unique_socket by_wsa{
            WSASocketW(each.asked.family, each.asked.type, each.asked.protocol, nullptr, 0, 0)};
        REQUIRE(error_of(by_wsa.get()) == 0);
        check_resolved(by_wsa, each.expected);
    }
}

TEST_CASE("SOCK-8, SOCK-9 what no entry serves fails in the documented order", "[api][socket]")
{
    const winsock started;
    constexpr int unknown_type = 0xDEAD;
    constexpr int unknown_family = 0xDEAD;
    constexpr int unknown_protocol = 0xDEAD;
    struct {
        triple asked;
        int code;
    } const rows[] = {
        {{0, 0, 0}, WSAEINVAL},
        {{0, SOCK_STREAM, 0}, WSAEINVAL},
        {{0, SOCK_DGRAM, 0}, WSAEINVAL},
        {{0, unknown_type, 0}, WSAEINVAL},
        {{AF_INET, unknown_type, 0}, WSAESOCKTNOSUPPORT},
        {{AF_INET, unknown_type, IPPROTO_TCP}, WSAESOCKTNOSUPPORT},
        {{unknown_family, unknown_type, unknown_protocol}, WSAESOCKTNOSUPPORT},
        {{unknown_family, 0, IPPROTO_TCP}, WSAEAFNOSUPPORT},
        {{unknown_family, SOCK_STREAM, IPPROTO_TCP}, WSAEAFNOSUPPORT},
        {{unknown_family, SOCK_STREAM, unknown_protocol}, WSAEAFNOSUPPORT},
        {{AF_INET, SOCK_STREAM, unknown_protocol}, WSAEPROTONOSUPPORT},
        {{AF_INET, 0, unknown_protocol}, WSAEPROTONOSUPPORT},
        {{0, 0, unknown_protocol}, WSAEPROTONOSUPPORT},
        {{AF_INET, SOCK_STREAM, IPPROTO_UDP}, WSAEPROTONOSUPPORT},
        {{AF_INET, SOCK_DGRAM, IPPROTO_TCP}, WSAEPROTONOSUPPORT},
        {{0, SOCK_STREAM, IPPROTO_UDP}, WSAEPROTONOSUPPORT},
        {{AF_INET6, SOCK_STREAM, IPPROTO_UDP}, WSAEPROTONOSUPPORT},
    };
    for (const auto& each : rows) {
        INFO("(" << each.asked.family << ", " << each.asked.type << ", " << each.asked.protocol << ")");
        CHECK(create(each.asked) == each.code);
        CHECK(error_of(socket(each.asked.family, each.asked.type, each.asked.protocol)) == each.code);
    }
}

TEST_CASE("SOCK-3, SOCK-10 with an entry given the explicit values win", "[api][socket]")
{
    const winsock started;
    auto datagram_entry = entry_of(AF_INET, SOCK_DGRAM);
    const unique_socket made{
        WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, &datagram_entry, 0, WSA_FLAG_OVERLAPPED)};
    REQUIRE(error_of(made.get()) == 0);
    CHECK(get_option(made, SOL_SOCKET, SO_TYPE) == SOCK_STREAM);
    REQUIRE(bind_to(made, loopback(AF_INET)) == 0);
    CHECK(error_of(listen(made, 1)) == 0);
}

TEST_CASE("SOCK-1, SOCK-11, SOCK-12 with an entry given, 0 and -1 take its values", "[api][socket]")
{
    const winsock started;
    for (auto entry : catalog()) {
        for (const int gap : {0, FROM_PROTOCOL_INFO}) {
            INFO("family " << entry.iAddressFamily << ", type " << entry.iSocketType << ", gap " << gap);
            const unique_socket made{WSASocketW(gap, gap, gap, &entry, 0, WSA_FLAG_OVERLAPPED)};
            REQUIRE(error_of(made.get()) == 0);
            check_resolved(made, {entry.iAddressFamily, entry.iSocketType, entry.iProtocol});
        }
    }
}

TEST_CASE("SOCK-11 an empty entry gives WSAEAFNOSUPPORT", "[api][socket]")
{
    const winsock started;
    WSAPROTOCOL_INFOW empty{};
    CHECK(create({0, 0, IPPROTO_UDP}, &empty) == WSAEAFNOSUPPORT);
    WSAPROTOCOL_INFOA narrow{};
    const unique_socket made{WSASocketA(0, 0, IPPROTO_UDP, &narrow, 0, 0)};
    CHECK(error_of(made.get()) == WSAEAFNOSUPPORT);
}

TEST_CASE("SOCK-12, CAT-2 SO_PROTOCOL_INFOA and W agree and name the resolved entry", "[api][socket]")
{
    const winsock started;
    const unique_socket made{socket(AF_INET6, SOCK_DGRAM, 0)};
    REQUIRE(error_of(made.get()) == 0);
    const auto wide = info_of(made);
    WSAPROTOCOL_INFOA narrow{};
    int length = sizeof narrow;
    REQUIRE(error_of(getsockopt(made, SOL_SOCKET, SO_PROTOCOL_INFOA, reinterpret_cast<char*>(&narrow),
                                &length)) == 0);
    CHECK(std::memcmp(&wide, &narrow, offsetof(WSAPROTOCOL_INFOA, szProtocol)) == 0);
    CHECK(wide.iAddressFamily == AF_INET6);
    CHECK(wide.iProtocol == IPPROTO_UDP);
    CHECK(wide.ProtocolChain.ChainLen == 1);
    CHECK(wide.dwCatalogEntryId == entry_of(AF_INET6, SOCK_DGRAM).dwCatalogEntryId);
    CHECK(wide.szProtocol[0] == static_cast<WCHAR>(narrow.szProtocol[0]));
}

TEST_CASE("SOCK-6, CAT-1 the catalog lists TCP and UDP of both families and AF_UNIX", "[api][socket]")
{
    const winsock started;
    std::set<std::pair<int, int>> found;
    std::set<DWORD> ids;
    for (const auto& each : catalog()) {
        found.insert({each.iAddressFamily, each.iSocketType});
        ids.insert(each.dwCatalogEntryId);
        CHECK(each.ProtocolChain.ChainLen == 1);
        CHECK(each.iVersion == 2);
        CHECK((each.dwProviderFlags & PFL_HIDDEN) == 0);
        CHECK(each.dwProviderReserved == 0);
    }
    CHECK(ids.size() == catalog().size());
    for (const int family : {AF_INET, AF_INET6}) {
        CHECK(found.count({family, SOCK_STREAM}) == 1);
        CHECK(found.count({family, SOCK_DGRAM}) == 1);
    }
    CHECK(found.count({AF_UNIX, SOCK_STREAM}) == 1);
}

TEST_CASE("SOCK-13, LNX-3 handles are multiples of 4, never 0 and differ from one another", "[api][socket]")
{
    const winsock started;
    std::vector<unique_socket> all;
    std::set<SOCKET> values;
    for (int turn = 0; turn < 32; ++turn) {
        all.push_back(turn % 2 == 0 ? tcp() : udp());
        values.insert(all.back().get());
        CHECK(all.back().get() % 4 == 0);
        CHECK(all.back().get() != 0);
    }
    CHECK(values.size() == all.size());
}

TEST_CASE("SOCK-14, BLK-1 a new socket is blocking, whatever its flags", "[api][socket]")
{
    const winsock started;
    for (const DWORD flags : {DWORD{0}, DWORD{WSA_FLAG_OVERLAPPED}}) {
        const unique_socket made{WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, nullptr, 0, flags)};
        REQUIRE(bind_to(made, loopback(AF_INET)) == 0);
        char one = 0;
        background_call waiting([&] { return recv(made, &one, 1, 0); });
        CHECK(waiting.blocks());
        const auto where = local_of(made);
        REQUIRE(sendto(made, "x", 1, 0, where.get(), where.length) == 1);
        CHECK(waiting.result() == 1);
    }
}

TEST_CASE("BLK-1, BLK-3 FIONBIO switches between the modes", "[api][socket]")
{
    const winsock started;
    const auto made = bound_udp();
    char one = 0;
    for (const u_long on : {u_long{1}, u_long{2}, u_long{0x80000000}}) {
        u_long value = on;
        REQUIRE(error_of(ioctlsocket(made, static_cast<long>(FIONBIO), &value)) == 0);
        CHECK(value == on);
        CHECK(error_of(recv(made, &one, 1, 0)) == WSAEWOULDBLOCK);
        set_nonblocking(made, false);
        set_option(made, SOL_SOCKET, SO_RCVTIMEO, 10);
        CHECK(error_of(recv(made, &one, 1, 0)) == WSAETIMEDOUT);
    }
}

TEST_CASE("SOCK-15, SOCK-19 a socket without inheritance is closed in a new program", "[api][socket]")
{
    const winsock started;
    const auto before = open_descriptors();
    const unique_socket made{WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0,
                                        WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT)};
    REQUIRE(error_of(made.get()) == 0);
    REQUIRE(bind_to(made, loopback(AF_INET)) == 0);
    const std::set<int> old(before.begin(), before.end());
    int seen = 0;
    for (const int descriptor : open_descriptors()) {
        if (old.count(descriptor) == 0 && is_socket(descriptor)) {
            ++seen;
            CHECK(is_close_on_exec(descriptor));
        }
    }
    CHECK(seen >= 1);
}

TEST_CASE("SOCK-17, SOCK-18, SOCK-21 flags that make no sense are refused with WSAEINVAL", "[api][socket]")
{
    const winsock started;
    for (const DWORD flags : {DWORD{0x10000}, DWORD{0x80000000}, DWORD{WSA_FLAG_MULTIPOINT_C_ROOT},
                              DWORD{WSA_FLAG_MULTIPOINT_C_LEAF | WSA_FLAG_MULTIPOINT_D_LEAF}}) {
        INFO("flags " << flags);
        CHECK(error_of(WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, flags)) == WSAEINVAL);
    }
    // UDP is multipoint, nonrooted in both planes: a pair of leaves is legal.
    const unique_socket leaf{WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, nullptr, 0,
                                        WSA_FLAG_MULTIPOINT_C_LEAF | WSA_FLAG_MULTIPOINT_D_LEAF)};
    CHECK(error_of(leaf.get()) == 0);
}

TEST_CASE("SOCK-22, T-ENO/ENFILE-EMFILE without descriptors socket gives WSAEMFILE and leaks nothing",
          "[api][socket]")
{
    const winsock started;
    const auto keeps_provider = tcp();
    const auto before = descriptor_count();
    {
        const no_more_descriptors shortage;
        for (int turn = 0; turn < 20; ++turn) {
            CHECK(error_of(socket(AF_INET, SOCK_STREAM, 0)) == WSAEMFILE);
            CHECK(error_of(socket(AF_INET6, SOCK_DGRAM, 0)) == WSAEMFILE);
        }
    }
    CHECK(descriptor_count() == before);
    CHECK(create({AF_INET, SOCK_STREAM, 0}) == 0);
}
