// Pointers that cannot serve, values out of range and misaligned places: the documented error, and no harm
// done. Handles that are no sockets are in bad_input_test.cpp. Answers to the error lists of the Winsock
// function pages.
#include <array>
#include <cstring>

#include <mswsock.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

char text[64] = {};
DWORD count = 0;
int length = 0;
SOCKADDR_STORAGE storage{};
sockaddr* name()
{
    return reinterpret_cast<sockaddr*>(&storage);
}
timeval none{0, 0};

/// A page nobody may read or write.
class forbidden_page {
public:
    forbidden_page() : start_(VirtualAlloc(nullptr, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_NOACCESS))
    {
        REQUIRE(start_ != nullptr);
    }
    ~forbidden_page() { VirtualFree(start_, 0, MEM_RELEASE); }
    forbidden_page(const forbidden_page&) = delete;
    forbidden_page& operator=(const forbidden_page&) = delete;
    [[nodiscard]] char* get() const { return static_cast<char*>(start_); }

private:
    void* start_;
};

/// Room for a value at an odd address.
template <class Value>
class misaligned {
public:
    explicit misaligned(const Value& value) { std::memcpy(bytes_.data() + 1, &value, sizeof value); }
    Value* get() { return reinterpret_cast<Value*>(bytes_.data() + 1); }
    [[nodiscard]] Value value() const
    {
        Value copy;
        std::memcpy(&copy, bytes_.data() + 1, sizeof copy);
        return copy;
    }

private:
    alignas(16) std::array<char, sizeof(Value) + 1> bytes_{};
};

}  // namespace

TEST_CASE("MAP-20 select without sockets gives WSAEINVAL, with a bad one WSAENOTSOCK", "[api][bad]")
{
    const winsock started;
    fd_set empty;
    FD_ZERO(&empty);
    CHECK(error_of(select(0, nullptr, nullptr, nullptr, &none)) == WSAEINVAL);
    CHECK(error_of(select(0, &empty, &empty, &empty, &none)) == WSAEINVAL);
    const auto good = tcp();
    fd_set mixed;
    FD_ZERO(&mixed);
    FD_SET(good.get(), &mixed);
    FD_SET(static_cast<SOCKET>(0x7f7f7f7c), &mixed);
    CHECK(error_of(select(0, &mixed, nullptr, nullptr, &none)) == WSAENOTSOCK);
    CHECK(mixed.fd_count == 2);
    CHECK(mixed.fd_array[0] == good.get());
}

TEST_CASE("MAP-11, POL-1 WSAPoll checks its array", "[api][bad]")
{
    const winsock started;
    CHECK(error_of(WSAPoll(nullptr, 0, 0)) == WSAEINVAL);
    CHECK(error_of(WSAPoll(nullptr, 1, 0)) == WSAEFAULT);
}

TEST_CASE("MAP-22, OPT-1, OPT-2 options want a known level and name and a place for the value",
          "[api][bad][options]")
{
    const winsock started;
    const auto made = tcp();
    int value = 0;
    auto* bytes = reinterpret_cast<char*>(&value);
    int size = sizeof value;
    for (const int level : {-1, 0x8000, 4711}) {
        CHECK(error_of(getsockopt(made, level, SO_TYPE, bytes, &size)) == WSAEINVAL);
        CHECK(error_of(setsockopt(made, level, SO_DEBUG, bytes, 4)) == WSAEINVAL);
    }
    CHECK(error_of(getsockopt(made, SOL_SOCKET, 0x4711, bytes, &size)) == WSAENOPROTOOPT);
    CHECK(error_of(setsockopt(made, SOL_SOCKET, 0x4711, bytes, 4)) == WSAENOPROTOOPT);
    CHECK(error_of(getsockopt(made, SOL_SOCKET, SO_TYPE, nullptr, &size)) == WSAEFAULT);
    CHECK(error_of(getsockopt(made, SOL_SOCKET, SO_TYPE, bytes, nullptr)) == WSAEFAULT);
    CHECK(error_of(setsockopt(made, SOL_SOCKET, SO_KEEPALIVE, nullptr, 4)) == WSAEFAULT);
    for (const int bad_size : {0, -1}) {
        size = bad_size;
        CHECK(error_of(getsockopt(made, SOL_SOCKET, SO_TYPE, bytes, &size)) == WSAEFAULT);
    }
    // The host's own option works on anything and belongs to the thread.
    size = sizeof value;
    CHECK(error_of(getsockopt(INVALID_SOCKET, SOL_SOCKET, SO_OPENTYPE, bytes, &size)) == 0);
    CHECK(value == 0);
}

TEST_CASE("MAP-16, CTL-1, CTL-8 control calls want their buffers", "[api][bad]")
{
    const winsock started;
    const auto made = tcp();
    u_long on = 1;
    CHECK(error_of(ioctlsocket(made, static_cast<long>(FIONBIO), nullptr)) == WSAEFAULT);
    CHECK(error_of(WSAIoctl(made, FIONBIO, &on, 4, nullptr, 0, nullptr, nullptr, nullptr)) == WSAEFAULT);
    CHECK(error_of(WSAIoctl(made, FIONBIO, &on, 3, nullptr, 0, &count, nullptr, nullptr)) == WSAEFAULT);
    CHECK(error_of(WSAIoctl(made, FIONREAD, nullptr, 0, nullptr, 0, &count, nullptr, nullptr)) == WSAEFAULT);
    CHECK(error_of(WSAIoctl(made, SIO_BASE_HANDLE, nullptr, 0, &on, 3, &count, nullptr, nullptr)) ==
          WSAEFAULT);
    CHECK(error_of(WSAIoctl(made, 0x12345678, nullptr, 0, nullptr, 0, nullptr, nullptr, nullptr)) ==
          WSAEFAULT);
    CHECK(error_of(WSAIoctl(made, 0x12345678, nullptr, 0, nullptr, 0, &count, nullptr, nullptr)) ==
          WSAEOPNOTSUPP);
}

TEST_CASE("SHUT-1, DISC-2, DISC-5, LEAF-1 values out of range are refused", "[api][bad]")
{
    const winsock started;
    const tcp_pair pair;
    for (const int how : {-1, 3, 99}) {
        CHECK(error_of(shutdown(pair.client, how)) == WSAEINVAL);
    }
    WSABUF data{4, text};
    CHECK(error_of(WSASendDisconnect(pair.client, &data)) == WSAENOPROTOOPT);
    CHECK(error_of(WSARecvDisconnect(pair.client, &data)) == WSAENOPROTOOPT);
    const int join =
        error_of(WSAJoinLeaf(pair.client, name(), 16, nullptr, nullptr, nullptr, nullptr, JL_BOTH));
    CHECK((join == WSAEINVAL || join == WSAEOPNOTSUPP));
    send_text(pair.client, "unharmed");
    CHECK(receive_text(pair.server, 8) == "unharmed");
}

TEST_CASE("XFR-10 memory that may not be touched gives WSAEFAULT and moves nothing", "[api][bad]")
{
    const winsock started;
    const tcp_pair pair;
    const forbidden_page page;
    send_text(pair.client, "kept");
    REQUIRE(wait_readable(pair.server, 4));
    CHECK(error_of(recv(pair.server, page.get(), 4, 0)) == WSAEFAULT);
    CHECK(error_of(send(pair.client, page.get(), 4, 0)) == WSAEFAULT);
    CHECK(receive_text(pair.server, 4) == "kept");
    send_text(pair.client, "next");
    CHECK(receive_text(pair.server, 4) == "next");
}

TEST_CASE("MAP-16, NAME-3, XFR-11 misaligned pointers serve like any other", "[api][bad]")
{
    const winsock started;
    const auto listening = listener();
    misaligned<sockaddr_in> where(*reinterpret_cast<const sockaddr_in*>(local_of(listening).get()));
    const auto client = tcp();
    REQUIRE(error_of(connect(client, reinterpret_cast<sockaddr*>(where.get()), 16)) == 0);
    misaligned<sockaddr_in> peer(sockaddr_in{});
    misaligned<int> size(16);
    const unique_socket server{accept(listening, reinterpret_cast<sockaddr*>(peer.get()), size.get())};
    REQUIRE(error_of(server.get()) == 0);
    CHECK(size.value() == 16);
    CHECK(peer.value().sin_port == htons(local_of(client).port()));
    CHECK(error_of(getsockname(client, reinterpret_cast<sockaddr*>(peer.get()), size.get())) == 0);

    misaligned<u_long> on(1);
    CHECK(error_of(ioctlsocket(server, static_cast<long>(FIONBIO), on.get())) == 0);
    char one = 0;
    CHECK(error_of(recv(server, &one, 1, 0)) == WSAEWOULDBLOCK);
    misaligned<int> option(1);
    CHECK(error_of(setsockopt(client, IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<char*>(option.get()), 4)) ==
          0);
    misaligned<int> answer(0);
    size = misaligned<int>(4);
    CHECK(error_of(getsockopt(client, SOL_SOCKET, SO_TYPE, reinterpret_cast<char*>(answer.get()),
                              size.get())) == 0);
    CHECK(answer.value() == SOCK_STREAM);

    misaligned<WSABUF> out(WSABUF{2, text});
    misaligned<DWORD> moved(0);
    misaligned<DWORD> in_flags(0);
    CHECK(error_of(WSASend(client, out.get(), 1, moved.get(), 0, nullptr, nullptr)) == 0);
    CHECK(moved.value() == 2);
    REQUIRE(wait_readable(server, 2));
    CHECK(error_of(WSARecv(server, out.get(), 1, moved.get(), in_flags.get(), nullptr, nullptr)) == 0);
    CHECK(moved.value() == 2);
}

TEST_CASE("MAP-8 name calls survive null pointers", "[api][bad][names]")
{
    const winsock started;
    CHECK(error_of_pointer(gethostbyaddr(nullptr, 4, AF_INET)) == WSAEFAULT);
    CHECK(error_of_pointer(getprotobyname(nullptr)) != 0);
    CHECK(error_of_pointer(getservbyname(nullptr, nullptr)) != 0);
    CHECK(getaddrinfo("127.0.0.1", nullptr, nullptr, nullptr) != 0);
    freeaddrinfo(nullptr);
    CHECK(error_of(WSAEnumProtocolsW(nullptr, nullptr, nullptr)) == WSAEFAULT);
    CHECK(error_of(WSAEnumProtocolsA(nullptr, nullptr, nullptr)) == WSAEFAULT);
    length = sizeof storage;
    const int nothing = error_of(WSAStringToAddressW(nullptr, AF_INET, nullptr, name(), &length));
    CHECK((nothing == WSAEFAULT || nothing == WSAEINVAL));
    WCHAR local[] = {'1', '.', '2', '.', '3', '.', '4', 0};
    CHECK(error_of(WSAStringToAddressW(local, AF_INET, nullptr, nullptr, &length)) == WSAEFAULT);
    CHECK(error_of(WSAStringToAddressW(local, AF_INET, nullptr, name(), nullptr)) == WSAEFAULT);
}
