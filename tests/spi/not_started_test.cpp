// What the thirty functions do when the provider is not started, and with a handle that is not one of its
// own: refuse, with the right code, before they look at anything else.
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <functional>
#include <vector>

using namespace spindle::test;

namespace {

/// A function of the table called on `s` with null pointers everywhere, and how its failure looks.
struct probe {
    const char* name;
    bool takes_socket;
    std::function<bool(const WSPPROC_TABLE& spi, SOCKET s, int* error)> fails;
};

const std::vector<probe>& probes()
{
    static const std::vector<probe> all = {
        {"WSPAccept", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPAccept(s, nullptr, nullptr, nullptr, 0, e) == INVALID_SOCKET;
         }},
        {"WSPAddressToString", false,
         [](auto& spi, SOCKET, int* e) {
             return spi.lpWSPAddressToString(nullptr, 0, nullptr, nullptr, nullptr, e) == SOCKET_ERROR;
         }},
        {"WSPAsyncSelect", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPAsyncSelect(s, nullptr, 0, FD_READ, e) == SOCKET_ERROR;
         }},
        {"WSPBind", true,
         [](auto& spi, SOCKET s, int* e) { return spi.lpWSPBind(s, nullptr, 0, e) == SOCKET_ERROR; }},
        {"WSPCancelBlockingCall", false,
         [](auto& spi, SOCKET, int* e) { return spi.lpWSPCancelBlockingCall(e) == SOCKET_ERROR; }},
        {"WSPCloseSocket", true,
         [](auto& spi, SOCKET s, int* e) { return spi.lpWSPCloseSocket(s, e) == SOCKET_ERROR; }},
        {"WSPConnect", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPConnect(s, nullptr, 0, nullptr, nullptr, nullptr, nullptr, e) == SOCKET_ERROR;
         }},
        {"WSPDuplicateSocket", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPDuplicateSocket(s, 0, nullptr, e) == SOCKET_ERROR;
         }},
        {"WSPEnumNetworkEvents", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPEnumNetworkEvents(s, nullptr, nullptr, e) == SOCKET_ERROR;
         }},
        {"WSPEventSelect", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPEventSelect(s, nullptr, FD_READ, e) == SOCKET_ERROR;
         }},
        {"WSPGetOverlappedResult", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPGetOverlappedResult(s, nullptr, nullptr, FALSE, nullptr, e) == FALSE;
         }},
        {"WSPGetPeerName", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPGetPeerName(s, nullptr, nullptr, e) == SOCKET_ERROR;
         }},
        {"WSPGetSockName", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPGetSockName(s, nullptr, nullptr, e) == SOCKET_ERROR;
         }},
        {"WSPGetSockOpt", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPGetSockOpt(s, 0, 0, nullptr, nullptr, e) == SOCKET_ERROR;
         }},
        {"WSPGetQOSByName", true,
         [](auto& spi, SOCKET s, int* e) { return spi.lpWSPGetQOSByName(s, nullptr, nullptr, e) == FALSE; }},
        {"WSPIoctl", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPIoctl(s, 0, nullptr, 0, nullptr, 0, nullptr, nullptr, nullptr, nullptr, e) ==
                    SOCKET_ERROR;
         }},
        {"WSPJoinLeaf", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPJoinLeaf(s, nullptr, 0, nullptr, nullptr, nullptr, nullptr, 0, e) ==
                    INVALID_SOCKET;
         }},
        {"WSPListen", true,
         [](auto& spi, SOCKET s, int* e) { return spi.lpWSPListen(s, 0, e) == SOCKET_ERROR; }},
        {"WSPRecv", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPRecv(s, nullptr, 0, nullptr, nullptr, nullptr, nullptr, nullptr, e) ==
                    SOCKET_ERROR;
         }},
        {"WSPRecvDisconnect", true,
         [](auto& spi, SOCKET s, int* e) { return spi.lpWSPRecvDisconnect(s, nullptr, e) == SOCKET_ERROR; }},
        {"WSPRecvFrom", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPRecvFrom(s, nullptr, 0, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                                      nullptr, e) == SOCKET_ERROR;
         }},
        {"WSPSend", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPSend(s, nullptr, 0, nullptr, 0, nullptr, nullptr, nullptr, e) == SOCKET_ERROR;
         }},
        {"WSPSendDisconnect", true,
         [](auto& spi, SOCKET s, int* e) { return spi.lpWSPSendDisconnect(s, nullptr, e) == SOCKET_ERROR; }},
        {"WSPSendTo", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPSendTo(s, nullptr, 0, nullptr, 0, nullptr, 0, nullptr, nullptr, nullptr, e) ==
                    SOCKET_ERROR;
         }},
        {"WSPSetSockOpt", true,
         [](auto& spi, SOCKET s, int* e) {
             return spi.lpWSPSetSockOpt(s, 0, 0, nullptr, 0, e) == SOCKET_ERROR;
         }},
        {"WSPShutdown", true,
         [](auto& spi, SOCKET s, int* e) { return spi.lpWSPShutdown(s, 99, e) == SOCKET_ERROR; }},
        {"WSPSelect", false,
         [](auto& spi, SOCKET s, int* e) {
             fd_set set = {};
             set.fd_count = 1;
             set.fd_array[0] = s;
             return spi.lpWSPSelect(0, &set, nullptr, nullptr, nullptr, e) == SOCKET_ERROR;
         }},
        {"WSPSocket", false,
         [](auto& spi, SOCKET, int* e) {
             return spi.lpWSPSocket(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, 0, e) == INVALID_SOCKET;
         }},
        {"WSPStringToAddress", false,
         [](auto& spi, SOCKET, int* e) {
             return spi.lpWSPStringToAddress(nullptr, AF_INET, nullptr, nullptr, nullptr, e) == SOCKET_ERROR;
         }},
        {"WSPCleanup", false, [](auto& spi, SOCKET, int* e) { return spi.lpWSPCleanup(e) == SOCKET_ERROR; }},
    };
    return all;
}

}  // namespace

TEST_CASE("START-22, CLEAN-1 after the last cleanup every function fails with WSANOTINITIALISED",
          "[spi][startup]")
{
    spi_fixture spi;
    const SOCKET s = spi.open_tcp();
    REQUIRE(spi.spi.cleanup() == 0);
    CHECK(probes().size() == 30);
    for (const auto& each : probes()) {
        int error = no_error_code;
        INFO(each.name);
        CHECK(each.fails(spi.spi.table, s, &error));
        CHECK(error == WSANOTINITIALISED);
    }
    // The count did not go below zero on the way.
    const auto again = spi.library.start(spi.host);
    CHECK(again.cleanup() == 0);
    CHECK(again.cleanup() == WSANOTINITIALISED);
}

TEST_CASE("SOCK-24 a handle that is not the provider's is refused before any other argument is looked at",
          "[spi][socket]")
{
    const spi_fixture spi;
    const SOCKET closed = spi.open_tcp();
    REQUIRE(spi.spi.close(closed) == 0);
    const std::vector<SOCKET> strangers = {INVALID_SOCKET, 0, 1, 4, 0xBADC0DE0, closed};
    for (const auto& each : probes()) {
        if (!each.takes_socket) {
            continue;
        }
        for (const SOCKET s : strangers) {
            int error = no_error_code;
            INFO(each.name << " on " << s);
            CHECK(each.fails(spi.spi.table, s, &error));
            CHECK(error == WSAENOTSOCK);
        }
    }
}

TEST_CASE(
    "SOCK-24 failing calls on a good handle with null pointers everywhere fail and leave the socket usable",
    "[spi][socket]")
{
    const spi_fixture spi;
    for (const auto& each : probes()) {
        const std::string name = each.name;
        if (!each.takes_socket || name == "WSPCloseSocket") {
            continue;
        }
        const SOCKET s = spi.open_tcp();
        int error = no_error_code;
        INFO(each.name);
        // An empty WSPGetQOSByName may succeed; everything else lacks what it needs.
        const bool failed = each.fails(spi.spi.table, s, &error);
        if (name != "WSPGetQOSByName") {
            CHECK(failed);
            CHECK(error != no_error_code);
        }
        CHECK(spi.spi.bind(s, loopback4()) == 0);
        CHECK(spi.spi.close(s) == 0);
    }
}
