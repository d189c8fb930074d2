// A socket address as a value. It holds the bytes in Winsock's layout (sockaddr_in, sockaddr_in6, sockaddr_un:
// 16-bit family in host order at offset 0, port in network order at offset 2), so the SPI layer copies it
// unchanged; the transport translates family numbers where the system's differ.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "spindle/result.hpp"

namespace spindle {

/// Winsock's address family numbers.
enum class address_family : int { unspecified = 0, local = 1, ipv4 = 2, ipv6 = 23 };

/// The size of a family's sockaddr in bytes: 16, 28, 110; 0 for a family without sockets here.
[[nodiscard]] std::size_t address_size(address_family family) noexcept;

/// A socket address; a default-constructed one is empty (family unspecified, size 0).
class socket_address {
public:
    static constexpr std::size_t capacity = 112;

    socket_address() noexcept = default;

    /// Takes the bytes of a Winsock sockaddr. Errors: fault when data is null or size is shorter than a family number.
    /// The size must cover the family's sockaddr (15 bytes for sockaddr_in: fault), longer input is cut; AF_UNIX takes
    /// any size from 3 to 110. An unknown family gives address_family_not_supported.
    [[nodiscard]] static result<socket_address> from_bytes(const void* data, std::size_t size) noexcept;

    [[nodiscard]] static socket_address ipv4(std::array<std::uint8_t, 4> host, std::uint16_t port) noexcept;
    [[nodiscard]] static socket_address ipv6(std::array<std::uint8_t, 16> host, std::uint16_t port,
                                             std::uint32_t scope_id = 0) noexcept;
    [[nodiscard]] static socket_address any(address_family family, std::uint16_t port = 0) noexcept;
    [[nodiscard]] static socket_address loopback(address_family family, std::uint16_t port = 0) noexcept;
    /// Errors: invalid_argument when the path is empty or longer than 107 bytes.
    [[nodiscard]] static result<socket_address> local(std::string_view path) noexcept;

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] address_family family() const noexcept;
    [[nodiscard]] const std::byte* data() const noexcept { return bytes_.data(); }
    [[nodiscard]] std::byte* data() noexcept { return bytes_.data(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {bytes_.data(), size_}; }

    /// The port in host order; 0 for families without ports.
    [[nodiscard]] std::uint16_t port() const noexcept;
    void set_port(std::uint16_t port) noexcept;
    /// The host part without the port: 4, 16 or, for AF_UNIX, path bytes.
    [[nodiscard]] std::span<const std::byte> host() const noexcept;
    [[nodiscard]] std::uint32_t scope_id() const noexcept;

    [[nodiscard]] bool is_wildcard() const noexcept;
    [[nodiscard]] bool is_multicast() const noexcept;
    [[nodiscard]] bool is_limited_broadcast() const noexcept;  ///< 255.255.255.255
    [[nodiscard]] bool is_ipv4_mapped() const noexcept;

    /// "127.0.0.1:80", "[::1]:80", or the path. For logs and messages.
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const socket_address& left, const socket_address& right) noexcept;

private:
    alignas(8) std::array<std::byte, capacity> bytes_{};
    std::size_t size_ = 0;
};

}  // namespace spindle
