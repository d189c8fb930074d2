// Looking up options and what all of them share: the order of checks, lengths, ranges. THE table of options is the rows of
// option_rows_*.cpp, one file per level. Options whose values are client structures with pointers are the SPI layer's.
#include "option_table.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <climits>
#include <cstdint>
#include <cstring>

#include "option_row.hpp"
#include "spindle/options.hpp"

namespace spindle {

namespace {

constexpr int default_buffer = 65536;

using option = lower_option;
using enum length_rule;

std::span<const option_row> options_at(int level) noexcept
{
    switch (level) {
    case option_level::socket:
        return socket_level_options();
    case option_level::tcp:
    case option_level::udp:
        return transport_level_options();
    case option_level::ip:
        return ip_level_options();
    case option_level::ipv6:
        return ipv6_level_options();
    default:
        return {};
    }
}

/// The one bit of `owners` for a kind.
unsigned owner_bit(const socket_kind& kind) noexcept
{
    if (kind.family == address_family::local) {
        return owners::local;
    }
    const unsigned type = kind.type == socket_type::stream ? 0 : (kind.type == socket_type::datagram ? 1 : 2);
    return (kind.family == address_family::ipv4 ? owners::tcp4 : owners::tcp6) << type;
}

/// Who does not have the option is told so by the level's own error (OPT-12, T-IP, T-IP6).
errc not_an_owner(int level) noexcept
{
    return level == option_level::ip || level == option_level::ipv6 ? errc::invalid_argument : errc::no_protocol_option;
}

/// The row, checked for level, name, direction and type of socket, in this order (OPT-1, OPT-12).
template <class HasDirection>
result<const option_row*> find_row(const basic_socket& target, int level, int name, HasDirection has_direction)
{
    const auto rows = options_at(level);
    if (rows.empty()) {
        return errc::invalid_argument;
    }
    const auto row = std::ranges::find_if(
        rows, [&](const option_row& each) { return each.level == level && each.name == name; });
    if (row == rows.end()) {
        return errc::no_protocol_option;
    }
    if (!has_direction(*row)) {
        return row->missing;
    }
    if ((row->who & owner_bit(target.kind())) == 0) {
        return not_an_owner(level);
    }
    return &*row;
}

/// A client's negative length arrives as a huge one. SOL_SOCKET takes the bytes the option needs, other
/// levels and one-byte options do not (OPT-5).
bool is_negative(std::size_t length) noexcept
{
    return length > static_cast<std::size_t>(INT_MAX);
}

/// How many bytes of the value count; 0 means: accepted, without effect.
result<std::size_t> counted_bytes(const option_row& row, std::size_t length)
{
    const bool socket_level = row.level == option_level::socket;
    if (is_negative(length) && (!socket_level || row.length == one_byte)) {
        return errc::no_buffer_space;
    }
    switch (row.length) {
    case block:
        return length < row.least ? result<std::size_t>(errc::fault) : result<std::size_t>(length);
    case one_byte:
        return length == 0 ? result<std::size_t>(errc::fault) : result<std::size_t>(1);
    case whole:
        return length < sizeof(int) ? result<std::size_t>(errc::fault) : result<std::size_t>(sizeof(int));
    case boolean:
    case octet:
        break;
    }
    if (length == 0 && !socket_level) {
        return errc::fault;
    }
    return std::min(length, sizeof(int));
}

int little_endian(const std::byte* bytes, std::size_t count) noexcept
{
    std::uint32_t value = 0;
    std::memcpy(&value, bytes, count);
    return static_cast<int>(value);
}

std::size_t put(std::span<std::byte> target, int number, std::size_t count) noexcept
{
    std::memcpy(target.data(), &number, count);
    return count;
}

}  // namespace

static_assert(std::endian::native == std::endian::little, "values shorter than 32 bits are their low bytes");

result<void> set_socket_option(basic_socket& target, int level, int name, std::span<const std::byte> value)
{
    const auto row = find_row(target, level, name, [](const option_row& each) {
        return each.set != nullptr || each.set_block != nullptr;
    });
    if (!row) {
        return row.error();
    }
    const option_row& found = **row;
    const bool empty_block = found.length == block && found.least == 0 && value.empty();
    if (value.data() == nullptr && !empty_block) {
        return errc::fault;
    }
    const auto count = counted_bytes(found, value.size());
    if (!count) {
        return count.error();
    }
    if (found.length == block) {
        return found.set_block(target, value.first(*count));
    }
    if (*count == 0) {
        return {};
    }
    const int number = little_endian(value.data(), *count);
    if (found.length == octet && (number < 0 || number > 255)) {
        return errc::invalid_argument;
    }
    return found.set(target, number);
}

result<std::size_t> get_socket_option(basic_socket& target, int level, int name, std::span<std::byte> value)
{
    const auto row = find_row(target, level, name, [](const option_row& each) {
        return each.get != nullptr || each.get_block != nullptr;
    });
    if (!row) {
        return row.error();
    }
    const option_row& found = **row;
    if (value.data() == nullptr || value.empty() || (found.length == whole && value.size() < sizeof(int))) {
        return errc::fault;
    }
    if (found.length == block) {
        return found.get_block(target, value);
    }
    const auto number = found.get(target);
    if (!number) {
        return number.error();
    }
    const bool short_form = found.length == one_byte || value.size() < sizeof(int);
    return put(value, *number, short_form ? 1 : sizeof(int));
}

namespace {

/// Kept numbers that the system has to know again.
struct lower_setting {
    kept number;
    option lower;
};
constexpr auto lower_settings = std::to_array<lower_setting>({
    {kept::reuse_unicast_port, option::late_port},
    {kept::fast_open, option::fast_open},
    {kept::syn_retries, option::syn_retries},
    {kept::no_checksum, option::no_checksum},
    {kept::segment_size, option::segment_size},
    {kept::header_included, option::header_included},
    {kept::path_discovery, option::path_discovery},
    {kept::multicast_hops, option::multicast_hops},
    {kept::unicast_interface, option::unicast_interface},
    {kept::ipv6_unicast_interface, option::unicast_interface},
    {kept::checksum_offset, option::checksum_offset},
});

void reapply_rare_options(lower_socket& lower, const rare_options& rare) noexcept
{
    for (const auto& [number, setting] : lower_settings) {
        if (rare.numbers.has(number)) {
            (void)lower.set_option(setting, rare.numbers.get(number, 0));
        }
    }
    if (rare.numbers.has(kept::dont_fragment)) {
        (void)lower.set_option(option::fragment, rare.numbers.get(kept::dont_fragment, 0) != 0 ? 0 : 1);
    }
    if (const int limit = rare.numbers.get(kept::maximum_retransmission_ms, 0); limit != 0) {
        (void)lower.set_option(option::user_timeout, limit == -1 ? INT_MAX : limit);
    }
    if (!rare.ip_options.empty()) {
        (void)lower.set_header_options(header_options::ip_options, rare.ip_options);
    }
    if (!rare.hop_options.empty()) {
        (void)lower.set_header_options(header_options::hop_options, rare.hop_options);
    }
    (void)lower.set_reception(rare.reception);
}

}  // namespace

void reapply_client_options(basic_socket& target) noexcept
{
    struct setting {
        option name;
        int value;
        bool differs;  // from what a fresh socket has
    };
    const socket_options& options = target.options();
    const int send_buffer = options.send_buffer.load(std::memory_order_relaxed);
    const setting settings[] = {
        {option::keep_alive_idle, options.keep_alive_idle, options.keep_alive},
        {option::keep_alive_interval, options.keep_alive_interval, options.keep_alive},
        {option::keep_alive_count, options.keep_alive_count, options.keep_alive},
        {option::keep_alive, 1, options.keep_alive},
        {option::no_delay, 1, options.no_delay},
        {option::broadcast, 1, options.broadcast && !target.is_stream()},
        {option::send_buffer, send_buffer, send_buffer != default_buffer},
        {option::receive_buffer, options.receive_buffer, options.receive_buffer != default_buffer},
        {option::report_unreachable, 0, !options.report_reset && !options.report_expired},
    };
    for (const setting& one : settings) {
        if (one.differs) {
            // The system took the same value before; should it refuse now, the connection works without it.
            (void)target.lower().set_option(one.name, one.value);
        }
    }
    if (const auto* rare = options.rare_if_any()) {
        reapply_rare_options(target.lower(), *rare);
    }
}

}  // namespace spindle
