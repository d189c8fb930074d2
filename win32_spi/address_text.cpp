// The text forms of addresses; see address_text.hpp.
#include "address_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace spindle::spi {

namespace {

using groups = std::array<std::uint16_t, 8>;
using optional_number = std::optional<std::uint64_t>;

std::uint8_t octet(std::span<const std::byte> bytes, std::size_t index) noexcept
{
    return std::to_integer<std::uint8_t>(bytes[index]);
}

// --- to text
// ---------------------------------------------------------------------------------------------------

std::string dotted(std::span<const std::byte> host)
{
    return std::to_string(octet(host, 0)) + '.' + std::to_string(octet(host, 1)) + '.' +
           std::to_string(octet(host, 2)) + '.' + std::to_string(octet(host, 3));
}

groups groups_of(std::span<const std::byte> host) noexcept
{
    groups result{};
    for (std::size_t index = 0; index < result.size(); ++index) {
        result[index] = static_cast<std::uint16_t>(octet(host, 2 * index) << 8U | octet(host, 2 * index + 1));
    }
    return result;
}

struct run {
    std::size_t begin = 0;
    std::size_t length = 0;
};

/// The first of the longest runs of zero groups, of at least two: a single one is not abbreviated.
run longest_zero_run(const groups& all, std::size_t count) noexcept
{
    run best;
    for (std::size_t begin = 0; begin < count;) {
        const auto end =
            static_cast<std::size_t>(std::find_if(all.begin() + static_cast<std::ptrdiff_t>(begin),
                                                  all.begin() + static_cast<std::ptrdiff_t>(count),
                                                  [](std::uint16_t group) { return group != 0; }) -
                                     all.begin());
        if (end - begin > best.length) {
            best = {begin, end - begin};
        }
        begin = end + 1;
    }
    return best.length < 2 ? run{} : best;
}

std::string hexadecimal(std::uint16_t group)
{
    std::array<char, 4> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), group, 16).ptr;
    return {digits.data(), end};
}

std::string ipv6_host(const socket_address& address)
{
    const groups all = groups_of(address.host());
    const bool mapped = address.is_ipv4_mapped();
    const std::size_t count = mapped ? all.size() - 2 : all.size();
    const run zeros = longest_zero_run(all, count);
    std::string text;
    for (std::size_t index = 0; index < count;) {
        if (zeros.length != 0 && index == zeros.begin) {
            text += "::";
            index += zeros.length;
            continue;
        }
        if (!text.empty() && text.back() != ':') {
            text += ':';
        }
        text += hexadecimal(all[index++]);
    }
    return mapped ? text + ':' + dotted(address.host().subspan(12)) : text;
}

// --- from text
// -------------------------------------------------------------------------------------------------

enum class overflow { refused, cut };

/// Digits only, at least one. A number beyond 32 bits is refused, or cut to its low bits.
optional_number parse_digits(std::string_view text, unsigned base, overflow beyond) noexcept
{
    if (text.empty()) {
        return {};
    }
    std::uint64_t value = 0;
    for (const char character : text) {
        unsigned digit = base;
        std::from_chars(&character, &character + 1, digit, 16);
        if (digit >= base) {
            return {};
        }
        value = value * base + digit;
        if (value > 0xFFFFFFFF && beyond == overflow::refused) {
            return {};
        }
        value &= 0xFFFFFFFF;
    }
    return value;
}

bool has_hex_mark(std::string_view text) noexcept
{
    return text.size() > 1 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

/// C's notation: 0x for hexadecimal, a leading 0 for octal.
optional_number parse_number(std::string_view text, overflow beyond_in_hex = overflow::refused) noexcept
{
    if (has_hex_mark(text)) {
        return parse_digits(text.substr(2), 16, beyond_in_hex);
    }
    if (text.size() > 1 && text[0] == '0') {
        return parse_digits(text.substr(1), 8, overflow::refused);
    }
    return parse_digits(text, 10, overflow::refused);
}

std::optional<std::uint16_t> parse_port(std::string_view text) noexcept
{
    const auto port = parse_number(text);
    if (!port || *port == 0 || *port > 0xFFFF) {
        return {};
    }
    return static_cast<std::uint16_t>(*port);
}

/// One to four parts, the last of which fills what is left of the 32 bits.
std::optional<std::uint32_t> parse_ipv4_host(std::string_view text) noexcept
{
    std::uint32_t host = 0;
    for (unsigned part = 0; part < 4; ++part) {
        const std::size_t dot = text.find('.');
        const bool last = dot == std::string_view::npos;
        // A whole address in hexadecimal may be too long and loses its high bits (ADR-16).
        const auto value =
            parse_number(text.substr(0, dot), part == 0 && last ? overflow::cut : overflow::refused);
        const std::uint64_t highest = last ? 0xFFFFFFFFULL >> (8 * part) : 0xFF;
        if (!value || *value > highest) {
            return {};
        }
        if (last) {
            return host | static_cast<std::uint32_t>(*value);
        }
        host |= static_cast<std::uint32_t>(*value) << (24 - 8 * part);
        text.remove_prefix(dot + 1);
    }
    return {};
}

std::optional<socket_address> parse_ipv4(std::string_view text) noexcept
{
    const std::size_t colon = text.find(':');
    std::uint16_t port = 0;
    if (colon != std::string_view::npos) {
        const auto parsed = parse_port(text.substr(colon + 1));
        if (!parsed) {
            return {};
        }
        port = *parsed;
    }
    const auto host = parse_ipv4_host(text.substr(0, colon));
    if (!host) {
        return {};
    }
    return socket_address::ipv4({static_cast<std::uint8_t>(*host >> 24U),
                                 static_cast<std::uint8_t>(*host >> 16U),
                                 static_cast<std::uint8_t>(*host >> 8U), static_cast<std::uint8_t>(*host)},
                                port);
}

/// The groups on one side of "::" (or all of them), appended to `into`; a dotted tail counts as two groups.
/// False when the text is malformed or there are more than eight.
bool parse_groups(std::string_view text, bool may_end_dotted, groups& into, std::size_t& count) noexcept
{
    while (!text.empty()) {
        const std::size_t colon = text.find(':');
        const std::string_view part = text.substr(0, colon);
        if (colon == std::string_view::npos && may_end_dotted &&
            std::count(part.begin(), part.end(), '.') == 3) {
            const auto host = parse_ipv4_host(part);
            if (!host || count + 2 > into.size()) {
                return false;
            }
            into[count++] = static_cast<std::uint16_t>(*host >> 16U);
            into[count++] = static_cast<std::uint16_t>(*host);
            return true;
        }
        const auto value = part.size() > 4 ? optional_number() : parse_digits(part, 16, overflow::refused);
        if (!value || count == into.size()) {
            return false;
        }
        into[count++] = static_cast<std::uint16_t>(*value);
        if (colon == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(colon + 1);
        if (text.empty()) {
            return false;  // a colon at the end
        }
    }
    return true;
}

std::optional<groups> parse_ipv6_host(std::string_view text) noexcept
{
    groups front{};
    std::size_t front_count = 0;
    const std::size_t gap = text.find("::");
    if (gap == std::string_view::npos) {
        const bool whole = parse_groups(text, true, front, front_count) && front_count == front.size();
        return whole ? std::optional(front) : std::nullopt;
    }
    groups back{};
    std::size_t back_count = 0;
    if (!parse_groups(text.substr(0, gap), false, front, front_count) ||
        !parse_groups(text.substr(gap + 2), true, back, back_count) ||
        front_count + back_count >= front.size()) {
        return {};
    }
    std::copy_backward(back.begin(), back.begin() + static_cast<std::ptrdiff_t>(back_count), front.end());
    return front;
}

struct bracketed {
    std::string_view inside;
    std::uint16_t port = 0;
};

/// Takes off the brackets and the port behind them; text without a bracket in front stays as it is.
std::optional<bracketed> take_off_brackets(std::string_view text) noexcept
{
    if (text.empty() || text.front() != '[') {
        return bracketed{text};
    }
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) {
        return {};
    }
    const std::string_view inside = text.substr(1, end - 1);
    const std::string_view behind = text.substr(end + 1);
    if (behind.empty()) {
        return bracketed{inside};
    }
    const auto port = behind.front() == ':' ? parse_port(behind.substr(1)) : std::nullopt;
    return port ? std::optional(bracketed{inside, *port}) : std::nullopt;
}

std::optional<socket_address> parse_ipv6(std::string_view text) noexcept
{
    const auto taken = take_off_brackets(text);
    if (!taken) {
        return {};
    }
    const std::size_t percent = taken->inside.find('%');
    std::uint64_t scope = 0;
    if (percent != std::string_view::npos) {
        const auto parsed = parse_digits(taken->inside.substr(percent + 1), 10, overflow::refused);
        if (!parsed) {
            return {};
        }
        scope = *parsed;
    }
    const auto host = parse_ipv6_host(taken->inside.substr(0, percent));
    if (!host) {
        return {};
    }
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t index = 0; index < host->size(); ++index) {
        bytes[2 * index] = static_cast<std::uint8_t>((*host)[index] >> 8U);
        bytes[2 * index + 1] = static_cast<std::uint8_t>((*host)[index]);
    }
    return socket_address::ipv6(bytes, taken->port, static_cast<std::uint32_t>(scope));
}

}  // namespace

std::string address_to_text(const socket_address& address)
{
    const std::string port = address.port() == 0 ? std::string() : ':' + std::to_string(address.port());
    if (address.family() == address_family::ipv4) {
        return dotted(address.host()) + port;
    }
    std::string host = ipv6_host(address);
    if (address.scope_id() != 0) {
        host += '%' + std::to_string(address.scope_id());
    }
    return port.empty() ? host : '[' + host + ']' + port;
}

std::optional<socket_address> address_from_text(address_family family, std::string_view text)
{
    return family == address_family::ipv4 ? parse_ipv4(text) : parse_ipv6(text);
}

}  // namespace spindle::spi
