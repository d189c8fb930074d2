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
constexpr int interface_only = 24;
constexpr int destination_only = 25;
constexpr int arrival_interface = 47;
constexpr int packet_with_scope = 51;
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

/// IN_PKTINFO_EX or IN6_PKTINFO_EX: the address, the interface, the scope. The other forms are parts of it.
struct packet_bytes {
    std::array<std::byte, 24> bytes{};
    std::size_t host = 0;
};

packet_bytes bytes_of(const packet_info& packet, address_family family) noexcept
{
    constexpr auto link_local = std::to_array({std::byte{0xFE}, std::byte{0x80}});
    packet_bytes made;
    made.host = host_size(family);
    std::copy_n(packet.address.begin(), made.host, made.bytes.begin());
    std::byte* const behind = made.bytes.data() + made.host;
    std::memcpy(behind, &packet.interface_index, sizeof packet.interface_index);
    const bool scoped = family == address_family::ipv6 &&
                        std::equal(link_local.begin(), link_local.end(), packet.address.begin());
    const std::uint32_t scope = scoped ? packet.interface_index : 0;
    std::memcpy(behind + sizeof packet.interface_index, &scope, sizeof scope);
    return made;
}

struct form_row {
    unsigned form;
    int type;
    bool has_host;
    std::size_t behind;  ///< bytes after the address
};

constexpr auto form_rows = std::to_array<form_row>({
    {packet_form::whole, type::packet, true, 4},
    {packet_form::interface_only, type::interface_only, false, 4},
    {packet_form::destination_only, type::destination_only, true, 0},
    {packet_form::arrival_interface, type::arrival_interface, false, 4},
    {packet_form::with_scope, type::packet_with_scope, true, 8},
});

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
        for (const auto& row : form_rows) {
            if ((control.packet_forms & row.form) != 0) {
                to.add(row.type, packet.bytes.data() + (row.has_host ? 0 : packet.host),
                       (row.has_host ? packet.host : 0) + row.behind);
            }
        }
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
