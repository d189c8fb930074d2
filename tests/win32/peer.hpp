// The other end of the provider's connections: plain Winsock sockets of the system's own provider, and the
// bytes both ends agree on.
#pragma once

#include <winsock2.h>
#include <ws2tcpip.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace win32_test {

/// The bytes of a transfer: no two places of it look alike for long, so a gap or a repeat shows.
[[nodiscard]] std::vector<char> pattern(std::size_t size, unsigned seed);

[[nodiscard]] sockaddr_in loopback(std::uint16_t port) noexcept;

/// A socket of the system's provider, closed with the object.
class peer_socket {
public:
    peer_socket() noexcept;
    explicit peer_socket(SOCKET handle) noexcept : handle_(handle) {}
    ~peer_socket();
    peer_socket(const peer_socket&) = delete;
    peer_socket& operator=(const peer_socket&) = delete;

    [[nodiscard]] bool valid() const noexcept { return handle_ != ~SOCKET{0}; }
    /// The port in host order, 0 on failure.
    std::uint16_t listen_on_loopback();
    [[nodiscard]] SOCKET accept_one();
    bool connect_to(std::uint16_t port);
    bool send_all(const std::vector<char>& data);
    /// Everything up to the graceful end, or up to an error: `graceful` tells which.
    std::vector<char> receive_to_end(bool& graceful);
    /// Exactly that many bytes, fewer at an end or error.
    std::vector<char> receive_exactly(std::size_t size);
    bool end_sending();

private:
    SOCKET handle_;
};

}  // namespace win32_test
