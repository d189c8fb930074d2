// The calls behind spi.hpp. Every call sets *lpErrno to a number that is no Winsock code first, so that a
// failure that forgets to write it shows as no_error_code.
#include "support/spi.hpp"

#include <array>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "support/byte_pattern.hpp"

namespace spindle::test {
namespace {

/// Runs a call that returns 0 or SOCKET_ERROR.
template <class Call>
int code_of(Call call)
{
    int error = no_error_code;
    const int outcome = call(&error);
    return outcome == 0 ? 0 : error;
}

[[noreturn]] void fail(const char* what, int code)
{
    throw std::runtime_error(std::string(what) + ": " + std::to_string(code));
}

void require(int code, const char* what)
{
    if (code != 0) {
        fail(what, code);
    }
}

WSABUF buffer_of(const void* data, std::size_t size)
{
    return {static_cast<ULONG>(size), static_cast<char*>(const_cast<void*>(data))};
}

template <class Address>
endpoint make_endpoint(const Address& address)
{
    endpoint made;
    std::memcpy(&made.bytes, &address, sizeof address);
    made.size = static_cast<int>(sizeof address);
    return made;
}

std::uint16_t swapped(std::uint16_t value)
{
    return static_cast<std::uint16_t>((value << 8U) | (value >> 8U));
}

endpoint make_ipv4(std::array<std::uint8_t, 4> host, std::uint16_t port)
{
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = swapped(port);
    std::memcpy(&address.sin_addr, host.data(), host.size());
    return make_endpoint(address);
}

int CALLBACK run_condition(LPWSABUF, LPWSABUF, LPQOS, LPQOS, LPWSABUF, LPWSABUF, GROUP*, DWORD_PTR function)
{
    return (*reinterpret_cast<const std::function<int()>*>(function))();
}

}  // namespace

std::uint16_t endpoint::port() const
{
    sockaddr_in address = {};
    std::memcpy(&address, &bytes, sizeof address);
    return swapped(address.sin_port);
}

endpoint loopback4(std::uint16_t port)
{
    return make_ipv4({127, 0, 0, 1}, port);
}

endpoint any4(std::uint16_t port)
{
    return make_ipv4({0, 0, 0, 0}, port);
}

endpoint loopback6(std::uint16_t port)
{
    sockaddr_in6 address = {};
    address.sin6_family = AF_INET6;
    address.sin6_port = swapped(port);
    const std::array<std::uint8_t, 16> host = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    std::memcpy(&address.sin6_addr, host.data(), host.size());
    return make_endpoint(address);
}

SOCKET spi_calls::socket(const WSAPROTOCOL_INFOW& entry, int* code, DWORD flags) const
{
    return socket(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &entry, code, flags);
}

SOCKET spi_calls::socket(int family, int type, int protocol, const WSAPROTOCOL_INFOW* entry, int* code,
                         DWORD flags) const
{
    int error = no_error_code;
    std::optional<WSAPROTOCOL_INFOW> copy;
    if (entry != nullptr) {
        copy = *entry;
    }
    const SOCKET made = table.lpWSPSocket(family, type, protocol, copy ? &*copy : nullptr, 0, flags, &error);
    if (code != nullptr) {
        *code = made == INVALID_SOCKET ? error : 0;
    }
    return made;
}

int spi_calls::close(SOCKET s) const
{
    return code_of([&](int* error) { return table.lpWSPCloseSocket(s, error); });
}

int spi_calls::cleanup() const
{
    return code_of([&](int* error) { return table.lpWSPCleanup(error); });
}

int spi_calls::bind(SOCKET s, const endpoint& local) const
{
    return code_of([&](int* error) { return table.lpWSPBind(s, local.get(), local.size, error); });
}

int spi_calls::listen(SOCKET s, int backlog) const
{
    return code_of([&](int* error) { return table.lpWSPListen(s, backlog, error); });
}

int spi_calls::connect(SOCKET s, const endpoint& remote) const
{
    return code_of([&](int* error) {
        return table.lpWSPConnect(s, remote.get(), remote.size, nullptr, nullptr, nullptr, nullptr, error);
    });
}

accepted spi_calls::accept(SOCKET s, const std::function<int()>& condition) const
{
    int error = no_error_code;
    const SOCKET made = table.lpWSPAccept(s, nullptr, nullptr, condition ? run_condition : nullptr,
                                          reinterpret_cast<DWORD_PTR>(&condition), &error);
    return {made == INVALID_SOCKET ? error : 0, made};
}

transfer spi_calls::send(SOCKET s, const void* data, std::size_t size, DWORD flags) const
{
    WSABUF buffer = buffer_of(data, size);
    DWORD bytes = 0;
    const int code = code_of([&](int* error) {
        return table.lpWSPSend(s, &buffer, 1, &bytes, flags, nullptr, nullptr, nullptr, error);
    });
    return {code, bytes};
}

transfer spi_calls::send(SOCKET s, const std::string& text, DWORD flags) const
{
    return send(s, text.data(), text.size(), flags);
}

transfer spi_calls::send_to(SOCKET s, const std::string& text, const endpoint& remote) const
{
    WSABUF buffer = buffer_of(text.data(), text.size());
    DWORD bytes = 0;
    const int code = code_of([&](int* error) {
        return table.lpWSPSendTo(s, &buffer, 1, &bytes, 0, remote.get(), remote.size, nullptr, nullptr,
                                 nullptr, error);
    });
    return {code, bytes};
}

transfer spi_calls::receive(SOCKET s, void* data, std::size_t size, DWORD flags) const
{
    WSABUF buffer = buffer_of(data, size);
    DWORD bytes = 0;
    const int code = code_of([&](int* error) {
        return table.lpWSPRecv(s, &buffer, 1, &bytes, &flags, nullptr, nullptr, nullptr, error);
    });
    return {code, bytes};
}

transfer spi_calls::receive_from(SOCKET s, void* data, std::size_t size, endpoint* from) const
{
    WSABUF buffer = buffer_of(data, size);
    DWORD bytes = 0;
    DWORD flags = 0;
    from->size = static_cast<int>(sizeof from->bytes);
    const int code = code_of([&](int* error) {
        return table.lpWSPRecvFrom(s, &buffer, 1, &bytes, &flags, from->get(), &from->size, nullptr, nullptr,
                                   nullptr, error);
    });
    return {code, bytes};
}

int spi_calls::shutdown(SOCKET s, int how) const
{
    return code_of([&](int* error) { return table.lpWSPShutdown(s, how, error); });
}

int spi_calls::send_disconnect(SOCKET s) const
{
    return code_of([&](int* error) { return table.lpWSPSendDisconnect(s, nullptr, error); });
}

int spi_calls::receive_disconnect(SOCKET s) const
{
    return code_of([&](int* error) { return table.lpWSPRecvDisconnect(s, nullptr, error); });
}

int spi_calls::cancel_blocking_call() const
{
    return code_of([&](int* error) { return table.lpWSPCancelBlockingCall(error); });
}

int spi_calls::set_nonblocking(SOCKET s, bool on) const
{
    u_long value = on ? 1 : 0;
    DWORD bytes = 0;
    return code_of([&](int* error) {
        return table.lpWSPIoctl(s, static_cast<DWORD>(FIONBIO), &value, sizeof value, nullptr, 0, &bytes,
                                nullptr, nullptr, nullptr, error);
    });
}

int spi_calls::local_name(SOCKET s, endpoint* local) const
{
    local->size = static_cast<int>(sizeof local->bytes);
    return code_of([&](int* error) { return table.lpWSPGetSockName(s, local->get(), &local->size, error); });
}

int spi_calls::peer_name(SOCKET s, endpoint* remote) const
{
    remote->size = static_cast<int>(sizeof remote->bytes);
    return code_of(
        [&](int* error) { return table.lpWSPGetPeerName(s, remote->get(), &remote->size, error); });
}

int spi_calls::set_option(SOCKET s, int level, int name, const void* value, int size) const
{
    return code_of([&](int* error) {
        return table.lpWSPSetSockOpt(s, level, name, static_cast<const char*>(value), size, error);
    });
}

int spi_calls::get_option(SOCKET s, int level, int name, void* value, int* size) const
{
    return code_of([&](int* error) {
        return table.lpWSPGetSockOpt(s, level, name, static_cast<char*>(value), size, error);
    });
}

int spi_calls::set_linger(SOCKET s, u_short on, u_short seconds) const
{
    const struct linger value = {on, seconds};
    return set_option(s, SOL_SOCKET, SO_LINGER, &value, static_cast<int>(sizeof value));
}

int spi_calls::set_number(SOCKET s, int name, int value) const
{
    return set_option(s, SOL_SOCKET, name, &value, static_cast<int>(sizeof value));
}

int spi_calls::number(SOCKET s, int name) const
{
    int value = 0;
    int size = static_cast<int>(sizeof value);
    require(get_option(s, SOL_SOCKET, name, &value, &size), "WSPGetSockOpt");
    return value;
}

int spi_calls::queue_pattern(SOCKET s, std::uint64_t seed, std::size_t size) const
{
    if (const int code = set_nonblocking(s); code != 0) {
        return code;
    }
    const auto bytes = make_pattern(seed, size);
    const auto sent = send(s, bytes.data(), bytes.size());
    return sent.code == 0 && sent.bytes != size ? no_error_code : sent.code;
}

std::size_t spi_calls::fill(SOCKET s, std::uint64_t seed) const
{
    // Only a send that waits finds out what is left: it offers the system the provider's queue again and again, and the
    // system may have room that it does not announce. A size that was asked for keeps the system's buffer from growing
    // (tcp(7)); what moves then is what the peer's window still lets through. A starved thread tries once in a time-out
    // at least, hence several in a row.
    constexpr int timeout = 200;
    constexpr int settled = 3;
    require(set_number(s, SO_SNDBUF, number(s, SO_SNDBUF)), "SO_SNDBUF");
    require(set_nonblocking(s, false), "FIONBIO");
    require(set_number(s, SO_SNDTIMEO, timeout), "SO_SNDTIMEO");
    std::size_t total = 0;
    for (int refused = 0; refused < settled;) {
        const auto bytes = make_pattern(seed, std::size_t{64} * 1024, total);
        const auto sent = send(s, bytes.data(), bytes.size());
        if (sent.code == WSAETIMEDOUT) {
            ++refused;
            continue;
        }
        require(sent.code, "WSPSend");
        total += sent.bytes;
        refused = 0;
    }
    require(set_number(s, SO_SNDTIMEO, 0), "SO_SNDTIMEO");
    require(set_nonblocking(s), "FIONBIO");
    return total;
}

spi_library::spi_library() : library_(SPINDLE_SPI_FILE)
{
    void* const address = library_.symbol("WSPStartup");
    static_assert(sizeof address == sizeof start_);
    std::memcpy(&start_, &address, sizeof start_);
    if (start_ == nullptr) {
        throw std::runtime_error("no WSPStartup in " SPINDLE_SPI_FILE);
    }
}

int spi_library::start_raw(WORD version, WSPDATA* data, WSAPROTOCOL_INFOW* entry, WSPUPCALLTABLE upcalls,
                           WSPPROC_TABLE* table) const
{
    return start_(version, data, entry, upcalls, table);
}

spi_calls spi_library::start(const scripted_host& host, WSAPROTOCOL_INFOW entry) const
{
    spi_calls calls;
    WSPDATA data = {};
    require(start_raw(MAKEWORD(2, 2), &data, &entry, host.table(), &calls.table), "WSPStartup");
    return calls;
}

std::string spi_library::path()
{
    return SPINDLE_SPI_FILE;
}

std::string spi_library::file_name()
{
    return path().substr(path().find_last_of("/\\") + 1);
}

spi_fixture::spi_fixture(handle_model handles) : model(handles), spi(library.start(host, tcp4(handles))) {}

spi_fixture::~spi_fixture()
{
    while (spi.cleanup() == 0) {
    }
}

SOCKET spi_fixture::open(const WSAPROTOCOL_INFOW& entry) const
{
    int code = 0;
    const SOCKET made = spi.socket(entry, &code);
    require(code, "WSPSocket");
    return made;
}

SOCKET spi_fixture::bound_udp() const
{
    const SOCKET made = open_udp();
    require(spi.bind(made, loopback4()), "WSPBind");
    return made;
}

spi_fixture::listening spi_fixture::listen_tcp() const
{
    listening made;
    made.socket = open_tcp();
    require(spi.bind(made.socket, loopback4()), "WSPBind");
    require(spi.listen(made.socket), "WSPListen");
    require(spi.local_name(made.socket, &made.local), "WSPGetSockName");
    return made;
}

spi_fixture::pair spi_fixture::tcp_pair() const
{
    const auto listener = listen_tcp();
    pair made;
    made.here = open_tcp();
    require(spi.connect(made.here, listener.local), "WSPConnect");
    const auto taken = spi.accept(listener.socket);
    require(taken.code, "WSPAccept");
    made.there = taken.socket;
    require(spi.close(listener.socket), "WSPCloseSocket");
    return made;
}

spi_fixture::half spi_fixture::connect_to_peer(int receive_buffer) const
{
    peer::listener listener({peer::family::ipv4, receive_buffer, 64});
    half made;
    made.socket = open_tcp();
    require(spi.connect(made.socket, loopback4(listener.port())), "WSPConnect");
    made.remote = listener.accept();
    if (!made.remote) {
        fail("the connection did not arrive", 0);
    }
    return made;
}

}  // namespace spindle::test
