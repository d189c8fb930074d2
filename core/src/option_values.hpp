// How single options are read and set: what is only stored, what the system's socket has to know, and the
// options with rules of their own. Which option has which length, level and owner stands in the table
// (option_table.cpp), which alone includes this.
#pragma once

#include <bit>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "basic_socket.hpp"
#include "control_options.hpp"
#include "spindle/catalog.hpp"

namespace spindle::option_values {

inline constexpr std::uint16_t default_linger_seconds = 10;  // decision D-25
inline constexpr int default_buffer = 65536;

template <auto Member>
result<int> stored(basic_socket& target)
{
    const std::scoped_lock lock(target.state_mutex());
    return static_cast<int>(target.options().*Member);
}

template <auto Member>
result<void> store_flag(basic_socket& target, int value)
{
    const std::scoped_lock lock(target.state_mutex());
    target.options().*Member = value != 0;
    return {};
}

template <auto Member>
result<void> store_number(basic_socket& target, int value)
{
    const std::scoped_lock lock(target.state_mutex());
    target.options().*Member = value;
    return {};
}

template <auto Member>
result<void> store_milliseconds(basic_socket& target, int value)
{
    const std::scoped_lock lock(target.state_mutex());
    target.options().*Member = static_cast<std::uint32_t>(value);
    return {};
}

// --- values the system's socket has to know
// --------------------------------------------------------------------

template <lower_option Lower>
result<int> lower_value(basic_socket& target)
{
    const std::scoped_lock lock(target.state_mutex());
    return target.lower().get_option(Lower);
}

template <lower_option Lower>
result<void> set_lower(basic_socket& target, int value)
{
    const std::scoped_lock lock(target.state_mutex());
    return target.lower().set_option(Lower, value);
}

/// The system first: what it refuses is not stored.
template <lower_option Lower, auto Member>
result<void> set_flag(basic_socket& target, int value)
{
    const std::scoped_lock lock(target.state_mutex());
    if (auto set = target.lower().set_option(Lower, value != 0 ? 1 : 0); !set) {
        return set;
    }
    target.options().*Member = value != 0;
    return {};
}

template <lower_option Lower, auto Member>
result<void> set_buffer(basic_socket& target, int bytes)
{
    if (bytes < 0) {
        return errc::invalid_argument;
    }
    const std::scoped_lock lock(target.state_mutex());
    if (auto set = target.lower().set_option(Lower, bytes); !set) {
        return set;
    }
    target.options().*Member = bytes;
    return {};
}

// --- options with rules of their own
// -----------------------------------------------------------------------------

/// BIND-9, BND-1: each excludes the other while it is on.
template <bind_mode Mine, bind_mode Other>
result<void> set_bind_mode(basic_socket& target, int value)
{
    const std::scoped_lock lock(target.state_mutex());
    bind_mode& mode = target.options().mode;
    if (value != 0 && mode == Other) {
        return errc::invalid_argument;
    }
    if (value != 0) {
        mode = Mine;
    } else if (mode == Mine) {
        mode = bind_mode::standard;
    }
    return {};
}

template <bind_mode Mine>
result<int> is_bind_mode(basic_socket& target)
{
    const std::scoped_lock lock(target.state_mutex());
    return target.options().mode == Mine ? 1 : 0;
}

inline result<int> linger_value(basic_socket& target)
{
    const std::scoped_lock lock(target.state_mutex());
    return std::bit_cast<int>(target.options().linger);
}

inline result<void> set_linger_value(basic_socket& target, int value)
{
    const std::scoped_lock lock(target.state_mutex());
    target.options().linger = std::bit_cast<linger_option>(value);
    target.options().linger_ever_set = true;
    return {};
}

inline result<int> dont_linger(basic_socket& target)
{
    const std::scoped_lock lock(target.state_mutex());
    return target.options().linger.on == 0 ? 1 : 0;
}

/// LOPT-4, LOPT-5: the time is kept; one that was never set becomes long enough not to be a hard close.
inline result<void> set_dont_linger(basic_socket& target, int value)
{
    const std::scoped_lock lock(target.state_mutex());
    socket_options& options = target.options();
    options.linger.on = value == 0 ? 1 : 0;
    if (value == 0 && !options.linger_ever_set) {
        options.linger.seconds = default_linger_seconds;
    }
    return {};
}

inline result<int> is_listening(basic_socket& target)
{
    return target.has(state::listening) ? 1 : 0;
}

inline result<void> set_conditional_accept(basic_socket& target, int value)
{
    return target.has(state::listening) ? result<void>(errc::invalid_argument)
                                        : store_flag<&socket_options::conditional_accept>(target, value);
}

inline result<int> pending_error(basic_socket& target)
{
    const std::scoped_lock lock(target.state_mutex());
    return static_cast<int>(target.pending_error());
}

inline result<void> set_pending_error(basic_socket& target, int value)
{
    const std::scoped_lock lock(target.state_mutex());
    target.set_pending_error(static_cast<errc>(value));
    return {};
}

inline result<int> type_number(basic_socket& target)
{
    return static_cast<int>(target.kind().type);
}

/// Get-only, and which error says so depends on the type.
inline result<void> refuse_type(basic_socket& target, int)
{
    return target.is_stream() ? errc::no_protocol_option : errc::invalid_argument;
}

inline result<int> no_group(basic_socket&)
{
    return 0;
}

inline result<int> largest_datagram(basic_socket& target)
{
    const catalog_entry* entry = find_entry(target.kind());
    return entry == nullptr ? 0 : static_cast<int>(entry->largest_datagram);
}

inline result<int> connect_seconds(basic_socket& target)
{
    const std::scoped_lock lock(target.state_mutex());
    const auto since = target.connected_since();
    if (!since) {
        return -1;
    }
    return static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(clock::now() - *since).count());
}

/// LNX-34: the client's times, or Winsock's defaults, reach the system when keep-alive is on; AF_UNIX has none.
inline result<void> switch_keep_alive(basic_socket& target, int value)
{
    if (auto set = set_flag<lower_option::keep_alive, &socket_options::keep_alive>(target, value); !set) {
        return set;
    }
    const std::scoped_lock lock(target.state_mutex());
    const socket_options& options = target.options();
    if (options.keep_alive && target.kind().family != address_family::local) {
        (void)target.lower().set_option(lower_option::keep_alive_idle, options.keep_alive_idle);
        (void)target.lower().set_option(lower_option::keep_alive_interval, options.keep_alive_interval);
        (void)target.lower().set_option(lower_option::keep_alive_count, options.keep_alive_count);
    }
    return {};
}

/// Seconds and counts: a value the system cannot mean is refused here, the same on every system.
template <lower_option Lower, auto Member, int Highest>
result<void> set_keep_alive(basic_socket& target, int value)
{
    if (value < 1 || value > Highest) {
        return errc::invalid_argument;
    }
    const std::scoped_lock lock(target.state_mutex());
    if (auto set = target.lower().set_option(Lower, value); !set) {
        return set;
    }
    target.options().*Member = value;
    return {};
}

/// From here on receives look for urgent bytes.
inline result<void> set_oob_inline(basic_socket& target, int value)
{
    target.set_state(state::urgent_interest);
    return store_flag<&socket_options::oob_inline>(target, value);
}

/// RFC 1122's reading of the urgent pointer cannot be given up again once chosen.
inline result<void> set_expedited(basic_socket& target, int value)
{
    const std::scoped_lock lock(target.state_mutex());
    bool& expedited = target.options().expedited_1122;
    if (value == 0 && expedited) {
        return errc::invalid_argument;
    }
    expedited = value != 0;
    return {};
}

inline result<int> bsd_urgent(basic_socket& target)
{
    const std::scoped_lock lock(target.state_mutex());
    return target.options().expedited_1122 ? 0 : 1;
}

inline result<void> set_bsd_urgent(basic_socket& target, int value)
{
    return set_expedited(target, value == 0 ? 1 : 0);
}

/// Counts at bind time; the system knows it for IPv6 only, the option is there for IPv4 sockets, too.
inline result<void> set_v6_only(basic_socket& target, int value)
{
    if (target.has(state::bound)) {
        return errc::invalid_argument;
    }
    return target.kind().family == address_family::ipv6
               ? set_flag<lower_option::v6_only, &socket_options::v6_only>(target, value)
               : store_flag<&socket_options::v6_only>(target, value);
}

/// Control information of received datagrams (MSG-12 to MSG-14).
template <unsigned Bit>
result<int> control_wanted(basic_socket& target)
{
    return (target.options().control_wanted.load(std::memory_order_acquire) & Bit) != 0 ? 1 : 0;
}

template <unsigned Bit>
result<void> set_control_wanted(basic_socket& target, int value)
{
    return want_control(target, Bit, value != 0);
}

/// The system knows broadcasts of datagram sockets only.
inline result<void> set_broadcast(basic_socket& target, int value)
{
    return target.is_stream() ? store_flag<&socket_options::broadcast>(target, value)
                              : set_flag<lower_option::broadcast, &socket_options::broadcast>(target, value);
}

}  // namespace spindle::option_values
