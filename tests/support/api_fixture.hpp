// What the tests of the Winsock API share: a started library, sockets that close themselves, loopback
// addresses and connected pairs. Nothing here checks a clause and nothing reaches below the API: the tests
// are plain Winsock programs. Answers to the Winsock reference, "Getting started with Winsock".
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <winsock2.h>
#include <ws2tcpip.h>

#include "support/background_call.hpp"
#include "support/byte_pattern.hpp"
#include "support/eventually.hpp"

namespace spindle::test {

/// The last error as left by error_of: a call that fails must overwrite it.
inline constexpr int stale_error = 20'000;
/// What error_of answers for a call that failed without setting the last error.
inline constexpr int no_error_set = -1;

/// 0 when the result says success, else the thread's last error.
int error_of(int result);
int error_of(SOCKET result);
int error_of_pointer(const void* result);
int error_of_bool(int result);

/// WSAStartup 2.2 and WSACleanup around a scope.
class winsock {
public:
    winsock();
    ~winsock();
    winsock(const winsock&) = delete;
    winsock& operator=(const winsock&) = delete;
};

/// Owns a socket handle.
class unique_socket {
public:
    unique_socket() = default;
    explicit unique_socket(SOCKET handle) noexcept : handle_(handle) {}
    unique_socket(unique_socket&& other) noexcept : handle_(other.release()) {}
    unique_socket& operator=(unique_socket&& other) noexcept;
    ~unique_socket() { reset(); }

    [[nodiscard]] SOCKET get() const noexcept { return handle_; }
    operator SOCKET() const noexcept { return handle_; }  // NOLINT: reads like the API it stands for
    SOCKET release() noexcept { return std::exchange(handle_, INVALID_SOCKET); }
    void reset() noexcept;

private:
    SOCKET handle_ = INVALID_SOCKET;
};

/// An address of either family with its length, ready to be handed to a call.
struct endpoint {
    SOCKADDR_STORAGE storage{};
    int length = 0;

    [[nodiscard]] const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage); }
    [[nodiscard]] sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
    [[nodiscard]] unsigned short port() const noexcept;
    [[nodiscard]] std::string address() const;
};

bool operator==(const endpoint& left, const endpoint& right) noexcept;

/// 127.0.0.1 or ::1.
endpoint loopback(int family, unsigned short port = 0);
endpoint wildcard(int family, unsigned short port = 0);
/// From text such as "192.0.2.1" or "::ffff:127.0.0.1"; requires that it parses.
endpoint at(int family, const char* text, unsigned short port);

endpoint local_of(SOCKET handle);
endpoint peer_of(SOCKET handle);

int bind_to(SOCKET handle, const endpoint& where);
int connect_to(SOCKET handle, const endpoint& where);

/// Each of these requires success.
unique_socket tcp(int family = AF_INET);
unique_socket udp(int family = AF_INET);
unique_socket bound_udp(int family = AF_INET);
unique_socket listener(int family = AF_INET, int backlog = 8);
unique_socket connect_to_listener(SOCKET listening);
unique_socket accept_from(SOCKET listening);
void set_nonblocking(SOCKET handle, bool on = true);
void set_option(SOCKET handle, int level, int name, int value);
int get_option(SOCKET handle, int level, int name);
void send_text(SOCKET handle, const std::string& text, int flags = 0);
/// Receives exactly count bytes, or what came before the end of the stream.
std::string receive_text(SOCKET handle, std::size_t count, int flags = 0);
/// Makes closesocket reset the connection.
void reset_connection(unique_socket& handle);

/// Two ends of one TCP connection over loopback.
struct tcp_pair {
    explicit tcp_pair(int family = AF_INET);
    unique_socket listening;
    unique_socket client;
    unique_socket server;
};

/// A port of 127.0.0.1 on which nothing listens: bound, so that nobody else gets it, but without listen.
struct closed_port {
    explicit closed_port(int family = AF_INET, int type = SOCK_STREAM);
    unique_socket holder;
    endpoint where;
};

/// A connect that stays in progress: the listener's queue is full and the request goes unanswered.
struct stuck_connect {
    explicit stuck_connect(int family = AF_INET);
    unique_socket listening;
    std::vector<unique_socket> queued;
    unique_socket client;
    endpoint where;
};

/// Waits until a nonblocking connect has succeeded.
bool wait_connected(SOCKET handle, const endpoint& where);
/// Waits until that many bytes can be read at once (FIONREAD).
bool wait_readable(SOCKET handle, unsigned long at_least = 1);

}  // namespace spindle::test
