// The table T-ENO: errno to Winsock code, first the rows that hold for one call only, then those for every
// call. Sources: Linux manual pages connect(2), accept(2), recv(2), ip(7), unix(7); contract section 2.6.
#include "asio/errno_map.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include "spindle/trace.hpp"

namespace spindle {
namespace {

struct call_row {
    failed_call call;
    int number;
    errc code;
};

constexpr auto rows_of_calls = std::to_array<call_row>({
    {failed_call::connect, EINPROGRESS, errc::would_block},
    // An interrupted connect goes on in the background (connect(2)).
    {failed_call::connect, EINTR, errc::would_block},
    // No local port or cache entry left; nothing is in progress, so would_block would promise too much.
    {failed_call::connect, EAGAIN, errc::no_buffer_space},
    {failed_call::connect_local, EINPROGRESS, errc::would_block},
    {failed_call::connect_local, EINTR, errc::would_block},
    {failed_call::connect_local, ENOENT, errc::connection_refused},
    {failed_call::connect_local, ENOTSOCK, errc::connection_refused},
    {failed_call::connect_local, ENOTDIR, errc::connection_refused},
    // The listener's queue is full and the attempt is over (unix(7)): LNX-15.
    {failed_call::connect_local, EAGAIN, errc::connection_refused},
    // No urgent byte announced, or read already, or not arrived yet.
    {failed_call::receive_urgent, EINVAL, errc::would_block},
    {failed_call::datagram, ECONNREFUSED, errc::connection_reset},
    {failed_call::datagram, EPERM, errc::access_denied},
});

struct row {
    int number;
    errc code;
};

constexpr auto rows = std::to_array<row>({
    {EPERM, errc::access_denied},
    {ENOENT, errc::address_not_available},
    {ENXIO, errc::address_not_available},
    {EBADF, errc::not_socket},
    {EAGAIN, errc::would_block},
    {ENOMEM, errc::no_buffer_space},
    {EACCES, errc::access_denied},
    {EROFS, errc::access_denied},
    {EFAULT, errc::fault},
    {ENODEV, errc::address_not_available},
    {ENOTDIR, errc::address_not_available},
    {EINVAL, errc::invalid_argument},
    {EDOM, errc::invalid_argument},
    {ENFILE, errc::too_many_open_sockets},
    {EMFILE, errc::too_many_open_sockets},
    {EPIPE, errc::shut_down},
    {EPROTO, errc::connection_aborted},
    {ELOOP, errc::loop},
    {ENAMETOOLONG, errc::name_too_long},
    {ENOTEMPTY, errc::not_empty},
    {EDQUOT, errc::disk_quota},
    {ESTALE, errc::stale},
    {EREMOTE, errc::remote},
    {EUSERS, errc::user_quota},
    {ENOSPC, errc::no_buffer_space},
    {EINPROGRESS, errc::in_progress},
    {EALREADY, errc::already},
    {ENOTSOCK, errc::not_socket},
    {EDESTADDRREQ, errc::destination_address_required},
    {EMSGSIZE, errc::message_size},
    {EPROTOTYPE, errc::wrong_protocol_type},
    {ENOPROTOOPT, errc::no_protocol_option},
    {EPROTONOSUPPORT, errc::protocol_not_supported},
    {ESOCKTNOSUPPORT, errc::socket_type_not_supported},
    {EOPNOTSUPP, errc::operation_not_supported},
    {EPFNOSUPPORT, errc::protocol_family_not_supported},
    {EAFNOSUPPORT, errc::address_family_not_supported},
    {EADDRINUSE, errc::address_in_use},
    {EADDRNOTAVAIL, errc::address_not_available},
    {ENETDOWN, errc::network_down},
    {ENONET, errc::network_down},
    {ENETUNREACH, errc::network_unreachable},
    {ENETRESET, errc::network_reset},
    {ECONNABORTED, errc::connection_aborted},
    {ECONNRESET, errc::connection_reset},
    {ENOBUFS, errc::no_buffer_space},
    {EISCONN, errc::already_connected},
    {ENOTCONN, errc::not_connected},
    {ESHUTDOWN, errc::shut_down},
    {ETOOMANYREFS, errc::too_many_references},
    {ETIMEDOUT, errc::timed_out},
    {ECONNREFUSED, errc::connection_refused},
    {EHOSTDOWN, errc::host_down},
    {EHOSTUNREACH, errc::host_unreachable},
});

static_assert(EAGAIN == EWOULDBLOCK && ENOTSUP == EOPNOTSUPP);

// accept(2), "Error handling": Linux passes errors of the new connection on as its own. EOPNOTSUPP and
// ENOPROTOOPT stand there too, but they are also what a socket that cannot accept at all answers, for ever.
constexpr std::array dead_connection_errors{ECONNABORTED, EPROTO,       ENETDOWN,    EHOSTDOWN,
                                            ENONET,       EHOSTUNREACH, ENETUNREACH, ETIMEDOUT};

// What ICMP messages become (ip(7), "IP_RECVERR"; kernel table of ICMP codes).
constexpr std::array asynchronous_errors{ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN,
                                         ENONET,       ENOPROTOOPT,  EPROTO,      EMSGSIZE};

}  // namespace

errc errc_from_errno(int number, failed_call call) noexcept
{
    // The one that every wait begins with, ahead of the search.
    if (number == EAGAIN && call == failed_call::other) {
        return errc::would_block;
    }
    for (const auto& candidate : rows_of_calls) {
        if (candidate.call == call && candidate.number == number) {
            return candidate.code;
        }
    }
    for (const auto& candidate : rows) {
        if (candidate.number == number) {
            return candidate.code;
        }
    }
    if (trace::enabled(trace::level::warning)) {
        trace::write(trace::level::warning, "unknown errno", {{"errno", number}});
    }
    return errc::system_call_failure;
}

bool is_dead_connection(int number) noexcept
{
    return std::ranges::find(dead_connection_errors, number) != dead_connection_errors.end();
}

bool is_asynchronous_error(int number) noexcept
{
    return std::ranges::find(asynchronous_errors, number) != asynchronous_errors.end();
}

}  // namespace spindle
