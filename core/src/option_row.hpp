// What a row of the option table says: level, name, who has the option, how long its value is, how it is read and set. The
// rows stand in option_rows_*.cpp, one file per level; option_table.cpp looks them up and checks what is common.
#pragma once

#include <cstddef>
#include <span>

#include "basic_socket.hpp"

namespace spindle {

/// Who has an option: a set of kinds of sockets.
namespace owners {
inline constexpr unsigned tcp4 = 1U << 0;
inline constexpr unsigned udp4 = 1U << 1;
inline constexpr unsigned raw4 = 1U << 2;
inline constexpr unsigned tcp6 = 1U << 3;
inline constexpr unsigned udp6 = 1U << 4;
inline constexpr unsigned raw6 = 1U << 5;
inline constexpr unsigned local = 1U << 6;
inline constexpr unsigned tcp = tcp4 | tcp6;
inline constexpr unsigned udp = udp4 | udp6;
inline constexpr unsigned raw = raw4 | raw6;
inline constexpr unsigned streams = tcp | local;
inline constexpr unsigned datagrams = udp | raw;
inline constexpr unsigned ipv4 = tcp4 | udp4 | raw4;
inline constexpr unsigned ipv6 = tcp6 | udp6 | raw6;
inline constexpr unsigned all = ipv4 | ipv6 | local;
}  // namespace owners

/// How many bytes a value has (OPT-3 to OPT-9).
enum class length_rule : unsigned char {
    one_byte,  ///< set: 1 or more, the first counts; get: 1
    boolean,   ///< set: 1 or more; get: 4, or 1 into a shorter buffer
    octet,     ///< as boolean, a number up to 255
    whole,     ///< 4 or more
    block,     ///< `least` or more bytes of the option's own layout
};

using number_getter = result<int> (*)(basic_socket&);
using number_setter = result<void> (*)(basic_socket&, int);
/// Returns how many bytes it wrote. Errors: fault (no room).
using block_getter = result<std::size_t> (*)(basic_socket&, std::span<std::byte>);
using block_setter = result<void> (*)(basic_socket&, std::span<const std::byte>);

struct option_row {
    int level;
    int name;
    unsigned who;
    length_rule length;
    number_getter get = nullptr;
    number_setter set = nullptr;
    block_getter get_block = nullptr;
    block_setter set_block = nullptr;
    std::size_t least = 0;
    errc missing = errc::no_protocol_option;  ///< of what has no getter or setter
};

/// An option whose value is a number; a null function: there is no such direction.
[[nodiscard]] constexpr option_row number_option(int level, int name, unsigned who, length_rule length,
                                                 number_getter get, number_setter set) noexcept
{
    return {level, name, who, length, get, set};
}

[[nodiscard]] constexpr option_row block_option(int level, int name, unsigned who, std::size_t least, block_getter get,
                                                block_setter set) noexcept
{
    return {level, name, who, length_rule::block, nullptr, nullptr, get, set, least};
}

/// A name that is known and always refused.
[[nodiscard]] constexpr option_row refused_option(int level, int name, errc why = errc::no_protocol_option) noexcept
{
    return {level, name, owners::all, length_rule::whole, nullptr, nullptr, nullptr, nullptr, 0, why};
}

[[nodiscard]] std::span<const option_row> socket_level_options() noexcept;
[[nodiscard]] std::span<const option_row> transport_level_options() noexcept;
[[nodiscard]] std::span<const option_row> ip_level_options() noexcept;
[[nodiscard]] std::span<const option_row> ipv6_level_options() noexcept;

}  // namespace spindle
