// The socket address value: checks on the way in, typed views, and text for logs. It knows Winsock's layouts
// by offset and includes no system header; conversion for programs (WSPAddressToString) is not here. Layouts:
// pages "sockaddr_in", "sockaddr_in6", "Winsock Address Families"; text: RFC 5952.
#include "spindle/address.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace spindle {
namespace {

struct family_layout {
    address_family family;
    std::size_t size;     ///< of the whole sockaddr
    std::size_t minimum;  ///< shortest length taken from a caller
    std::size_t host_offset;
    std::size_t host_size;
};

constexpr std::array<family_layout, 3> layouts{{
    {address_family::ipv4, 16, 16, 4, 4},
    {address_family::ipv6, 28, 28, 8, 16},
    {address_family::local, 110, 3, 2, 108},
}};

constexpr std::size_t port_offset = 2;
constexpr std::size_t scope_offset = 24;
constexpr std::size_t longest_path = 107;

const family_layout* layout_of(address_family family) noexcept
{
    for (const auto& layout : layouts) {
        if (layout.family == family) {
            return &layout;
        }
    }
    return nullptr;
}

std::uint8_t octet(std::span<const std::byte> bytes, std::size_t index) noexcept
{
    return std::to_integer<std::uint8_t>(bytes[index]);
}

std::string ipv4_text(std::span<const std::byte> host)
{
    std::string text;
    for (std::size_t index = 0; index < 4; ++index) {
        text += (index == 0 ? "" : ".") + std::to_string(octet(host, index));
    }
    return text;
}

std::string hexadecimal(unsigned value)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    do {
        text.insert(text.begin(), digits[value & 15U]);
        value >>= 4U;
    } while (value != 0);
    return text;
}

struct zero_run {
    std::size_t first = 0;
    std::size_t length = 0;
};

/// The longest run of two or more zero groups, the first of equals (RFC 5952, 4.2).
zero_run longest_zero_run(const std::array<unsigned, 8>& groups) noexcept
{
    zero_run best;
    zero_run current;
    for (std::size_t index = 0; index < groups.size(); ++index) {
        if (groups[index] != 0) {
            current = {};
            continue;
        }
        if (current.length++ == 0) {
            current.first = index;
        }
        if (current.length > best.length) {
            best = current;
        }
    }
    return best.length >= 2 ? best : zero_run{};
}

std::string ipv6_text(std::span<const std::byte> host, bool mapped)
{
    if (mapped) {
        return "::ffff:" + ipv4_text(host.subspan(12));
    }
    std::array<unsigned, 8> groups{};
    for (std::size_t index = 0; index < groups.size(); ++index) {
        groups[index] = (static_cast<unsigned>(octet(host, 2 * index)) << 8U) | octet(host, 2 * index + 1);
    }
    const auto run = longest_zero_run(groups);
    std::string text;
    for (std::size_t index = 0; index < groups.size(); ++index) {
        if (run.length != 0 && index == run.first) {
            text += "::";
            index += run.length - 1;
            continue;
        }
        if (!text.empty() && text.back() != ':') {
            text += ':';
        }
        text += hexadecimal(groups[index]);
    }
    return text;
}

}  // namespace

std::size_t address_size(address_family family) noexcept
{
    const auto* layout = layout_of(family);
    return layout != nullptr ? layout->size : 0;
}

result<socket_address> socket_address::from_bytes(const void* data, std::size_t size) noexcept
{
    std::uint16_t number = 0;
    if (data == nullptr || size < sizeof(number)) {
        return errc::fault;
    }
    std::memcpy(&number, data, sizeof(number));
    const auto* layout = layout_of(static_cast<address_family>(number));
    if (layout == nullptr) {
        return errc::address_family_not_supported;
    }
    if (size < layout->minimum) {
        return errc::fault;
    }
    socket_address address;
    address.size_ = std::min(size, layout->size);
    std::memcpy(address.bytes_.data(), data, address.size_);
    return address;
}

socket_address socket_address::any(address_family family, std::uint16_t port) noexcept
{
    socket_address address;
    const auto number = static_cast<std::uint16_t>(family);
    std::memcpy(address.bytes_.data(), &number, sizeof(number));
    address.size_ = address_size(family);
    address.set_port(port);
    return address;
}

socket_address socket_address::ipv4(std::array<std::uint8_t, 4> host, std::uint16_t port) noexcept
{
    auto address = any(address_family::ipv4, port);
    std::memcpy(address.bytes_.data() + layouts[0].host_offset, host.data(), host.size());
    return address;
}

socket_address socket_address::ipv6(std::array<std::uint8_t, 16> host, std::uint16_t port,
                                    std::uint32_t scope_id) noexcept
{
    auto address = any(address_family::ipv6, port);
    std::memcpy(address.bytes_.data() + layouts[1].host_offset, host.data(), host.size());
    std::memcpy(address.bytes_.data() + scope_offset, &scope_id, sizeof(scope_id));
    return address;
}

socket_address socket_address::loopback(address_family family, std::uint16_t port) noexcept
{
    if (family == address_family::ipv4) {
        return ipv4({127, 0, 0, 1}, port);
    }
    if (family == address_family::ipv6) {
        return ipv6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, port);
    }
    return any(family, port);
}

result<socket_address> socket_address::local(std::string_view path) noexcept
{
    if (path.empty() || path.size() > longest_path) {
        return errc::invalid_argument;
    }
    auto address = any(address_family::local);
    std::memcpy(address.bytes_.data() + layouts[2].host_offset, path.data(), path.size());
    return address;
}

address_family socket_address::family() const noexcept
{
    std::uint16_t number = 0;
    std::memcpy(&number, bytes_.data(), sizeof(number));
    return static_cast<address_family>(number);
}

std::uint16_t socket_address::port() const noexcept
{
    if (family() != address_family::ipv4 && family() != address_family::ipv6) {
        return 0;
    }
    return static_cast<std::uint16_t>((octet(bytes_, port_offset) << 8U) | octet(bytes_, port_offset + 1));
}

void socket_address::set_port(std::uint16_t port) noexcept
{
    if (family() == address_family::ipv4 || family() == address_family::ipv6) {
        bytes_[port_offset] = static_cast<std::byte>(port >> 8U);
        bytes_[port_offset + 1] = static_cast<std::byte>(port & 0xFFU);
    }
}

std::span<const std::byte> socket_address::host() const noexcept
{
    const auto* layout = layout_of(family());
    if (layout == nullptr || size_ <= layout->host_offset) {
        return {};
    }
    const std::span<const std::byte> all{bytes_.data() + layout->host_offset, size_ - layout->host_offset};
    if (layout->family != address_family::local) {
        return all.first(std::min(all.size(), layout->host_size));
    }
    // A name that starts with a zero byte is not text: all its bytes count. One of zero bytes only is no
    // name.
    if (all.front() == std::byte{0}) {
        return std::ranges::all_of(all, [](std::byte value) { return value == std::byte{0}; }) ? all.first(0)
                                                                                               : all;
    }
    const auto end = std::ranges::find(all, std::byte{0});
    return all.first(static_cast<std::size_t>(end - all.begin()));
}

std::uint32_t socket_address::scope_id() const noexcept
{
    std::uint32_t scope = 0;
    if (family() == address_family::ipv6) {
        std::memcpy(&scope, bytes_.data() + scope_offset, sizeof(scope));
    }
    return scope;
}

bool socket_address::is_wildcard() const noexcept
{
    const auto bytes = host();
    return family() != address_family::local && !bytes.empty() &&
           std::ranges::all_of(bytes, [](std::byte value) { return value == std::byte{0}; });
}

bool socket_address::is_multicast() const noexcept
{
    const auto bytes = host();
    if (bytes.empty()) {
        return false;
    }
    if (family() == address_family::ipv4) {
        return (octet(bytes, 0) & 0xF0U) == 0xE0U;
    }
    return family() == address_family::ipv6 && octet(bytes, 0) == 0xFFU;
}

bool socket_address::is_limited_broadcast() const noexcept
{
    return family() == address_family::ipv4 &&
           std::ranges::all_of(host(), [](std::byte value) { return value == std::byte{0xFF}; });
}

bool socket_address::is_ipv4_mapped() const noexcept
{
    if (family() != address_family::ipv6) {
        return false;
    }
    const auto bytes = host();
    return std::ranges::all_of(bytes.first(10), [](std::byte value) { return value == std::byte{0}; }) &&
           octet(bytes, 10) == 0xFFU && octet(bytes, 11) == 0xFFU;
}

std::string socket_address::to_string() const
{
    const auto bytes = host();
    switch (family()) {
    case address_family::ipv4:
        return ipv4_text(bytes) + ":" + std::to_string(port());
    case address_family::ipv6: {
        const auto scope = scope_id() != 0 ? "%" + std::to_string(scope_id()) : std::string{};
        return "[" + ipv6_text(bytes, is_ipv4_mapped()) + scope + "]:" + std::to_string(port());
    }
    case address_family::local: {
        std::string text(bytes.size(), '\0');
        std::ranges::transform(bytes, text.begin(), [](std::byte value) {
            return value == std::byte{0} ? '@' : static_cast<char>(value);
        });
        return text;
    }
    case address_family::unspecified:
        break;
    }
    return {};
}

bool operator==(const socket_address& left, const socket_address& right) noexcept
{
    return left.family() == right.family() && left.empty() == right.empty() && left.port() == right.port() &&
           left.scope_id() == right.scope_id() && std::ranges::equal(left.host(), right.host());
}

}  // namespace spindle
