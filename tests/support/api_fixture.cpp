// The pieces of api_fixture.hpp. Nothing here asserts what a clause says; what goes wrong in here is a broken
// fixture and ends the test case.
#include "support/api_fixture.hpp"

#include <array>

#include "support/catch.hpp"

namespace spindle::test {

namespace {

int take_error()
{
    const int code = WSAGetLastError();
    WSASetLastError(stale_error);
    return code == 0 ? no_error_set : code;
}

void prepare_next()
{
    WSASetLastError(stale_error);
}

}  // namespace

int error_of(int result)
{
    if (result == SOCKET_ERROR) {
        return take_error();
    }
    prepare_next();
    return 0;
}

int error_of(SOCKET result)
{
    return error_of(result == INVALID_SOCKET ? SOCKET_ERROR : 0);
}

int error_of_pointer(const void* result)
{
    return error_of(result == nullptr ? SOCKET_ERROR : 0);
}

int error_of_bool(int result)
{
    return error_of(result == FALSE ? SOCKET_ERROR : 0);
}

winsock::winsock()
{
    WSADATA data{};
    REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
}

winsock::~winsock()
{
    WSACleanup();
}

unique_socket& unique_socket::operator=(unique_socket&& other) noexcept
{
    if (this != &other) {
        reset();
        handle_ = other.release();
    }
    return *this;
}

void unique_socket::reset() noexcept
{
    if (handle_ != INVALID_SOCKET) {
        closesocket(std::exchange(handle_, INVALID_SOCKET));
    }
}

unsigned short endpoint::port() const noexcept
{
    // The port lies at the same offset in both families.
    return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

std::string endpoint::address() const
{
    std::array<char, 64> text{};
    const void* bytes =
        storage.ss_family == AF_INET6
            ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr)
            : static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr);
    REQUIRE(inet_ntop(storage.ss_family, bytes, text.data(), text.size()) != nullptr);
    return text.data();
}

bool operator==(const endpoint& left, const endpoint& right) noexcept
{
    return left.storage.ss_family == right.storage.ss_family && left.port() == right.port() &&
           left.address() == right.address();
}

endpoint at(int family, const char* text, unsigned short port)
{
    endpoint where;
    where.storage.ss_family = static_cast<decltype(where.storage.ss_family)>(family);
    if (family == AF_INET6) {
        auto* name = reinterpret_cast<sockaddr_in6*>(&where.storage);
        name->sin6_port = htons(port);
        REQUIRE(inet_pton(AF_INET6, text, &name->sin6_addr) == 1);
        where.length = sizeof(sockaddr_in6);
    } else {
        auto* name = reinterpret_cast<sockaddr_in*>(&where.storage);
        name->sin_port = htons(port);
        REQUIRE(inet_pton(AF_INET, text, &name->sin_addr) == 1);
        where.length = sizeof(sockaddr_in);
    }
    return where;
}

endpoint loopback(int family, unsigned short port)
{
    return at(family, family == AF_INET6 ? "::1" : "127.0.0.1", port);
}

endpoint wildcard(int family, unsigned short port)
{
    return at(family, family == AF_INET6 ? "::" : "0.0.0.0", port);
}

endpoint local_of(SOCKET handle)
{
    endpoint where;
    where.length = sizeof where.storage;
    REQUIRE(error_of(getsockname(handle, where.get(), &where.length)) == 0);
    return where;
}

endpoint peer_of(SOCKET handle)
{
    endpoint where;
    where.length = sizeof where.storage;
    REQUIRE(error_of(getpeername(handle, where.get(), &where.length)) == 0);
    return where;
}

int bind_to(SOCKET handle, const endpoint& where)
{
    return error_of(bind(handle, where.get(), where.length));
}

int connect_to(SOCKET handle, const endpoint& where)
{
    return error_of(connect(handle, where.get(), where.length));
}

unique_socket tcp(int family)
{
    unique_socket made{socket(family, SOCK_STREAM, IPPROTO_TCP)};
    REQUIRE(error_of(made.get()) == 0);
    return made;
}

unique_socket udp(int family)
{
    unique_socket made{socket(family, SOCK_DGRAM, IPPROTO_UDP)};
    REQUIRE(error_of(made.get()) == 0);
    return made;
}

unique_socket bound_udp(int family)
{
    auto made = udp(family);
    REQUIRE(bind_to(made, loopback(family)) == 0);
    return made;
}

unique_socket listener(int family, int backlog)
{
    auto made = tcp(family);
    REQUIRE(bind_to(made, loopback(family)) == 0);
    REQUIRE(error_of(listen(made, backlog)) == 0);
    return made;
}

unique_socket connect_to_listener(SOCKET listening)
{
    const auto where = local_of(listening);
    auto made = tcp(where.storage.ss_family);
    REQUIRE(connect_to(made, where) == 0);
    return made;
}

unique_socket accept_from(SOCKET listening)
{
    unique_socket made{accept(listening, nullptr, nullptr)};
    REQUIRE(error_of(made.get()) == 0);
    return made;
}

void set_nonblocking(SOCKET handle, bool on)
{
    u_long value = on ? 1 : 0;
    REQUIRE(error_of(ioctlsocket(handle, static_cast<long>(FIONBIO), &value)) == 0);
}

void set_option(SOCKET handle, int level, int name, int value)
{
    INFO("option " << name << " of level " << level);
    REQUIRE(error_of(setsockopt(handle, level, name, reinterpret_cast<const char*>(&value), sizeof value)) ==
            0);
}

int get_option(SOCKET handle, int level, int name)
{
    INFO("option " << name << " of level " << level);
    int value = 0;
    int length = sizeof value;
    REQUIRE(error_of(getsockopt(handle, level, name, reinterpret_cast<char*>(&value), &length)) == 0);
    return value;
}

void send_text(SOCKET handle, const std::string& text, int flags)
{
    const int sent = send(handle, text.data(), static_cast<int>(text.size()), flags);
    REQUIRE(error_of(sent) == 0);
    REQUIRE(sent == static_cast<int>(text.size()));
}

std::string receive_text(SOCKET handle, std::size_t count, int flags)
{
    std::string text(count, '\0');
    std::size_t have = 0;
    while (have < count) {
        const int got = recv(handle, text.data() + have, static_cast<int>(count - have), flags);
        REQUIRE(error_of(got) == 0);
        if (got == 0) {
            break;
        }
        have += static_cast<std::size_t>(got);
    }
    text.resize(have);
    return text;
}

void reset_connection(unique_socket& handle)
{
    const linger hard{1, 0};
    REQUIRE(error_of(setsockopt(handle, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&hard),
                                sizeof hard)) == 0);
    REQUIRE(error_of(closesocket(handle.release())) == 0);
}

tcp_pair::tcp_pair(int family)
    : listening(test::listener(family)), client(connect_to_listener(listening)),
      server(accept_from(listening))
{}

closed_port::closed_port(int family, int type) : holder(type == SOCK_STREAM ? tcp(family) : udp(family))
{
    REQUIRE(bind_to(holder, loopback(family)) == 0);
    where = local_of(holder);
    if (type != SOCK_STREAM) {
        // A bound datagram socket would take the datagrams; the port is merely known to have been free a
        // moment ago.
        holder.reset();
    }
}

stuck_connect::stuck_connect(int family) : listening(listener(family, 1)), where(local_of(listening))
{
    // The queue takes a few; the first one it drops is ours. A connect that succeeds may still take a moment.
    const auto stays = [&](SOCKET next) {
        return connect_to(next, where) == WSAEALREADY &&
               !eventually([&] { return connect_to(next, where) != WSAEALREADY; }, 50ms);
    };
    for (int turn = 0; turn < 300 && client.get() == INVALID_SOCKET; ++turn) {
        auto next = tcp(family);
        set_nonblocking(next);
        connect_to(next, where);
        if (stays(next)) {
            client = std::move(next);
        } else {
            queued.push_back(std::move(next));
        }
    }
    REQUIRE(client.get() != INVALID_SOCKET);
}

bool wait_connected(SOCKET handle, const endpoint& where)
{
    return eventually([&] { return connect_to(handle, where) == WSAEISCONN; });
}

bool wait_readable(SOCKET handle, unsigned long at_least)
{
    return eventually([&] {
        u_long waiting = 0;
        REQUIRE(error_of(ioctlsocket(handle, static_cast<long>(FIONREAD), &waiting)) == 0);
        return waiting >= at_least;
    });
}

}  // namespace spindle::test
