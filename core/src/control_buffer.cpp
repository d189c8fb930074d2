// See the header. One table says what each kind of information is called per IP version.
#include "spindle/control_buffer.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "spindle/options.hpp"

namespace spindle::control_buffer {
namespace {

struct header {
    std::size_t length;
    int level;
    int type;
};
static_assert(sizeof(header) == header_size);

/// Types at level IPPROTO_IP or IPPROTO_IPV6.
namespace type {
constexpr int ip_type_of_service = 3;
constexpr int ip_time_to_live = 4;
constexpr int packet = 19;
constexpr int hop_limit = 21;
constexpr int ipv6_traffic_class = 39;
constexpr int congestion = 50;
}  // namespace type

using number = std::optional<int> message_control::*;

struct number_row {
    address_family family;
    int type;
    number member;
    int highest;
};

constexpr auto number_rows = std::to_array<number_row>({
    {address_family::ipv4, type::ip_time_to_live, &message_control::hop_limit, 255},
    {address_family::ipv4, type::ip_type_of_service, &message_control::traffic_class, 255},
    {address_family::ipv4, type::congestion, &message_control::congestion_mark, 3},
    {address_family::ipv6, type::hop_limit, &message_control::hop_limit, 255},
    {address_family::ipv6, type::ipv6_traffic_class, &message_control::traffic_class, 255},
    {address_family::ipv6, type::congestion, &message_control::congestion_mark, 3},
});

constexpr int level_of(address_family family) noexcept
{
    return family == address_family::ipv4 ? option_level::ip : option_level::ipv6;
}

constexpr std::size_t host_size(address_family family) noexcept
{
    return family == address_family::ipv4 ? 4 : 16;
}

/// IN_PKTINFO or IN6_PKTINFO: the address, then the interface.
struct packet_bytes {
    std::array<std::byte, 20> bytes{};
    std::size_t size = 0;
};

packet_bytes bytes_of(const packet_info& packet, address_family family) noexcept
{
    packet_bytes made;
    const std::size_t host = host_size(family);
    std::copy_n(packet.address.begin(), host, made.bytes.begin());
    std::memcpy(made.bytes.data() + host, &packet.interface_index, sizeof packet.interface_index);
    made.size = host + sizeof packet.interface_index;
    return made;
}

class writer {
public:
    writer(std::span<std::byte> into, address_family family) noexcept : into_(into), family_(family) {}

    void add(int type, const void* value, std::size_t size) noexcept
    {
        const std::size_t length = value_offset + size;
        if (into_.size() - done_.bytes < length) {
            done_.truncated = true;
            return;
        }
        const header made{length, level_of(family_), type};
        std::byte* at = into_.data() + done_.bytes;
        const std::size_t room = std::min(space_for(size), into_.size() - done_.bytes);
        std::memset(at, 0, room);
        std::memcpy(at, &made, sizeof made);
        std::memcpy(at + value_offset, value, size);
        done_.bytes += room;
    }

    [[nodiscard]] written done() const noexcept { return done_; }

private:
    std::span<std::byte> into_;
    address_family family_;
    written done_;
};

errc read_packet(message_control& control, address_family family, std::span<const std::byte> value) noexcept
{
    const std::size_t host = host_size(family);
    packet_info packet;
    if (value.size() < host + sizeof packet.interface_index) {
        return errc::invalid_argument;
    }
    std::copy_n(value.begin(), host, packet.address.begin());
    std::memcpy(&packet.interface_index, value.data() + host, sizeof packet.interface_index);
    control.packet = packet;
    return errc::success;
}

errc read_value(message_control& control, const header& of, std::span<const std::byte> value) noexcept
{
    if (of.level != option_level::ip && of.level != option_level::ipv6) {
        return errc::invalid_argument;
    }
    const auto family = of.level == option_level::ip ? address_family::ipv4 : address_family::ipv6;
    if (control.family != address_family::unspecified && control.family != family) {
        return errc::invalid_argument;
    }
    control.family = family;
    if (of.type == type::packet) {
        return read_packet(control, family, value);
    }
    const auto row = std::ranges::find_if(
        number_rows, [&](const number_row& each) { return each.family == family && each.type == of.type; });
    int given = 0;
    if (row == number_rows.end() || value.size() < sizeof given) {
        return errc::invalid_argument;
    }
    std::memcpy(&given, value.data(), sizeof given);
    if (given < 0 || given > row->highest) {
        return errc::invalid_argument;
    }
    control.*(row->member) = given;
    return errc::success;
}

}  // namespace

written write(const message_control& control, std::span<std::byte> into) noexcept
{
    writer to(into, control.family);
    if (control.packet) {
        const auto packet = bytes_of(*control.packet, control.family);
        to.add(type::packet, packet.bytes.data(), packet.size);
    }
    for (const auto& row : number_rows) {
        if (row.family == control.family && control.*(row.member)) {
            const int value = *(control.*(row.member));
            to.add(row.type, &value, sizeof value);
        }
    }
    return to.done();
}

result<message_control> read(std::span<const std::byte> from) noexcept
{
    message_control control;
    while (!from.empty()) {
        header next{};
        if (from.size() < sizeof next) {
            return errc::invalid_argument;
        }
        std::memcpy(&next, from.data(), sizeof next);
        if (next.length < value_offset || next.length > from.size()) {
            return errc::invalid_argument;
        }
        if (const auto code =
                read_value(control, next, from.subspan(value_offset, next.length - value_offset));
            code != errc::success) {
            return code;
        }
        from = from.subspan(std::min(aligned(next.length), from.size()));
    }
    return control;
}

}  // namespace spindle::control_buffer
