// Connecting by name and by a list of addresses. Answers to "WSAConnectByName function" and "WSAConnectByList
// function".
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <mswsock.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"
#include "support/wide.hpp"

using namespace spindle::test;

namespace {

struct outputs {
    endpoint local;
    endpoint remote;
    DWORD local_length = sizeof(SOCKADDR_STORAGE);
    DWORD remote_length = sizeof(SOCKADDR_STORAGE);
};

// Older headers know neither constant texts nor constant times here, so that there are none.
int by_name(SOCKET s, std::string host, unsigned short port, outputs* out = nullptr, timeval* limit = nullptr)
{
    std::string service = std::to_string(port);
    outputs ignored;
    outputs& got = out != nullptr ? *out : ignored;
    const int code = error_of_bool(WSAConnectByNameA(s, host.data(), service.data(), &got.local_length,
                                                     got.local.get(), &got.remote_length, got.remote.get(),
                                                     limit, nullptr));
    got.local.length = static_cast<int>(got.local_length);
    got.remote.length = static_cast<int>(got.remote_length);
    return code;
}

int by_list(SOCKET s, std::vector<endpoint> targets, outputs* out = nullptr, timeval* limit = nullptr)
{
    outputs ignored;
    outputs& got = out != nullptr ? *out : ignored;
    std::vector<char> memory(SIZEOF_SOCKET_ADDRESS_LIST(targets.size()));
    auto* const list = reinterpret_cast<SOCKET_ADDRESS_LIST*>(memory.data());
    list->iAddressCount = static_cast<INT>(targets.size());
    for (std::size_t index = 0; index < targets.size(); ++index) {
        list->Address[index] = {targets[index].get(), targets[index].length};
    }
    const int code = error_of_bool(WSAConnectByList(s, list, &got.local_length, got.local.get(),
                                                    &got.remote_length, got.remote.get(), limit, nullptr));
    got.local.length = static_cast<int>(got.local_length);
    got.remote.length = static_cast<int>(got.remote_length);
    return code;
}

}  // namespace

TEST_CASE("MAP-10, NSV-21 a connection by name carries data and tells its addresses", "[api][connect_by]")
{
    const winsock started;
    const int family = GENERATE(AF_INET, AF_INET6);
    const auto listening = listener(family);
    const auto made = tcp(family);
    outputs got;
    REQUIRE(by_name(made, family == AF_INET ? "localhost" : "::1", local_of(listening).port(), &got) == 0);
    CHECK(got.remote == local_of(listening));
    CHECK(got.local == local_of(made));
    CHECK(peer_of(made) == local_of(listening));
    CHECK(error_of(setsockopt(made, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, nullptr, 0)) == 0);
    CHECK(peer_of(made) == local_of(listening));
    const auto accepted = accept_from(listening);
    CHECK(peer_of(accepted) == got.local);
    send_text(made, "by name");
    CHECK(receive_text(accepted, 7) == "by name");
}

TEST_CASE("NSV-21 the address buffers are optional and the wide form does the same", "[api][connect_by]")
{
    const winsock started;
    const auto listening = listener();
    const auto made = tcp();
    auto host = wide("127.0.0.1");
    auto port = wide(std::to_string(local_of(listening).port()));
    REQUIRE(error_of_bool(WSAConnectByNameW(made, host.data(), port.data(), nullptr, nullptr, nullptr,
                                            nullptr, nullptr, nullptr)) == 0);
    send_text(made, "x");
    CHECK(receive_text(accept_from(listening), 1) == "x");
}

TEST_CASE("NSV-16 what cannot be a connection by name is refused", "[api][connect_by]")
{
    CHECK(by_name(INVALID_SOCKET, "127.0.0.1", 9) == WSANOTINITIALISED);
    const winsock started;
    const auto listening = listener();
    auto port = std::to_string(local_of(listening).port());
    const auto made = tcp();
    OVERLAPPED reserved{};
    std::string host = "127.0.0.1";
    std::string service = "9";
    CHECK(by_name(INVALID_SOCKET, "127.0.0.1", 9) == WSAENOTSOCK);
    CHECK(by_name(udp(), "127.0.0.1", 9) == WSAEINVAL);
    CHECK(error_of_bool(WSAConnectByNameA(made, nullptr, service.data(), nullptr, nullptr, nullptr, nullptr, nullptr,
                                          nullptr)) == WSAEINVAL);
    CHECK(error_of_bool(WSAConnectByNameA(made, host.data(), nullptr, nullptr, nullptr, nullptr, nullptr,
                                          nullptr, nullptr)) == WSAEINVAL);
    CHECK(error_of_bool(WSAConnectByNameA(made, host.data(), port.data(), nullptr, nullptr, nullptr, nullptr,
                                          nullptr, &reserved)) == WSAEINVAL);
    timeval never{-1, 0};
    CHECK(by_name(made, "127.0.0.1", 9, nullptr, &never) == WSAEINVAL);
    outputs small;
    small.remote_length = 15;
    CHECK(by_name(made, "127.0.0.1", local_of(listening).port(), &small) == WSAEFAULT);
    CHECK(error_of_bool(WSAConnectByList(made, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                                         nullptr)) == WSAEINVAL);
    CHECK(by_list(made, {}) == WSAEINVAL);
    endpoint empty;
    CHECK(by_list(made, {empty}) == WSAEFAULT);
    CHECK(by_name(made, "no.such.name.invalid", 9) != 0);
    // None of these has spoiled the socket.
    CHECK(by_name(made, "127.0.0.1", local_of(listening).port()) == 0);
    CHECK(by_name(made, "127.0.0.1", local_of(listening).port()) == WSAEISCONN);
}

TEST_CASE("NSV-17 the list is tried in order and the last failure is told", "[api][connect_by]")
{
    const winsock started;
    const closed_port closed;
    const closed_port closed_too;
    const auto listening = listener();
    const auto second = listener();
    const auto made = tcp();
    CHECK(by_list(made, {closed.where, closed_too.where}) == WSAECONNREFUSED);
    const int other_family = by_list(made, {closed.where, loopback(AF_INET6, 9)});
    CHECK(other_family != 0);
    CHECK(other_family != WSAECONNREFUSED);
    outputs got;
    REQUIRE(by_list(made, {closed.where, local_of(listening), local_of(second)}, &got) == 0);
    CHECK(got.remote == local_of(listening));
    CHECK(got.remote_length == sizeof(sockaddr_in));
}

TEST_CASE("NSV-18 it blocks on a non-blocking socket and keeps the address of a bound one",
          "[api][connect_by]")
{
    const winsock started;
    const auto listening = listener();
    const auto made = tcp();
    set_nonblocking(made);
    REQUIRE(bind_to(made, loopback(AF_INET)) == 0);
    const auto before = local_of(made);
    outputs got;
    REQUIRE(by_name(made, "127.0.0.1", local_of(listening).port(), &got) == 0);
    CHECK(got.local == before);
}

TEST_CASE("NSV-19, ADR-5 an IPv6 socket reaches IPv4 only when it is dual-stack", "[api][connect_by]")
{
    const winsock started;
    const auto listening = listener();
    const auto port = local_of(listening).port();
    const auto plain = tcp(AF_INET6);
    CHECK(by_name(plain, "127.0.0.1", port) != 0);
    const auto dual = tcp(AF_INET6);
    set_option(dual, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    outputs got;
    REQUIRE(by_name(dual, "127.0.0.1", port, &got) == 0);
    CHECK(got.remote == at(AF_INET6, "::ffff:127.0.0.1", port));
    const auto listed = tcp(AF_INET6);
    set_option(listed, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    CHECK(by_list(listed, {at(AF_INET6, "::ffff:127.0.0.1", port)}) == 0);
}

TEST_CASE("NSV-20 the time runs out while an address does not answer", "[api][connect_by]")
{
    const winsock started;
    const stuck_connect stuck;
    const auto made = tcp();
    timeval limit{0, 50'000};
    CHECK(by_list(made, {stuck.where, stuck.where}, nullptr, &limit) == WSAETIMEDOUT);
}

TEST_CASE("MAP-10, CLEAN-8 the last cleanup wakes a connection by list", "[api][connect_by]")
{
    std::optional<winsock> started(std::in_place);
    const stuck_connect stuck;
    const auto made = tcp();
    background_call waiting([&] { return by_list(made, {stuck.where}); });
    REQUIRE(waiting.blocks());
    started.reset();
    CHECK(waiting.result() == WSAEINTR);
}
