// How single options are read and set: what is only stored, what the system's socket has to know, and the
// options with rules of their own. Which option has which length, level and owner stands in the table
// (option_rows_*.cpp). Those of multicast groups are group_options.hpp's.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <climits>
#include <cstdint>
#include <mutex>

#include "control_options.hpp"
#include "option_row.hpp"
#include "spindle/catalog.hpp"

namespace spindle::option_values {

inline constexpr std::uint16_t default_linger_seconds = 10;  // decision D-25

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

// --- rarely set ones: what the client gave, kept by name
// ---------------------------------------------------------------------------

template <kept Which, int Default>
result<int> kept_value(basic_socket& target)
{
    const std::scoped_lock lock(target.state_mutex());
    const auto* rare = target.options().rare_if_any();
    return rare == nullptr ? Default : rare->numbers.get(Which, Default);
}

template <kept Which>
result<void> keep(basic_socket& target, int value)
{
    const std::scoped_lock lock(target.state_mutex());
    target.options().rare().numbers.put(Which, value);
    return {};
}

template <kept Which>
result<void> keep_flag(basic_socket& target, int value)
{
    return keep<Which>(target, value != 0 ? 1 : 0);
}

/// What reaches the system first and is kept if it took it. A fresh socket gets it again (lower_settings in
/// option_table.cpp).
template <lower_option Lower, kept Which, int Lowest = INT_MIN, int Highest = INT_MAX>
result<void> set_kept(basic_socket& target, int value)
{
    if (value < Lowest || value > Highest) {
        return errc::invalid_argument;
    }
    const std::scoped_lock lock(target.state_mutex());
    kept_numbers& numbers = target.options().rare().numbers;
    if (auto set = target.lower().set_option(Lower, value); !set) {
        return set;
    }
    numbers.put(Which, value);
    return {};
}

template <lower_option Lower, kept Which>
result<void> set_kept_flag(basic_socket& target, int value)
{
    return set_kept<Lower, Which>(target, value != 0 ? 1 : 0);
}

/// Counts at bind time and is refused afterwards.
template <number_setter Set>
result<void> before_bind(basic_socket& target, int value)
{
    return target.has(state::bound) ? result<void>(errc::invalid_argument) : Set(target, value);
}

template <number_setter Set>
result<void> before_connect(basic_socket& target, int value)
{
    return target.has(state::connected | state::connecting) ? result<void>(errc::invalid_argument) : Set(target, value);
}

template <int Value>
result<int> always(basic_socket&)
{
    return Value;
}

/// There is no other value here than this one.
template <int Value>
result<void> nothing_but(basic_socket&, int value)
{
    return value == Value ? result<void>() : result<void>(errc::no_protocol_option);
}

template <bool reception_rules::*Rule>
result<int> reception_rule(basic_socket& target)
{
    const std::scoped_lock lock(target.state_mutex());
    const auto* rare = target.options().rare_if_any();
    return (rare != nullptr ? rare->reception.*Rule : reception_rules{}.*Rule) ? 1 : 0;
}

/// Applies `change` to the rules; they stay as they were when it or the system fails.
template <class Change>
result<void> change_reception(basic_socket& target, Change&& change)
{
    const std::scoped_lock lock(target.state_mutex());
    auto& present = target.options().rare().reception;
    reception_rules wanted = present;
    if (auto changed = change(wanted); !changed) {
        return changed;
    }
    if (auto set = target.lower().set_reception(wanted); !set) {
        return set;
    }
    present = std::move(wanted);
    return {};
}

template <bool reception_rules::*Rule>
result<void> set_reception_rule(basic_socket& target, int value)
{
    return change_reception(target, [&](reception_rules& rules) {
        rules.*Rule = value != 0;
        return result<void>();
    });
}

/// The list of interfaces is there while its option is on.
inline result<void> add_interface(basic_socket& target, int index)
{
    return change_reception(target, [&](reception_rules& rules) -> result<void> {
        const auto number = static_cast<std::uint32_t>(index);
        if (!rules.only_listed || number == 0) {
            return errc::invalid_argument;
        }
        if (std::ranges::find(rules.interfaces, number) == rules.interfaces.end()) {
            rules.interfaces.push_back(number);
        }
        return {};
    });
}

inline result<void> remove_interface(basic_socket& target, int index)
{
    return change_reception(target, [&](reception_rules& rules) -> result<void> {
        const bool listed =
            rules.only_listed && std::erase(rules.interfaces, static_cast<std::uint32_t>(index)) != 0;
        return listed ? result<void>() : result<void>(errc::invalid_argument);
    });
}

inline result<std::size_t> listed_interfaces(basic_socket& target, std::span<std::byte> value)
{
    const std::scoped_lock lock(target.state_mutex());
    const auto* rare = target.options().rare_if_any();
    if (rare == nullptr || !rare->reception.only_listed) {
        return errc::invalid_argument;
    }
    const auto bytes = std::as_bytes(std::span(rare->reception.interfaces));
    if (value.size() < bytes.size()) {
        return errc::fault;
    }
    std::ranges::copy(bytes, value.begin());
    return bytes.size();
}

template <std::vector<std::byte> rare_options::*Bytes>
result<std::size_t> header_option_bytes(basic_socket& target, std::span<std::byte> value)
{
    const std::scoped_lock lock(target.state_mutex());
    const auto* rare = target.options().rare_if_any();
    if (rare == nullptr) {
        return std::size_t{0};
    }
    const auto& bytes = rare->*Bytes;
    if (value.size() < bytes.size()) {
        return errc::fault;
    }
    std::ranges::copy(bytes, value.begin());
    return bytes.size();
}

template <header_options Which, std::vector<std::byte> rare_options::*Bytes>
result<void> set_header_option_bytes(basic_socket& target, std::span<const std::byte> value)
{
    const std::scoped_lock lock(target.state_mutex());
    auto& present = target.options().rare().*Bytes;
    std::vector<std::byte> wanted(value.begin(), value.end());
    if (auto set = target.lower().set_header_options(Which, value); !set) {
        return set;
    }
    present = std::move(wanted);
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

/// TCP_MAXRT and TCP_MAXRTMS: one time in two units. -1: never, 0: as long as the system thinks fit.
template <int Unit>
result<void> set_retransmission_limit(basic_socket& target, int value)
{
    if (value < -1) {
        return errc::invalid_argument;
    }
    constexpr int longest = INT_MAX / Unit;
    const int milliseconds = value == -1 ? -1 : std::min(value, longest) * Unit;
    const std::scoped_lock lock(target.state_mutex());
    kept_numbers& numbers = target.options().rare().numbers;
    if (auto set = target.lower().set_option(lower_option::user_timeout, milliseconds == -1 ? INT_MAX : milliseconds);
        !set) {
        return set;
    }
    numbers.put(kept::maximum_retransmission_ms, milliseconds);
    return {};
}

template <int Unit>
result<int> retransmission_limit(basic_socket& target)
{
    const auto limit = kept_value<kept::maximum_retransmission_ms, 0>(target);
    return *limit == -1 ? limit : result<int>(*limit / Unit + (*limit % Unit != 0 ? 1 : 0));
}

inline result<int> uses_timestamps(basic_socket& target)
{
    const std::scoped_lock lock(target.state_mutex());
    const auto counted = target.lower().statistics();
    return counted ? result<int>(counted->timestamps ? 1 : 0) : result<int>(counted.error());
}

inline result<int> at_urgent_mark(basic_socket& target)
{
    const auto at_mark = target.at_urgent_mark();
    return at_mark ? result<int>(*at_mark ? 1 : 0) : result<int>(at_mark.error());
}

/// Between UDP_NOCHECKSUM and its opposite UDP_CHECKSUM_COVERAGE.
inline result<int> has_checksum(basic_socket& target)
{
    return *kept_value<kept::no_checksum, 0>(target) == 0 ? 1 : 0;
}

inline result<void> set_has_checksum(basic_socket& target, int value)
{
    return set_kept_flag<lower_option::no_checksum, kept::no_checksum>(target, value == 0 ? 1 : 0);
}

/// Two options that name the same thing to the system; the later call counts there.
inline result<int> dont_fragment(basic_socket& target)
{
    const auto by_default = target.is_stream() ? kept_value<kept::dont_fragment, 1> : kept_value<kept::dont_fragment, 0>;
    return by_default(target);
}

inline result<void> set_dont_fragment(basic_socket& target, int value)
{
    const std::scoped_lock lock(target.state_mutex());
    kept_numbers& numbers = target.options().rare().numbers;
    if (auto set = target.lower().set_option(lower_option::fragment, value != 0 ? 0 : 1); !set) {
        return set;
    }
    numbers.put(kept::dont_fragment, value != 0 ? 1 : 0);
    return {};
}

/// Winsock's PROTECTION_LEVEL_ numbers. There is no traffic through address translators here that the lower two would
/// have to keep out or let in; the highest asks for a site boundary that the system does not know.
inline result<void> set_protection_level(basic_socket& target, int value)
{
    constexpr int unrestricted = 10;
    constexpr int edge_restricted = 20;
    constexpr int restricted = 30;
    if (value == restricted) {
        return errc::no_protocol_option;
    }
    return value == unrestricted || value == edge_restricted ? keep<kept::protection_level>(target, value)
                                                             : errc::invalid_argument;
}

/// The system chooses ports at random in any case; with late choosing there is nothing to choose at bind time.
inline result<void> set_randomize_port(basic_socket& target, int value)
{
    const bool late = *kept_value<kept::reuse_unicast_port, 0>(target) != 0;
    return value != 0 && late ? errc::invalid_argument : keep_flag<kept::randomize_port>(target, value);
}

inline result<void> set_reuse_multicast_port(basic_socket& target, int value)
{
    if (auto set = set_reception_rule<&reception_rules::only_multicasts>(target, value); !set) {
        return set;
    }
    return keep_flag<kept::reuse_multicast_port>(target, value);
}

/// An index in network order, read in host order (T-IP).
inline result<void> set_ipv4_unicast_interface(basic_socket& target, int value)
{
    auto bytes = std::bit_cast<std::array<std::byte, sizeof value>>(value);
    std::ranges::reverse(bytes);
    return set_kept<lower_option::unicast_interface, kept::unicast_interface, 0>(target, std::bit_cast<int>(bytes));
}

/// The system tells of ICMP messages while the client wants to know of one kind; which one it is, is looked at when one comes.
template <auto Member>
result<void> set_report(basic_socket& target, int value)
{
    const std::scoped_lock lock(target.state_mutex());
    socket_options& options = target.options();
    const bool before = options.*Member;
    options.*Member = value != 0;
    const bool any = options.report_reset || options.report_expired;
    auto set = target.lower().set_option(lower_option::report_unreachable, any ? 1 : 0);
    if (!set) {
        options.*Member = before;
    }
    return set;
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
    const bool has_ports = target.kind().type != socket_type::raw;  // raw IPv6 sockets never receive IPv4
    return target.kind().family == address_family::ipv6 && has_ports
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
