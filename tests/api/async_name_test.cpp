// Look-ups that end with a window message. Answers to the pages "WSAAsyncGetHostByName", "WSAAsyncGetHostByAddr",
// "WSAAsyncGetServByName", "WSAAsyncGetProtoByName", "WSACancelAsyncRequest".
#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <string>

#include "support/message_window.hpp"

using namespace spindle::test;

namespace {

constexpr UINT answered = WM_USER + 3;

struct async_call {
    const char* name;
    std::function<HANDLE(HWND, char*, int)> begin;
    std::function<bool(const char*)> is_right;
};

const HOSTENT& host_in(const char* buffer)
{
    return *reinterpret_cast<const HOSTENT*>(buffer);
}

bool is_loopback_host(const char* buffer)
{
    const HOSTENT& host = host_in(buffer);
    const unsigned char expected[] = {127, 0, 0, 1};
    return host.h_addrtype == AF_INET && host.h_length == 4 && host.h_addr_list[0] != nullptr &&
           std::memcmp(host.h_addr_list[0], expected, 4) == 0 && host.h_name[0] != 0 &&
           host.h_aliases != nullptr;
}

bool is_http(const char* buffer)
{
    const auto& service = *reinterpret_cast<const SERVENT*>(buffer);
    return std::string(service.s_name) == "http" && service.s_port == static_cast<short>(htons(80)) &&
           std::string(service.s_proto) == "tcp";
}

bool is_udp(const char* buffer)
{
    const auto& protocol = *reinterpret_cast<const PROTOENT*>(buffer);
    return protocol.p_proto == IPPROTO_UDP && std::string(protocol.p_name) == "udp";
}

const std::array<async_call, 6>& all_calls()
{
    static const std::array<async_call, 6> calls{{
        {"WSAAsyncGetHostByName",
         [](HWND w, char* b, int n) { return WSAAsyncGetHostByName(w, answered, "127.0.0.1", b, n); },
         &is_loopback_host},
        {"WSAAsyncGetHostByAddr",
         [](HWND w, char* b, int n) {
             return WSAAsyncGetHostByAddr(w, answered, "\x7f\0\0\1", 4, AF_INET, b, n);
         },
         &is_loopback_host},
        {"WSAAsyncGetServByName",
         [](HWND w, char* b, int n) { return WSAAsyncGetServByName(w, answered, "http", "tcp", b, n); },
         &is_http},
        {"WSAAsyncGetServByPort",
         [](HWND w, char* b, int n) { return WSAAsyncGetServByPort(w, answered, htons(80), "tcp", b, n); },
         &is_http},
        {"WSAAsyncGetProtoByName",
         [](HWND w, char* b, int n) { return WSAAsyncGetProtoByName(w, answered, "udp", b, n); }, &is_udp},
        {"WSAAsyncGetProtoByNumber",
         [](HWND w, char* b, int n) { return WSAAsyncGetProtoByNumber(w, answered, IPPROTO_UDP, b, n); },
         &is_udp},
    }};
    return calls;
}

}  // namespace

TEST_CASE("MAP-8 an asynchronous look-up fills the caller's buffer and posts its handle", "[api][async_name]")
{
    const winsock started;
    const message_window window;
    for (const auto& each : all_calls()) {
        INFO(each.name);
        alignas(8) std::array<char, MAXGETHOSTSTRUCT> buffer{};
        const HANDLE request = each.begin(window, buffer.data(), static_cast<int>(buffer.size()));
        REQUIRE(request != nullptr);
        const MSG message = window.next();
        REQUIRE(message.message == answered);
        CHECK(message.wParam == reinterpret_cast<WPARAM>(request));
        CHECK(WSAGETASYNCERROR(message.lParam) == 0);
        CHECK(each.is_right(buffer.data()));
        CHECK(error_of(WSACancelAsyncRequest(request)) == WSAEALREADY);
    }
}

TEST_CASE("MAP-8 a buffer that is too small gets WSAENOBUFS and the size that is needed", "[api][async_name]")
{
    const winsock started;
    const message_window window;
    for (const auto& each : all_calls()) {
        INFO(each.name);
        alignas(8) std::array<char, MAXGETHOSTSTRUCT> buffer{};
        REQUIRE(each.begin(window, buffer.data(), 10) != nullptr);
        const MSG message = window.next();
        CHECK(WSAGETASYNCERROR(message.lParam) == WSAENOBUFS);
        const int needed = WSAGETASYNCBUFLEN(message.lParam);
        CHECK(needed > 10);
        CHECK(std::all_of(buffer.begin() + 10, buffer.end(), [](char byte) { return byte == 0; }));
        REQUIRE(each.begin(window, buffer.data(), needed) != nullptr);
        CHECK(WSAGETASYNCERROR(window.next().lParam) == 0);
        CHECK(each.is_right(buffer.data()));
    }
}

TEST_CASE("MAP-8 an asynchronous look-up refuses bad arguments at once and tells later what it did not find",
          "[api][async_name]")
{
    const message_window window;
    std::array<char, MAXGETHOSTSTRUCT> buffer{};
    char* const to = buffer.data();
    const int size = static_cast<int>(buffer.size());
    CHECK(error_of_pointer(WSAAsyncGetHostByName(window, answered, "localhost", to, size)) ==
          WSANOTINITIALISED);
    CHECK(error_of(WSACancelAsyncRequest(nullptr)) == WSANOTINITIALISED);
    const winsock started;
    CHECK(error_of_pointer(WSAAsyncGetHostByName(nullptr, answered, "localhost", to, size)) == WSAEINVAL);
    CHECK(error_of_pointer(WSAAsyncGetHostByName(window, answered, nullptr, to, size)) == WSAEFAULT);
    CHECK(error_of_pointer(WSAAsyncGetHostByName(window, answered, "localhost", nullptr, size)) == WSAEFAULT);
    CHECK(error_of_pointer(WSAAsyncGetHostByAddr(window, answered, "1234", 3, AF_INET, to, size)) ==
          WSAEFAULT);
    CHECK(error_of_pointer(WSAAsyncGetHostByAddr(window, answered, "1234", 4, AF_UNIX, to, size)) ==
          WSAEAFNOSUPPORT);
    CHECK(error_of(WSACancelAsyncRequest(nullptr)) == WSAEINVAL);
    CHECK(error_of(WSACancelAsyncRequest(reinterpret_cast<HANDLE>(std::uintptr_t{0x7fffffff}))) == WSAEINVAL);
    CHECK(window.is_empty());
    REQUIRE(WSAAsyncGetServByName(window, answered, "no-such-service", nullptr, to, size) != nullptr);
    CHECK(WSAGETASYNCERROR(window.next().lParam) == WSANO_DATA);
}

TEST_CASE("MAP-8, CLEAN-7 a cancelled look-up posts nothing, nor does one that outlives the last cleanup",
          "[api][async_name]")
{
    const message_window window;
    std::array<char, MAXGETHOSTSTRUCT> buffer{};
    const auto ask = [&] {
        return WSAAsyncGetHostByName(window, answered, "127.0.0.1", buffer.data(),
                                     static_cast<int>(buffer.size()));
    };
    {
        const winsock started;
        const int cancelled = error_of(WSACancelAsyncRequest(ask()));
        CHECK((cancelled == 0 || cancelled == WSAEALREADY));
        if (cancelled != 0) {
            CHECK(window.next().message == answered);
        }
        CHECK(window.is_empty());
        REQUIRE(ask() != nullptr);
    }
    MSG message{};
    while (PeekMessageA(&message, window, 0, 0, PM_REMOVE)) {
    }
    // From here on the buffer is the program's alone.
    buffer.fill(7);
    const winsock again;
    REQUIRE(WSAAsyncGetProtoByNumber(window, answered, IPPROTO_TCP, buffer.data(), 1) != nullptr);
    CHECK(WSAGETASYNCERROR(window.next().lParam) == WSAENOBUFS);
    CHECK(window.is_empty());
    CHECK(std::all_of(buffer.begin(), buffer.end(), [](char byte) { return byte == 7; }));
}
