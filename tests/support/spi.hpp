// The provider under test at its own interface: the loaded library, the thirty functions of its table in a
// form that reads well in a test (every call answers with 0 or the Winsock code), and pairs of connected
// sockets.
#pragma once

#include <winsock2.h>
#include <ws2spi.h>
#include <ws2tcpip.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "support/eventually.hpp"
#include "support/libc_peer.hpp"
#include "support/process_probe.hpp"
#include "support/protocol_infos.hpp"
#include "support/scripted_host.hpp"

namespace spindle::test {

/// A call failed and left *lpErrno as it was; no Winsock code has this number.
inline constexpr int no_error_code = -4242;

/// A socket address of either family.
struct endpoint {
    SOCKADDR_STORAGE bytes{};
    int size = 0;

    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&bytes); }
    [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&bytes); }
    [[nodiscard]] std::uint16_t port() const;
};
[[nodiscard]] endpoint loopback4(std::uint16_t port = 0);
[[nodiscard]] endpoint loopback6(std::uint16_t port = 0);
[[nodiscard]] endpoint any4(std::uint16_t port = 0);

struct transfer {
    int code = 0;
    std::size_t bytes = 0;
};

struct accepted {
    int code = 0;
    SOCKET socket = INVALID_SOCKET;
};

/// The provider's functions. A default-made one is empty; start() of spi_library fills it.
struct spi_calls {
    WSPPROC_TABLE table{};

    /// INVALID_SOCKET and *code on failure. The triple is taken from the entry.
    [[nodiscard]] SOCKET socket(const WSAPROTOCOL_INFOW& entry, int* code = nullptr,
                                DWORD flags = WSA_FLAG_OVERLAPPED) const;
    [[nodiscard]] SOCKET socket(int family, int type, int protocol, const WSAPROTOCOL_INFOW* entry, int* code,
                                DWORD flags = WSA_FLAG_OVERLAPPED) const;
    int close(SOCKET s) const;
    int cleanup() const;
    int bind(SOCKET s, const endpoint& local) const;
    int listen(SOCKET s, int backlog = 16) const;
    int connect(SOCKET s, const endpoint& remote) const;
    /// `condition`: what the condition function does and answers; empty: there is none.
    accepted accept(SOCKET s, const std::function<int()>& condition = {}) const;
    transfer send(SOCKET s, const void* data, std::size_t size, DWORD flags = 0) const;
    transfer send(SOCKET s, const std::string& text, DWORD flags = 0) const;
    transfer send_to(SOCKET s, const std::string& text, const endpoint& remote) const;
    transfer receive(SOCKET s, void* data, std::size_t size, DWORD flags = 0) const;
    transfer receive_from(SOCKET s, void* data, std::size_t size, endpoint* from) const;
    int shutdown(SOCKET s, int how) const;
    int send_disconnect(SOCKET s) const;
    int receive_disconnect(SOCKET s) const;
    int cancel_blocking_call() const;
    int set_nonblocking(SOCKET s, bool on = true) const;
    int local_name(SOCKET s, endpoint* local) const;
    int peer_name(SOCKET s, endpoint* remote) const;
    int set_option(SOCKET s, int level, int name, const void* value, int size) const;
    int get_option(SOCKET s, int level, int name, void* value, int* size) const;
    int set_linger(SOCKET s, u_short on, u_short seconds) const;
    /// SOL_SOCKET options that are one 32-bit number.
    int set_number(SOCKET s, int name, int value) const;
    [[nodiscard]] int number(SOCKET s, int name) const;

    /// Sends pattern bytes [0, size) of `seed` in one call without waiting; the socket is non-blocking
    /// afterwards.
    int queue_pattern(SOCKET s, std::uint64_t seed, std::size_t size) const;
    /// Sends until neither the provider nor the system takes more, and stays like that while the peer does not
    /// read; the number of pattern bytes taken. Without a SO_SNDTIMEO and non-blocking afterwards.
    std::size_t fill(SOCKET s, std::uint64_t seed) const;
};

/// The provider's library, loaded.
class spi_library {
public:
    spi_library();

    /// WSPStartup as it is.
    int start_raw(WORD version, WSPDATA* data, WSAPROTOCOL_INFOW* entry, WSPUPCALLTABLE upcalls,
                  WSPPROC_TABLE* table) const;
    /// WSPStartup for version 2.2; throws std::runtime_error when it fails.
    [[nodiscard]] spi_calls start(const scripted_host& host, WSAPROTOCOL_INFOW entry = tcp4()) const;
    [[nodiscard]] void* symbol(const char* name) const { return library_.symbol(name); }
    [[nodiscard]] static std::string path();
    /// The file's name as it shows in the process's map.
    [[nodiscard]] static std::string file_name();

private:
    shared_library library_;
    LPWSPSTARTUP start_ = nullptr;
};

/// A library, a host and one startup; cleans up whatever is left when it goes.
class spi_fixture {
public:
    explicit spi_fixture(handle_model model = handle_model::minted);
    spi_fixture(const spi_fixture&) = delete;
    spi_fixture& operator=(const spi_fixture&) = delete;
    ~spi_fixture();

    handle_model model;
    scripted_host host;
    spi_library library;
    spi_calls spi;

    /// A socket of the entry; throws when there is none.
    [[nodiscard]] SOCKET open(const WSAPROTOCOL_INFOW& entry) const;
    [[nodiscard]] SOCKET open_tcp() const { return open(tcp4(model)); }
    [[nodiscard]] SOCKET open_udp() const { return open(udp4(model)); }
    /// A datagram socket bound to a loopback port.
    [[nodiscard]] SOCKET bound_udp() const;

    /// A listener on a loopback port of the provider's own choice.
    struct listening {
        SOCKET socket = INVALID_SOCKET;
        endpoint local;
    };
    [[nodiscard]] listening listen_tcp() const;

    /// Both ends are the provider's.
    struct pair {
        SOCKET here = INVALID_SOCKET;
        SOCKET there = INVALID_SOCKET;
    };
    [[nodiscard]] pair tcp_pair() const;

    /// One end is the system's.
    struct half {
        SOCKET socket = INVALID_SOCKET;
        peer::connection remote;
    };
    /// `receive_buffer` bounds what the other end's system takes while nobody reads there.
    [[nodiscard]] half connect_to_peer(int receive_buffer = 0) const;
};

/// More than the two ends' systems hold of a connection whose far end does not read (tcp_wmem and tcp_rmem
/// are 4 and 6 MiB at most by default), so that a part stays in the provider.
inline constexpr std::size_t beyond_system_buffers = std::size_t{16} * 1024 * 1024;

/// A receive buffer that makes almost everything stay on the sending side.
inline constexpr int small_receive_buffer = 16 * 1024;

}  // namespace spindle::test
