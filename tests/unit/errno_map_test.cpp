// The table T-ENO, row by row.
#include <cerrno>

#include "asio/errno_map.hpp"
#include "support/catch.hpp"

using spindle::errc;
using spindle::errc_from_errno;
using spindle::failed_call;

TEST_CASE("same-name pairs gain the prefix only", "[unit][errno]")
{
    CHECK(errc_from_errno(ECONNREFUSED) == errc::connection_refused);
    CHECK(errc_from_errno(ECONNRESET) == errc::connection_reset);
    CHECK(errc_from_errno(EADDRINUSE) == errc::address_in_use);
    CHECK(errc_from_errno(EAFNOSUPPORT) == errc::address_family_not_supported);
    CHECK(errc_from_errno(EMSGSIZE) == errc::message_size);
    CHECK(errc_from_errno(EISCONN) == errc::already_connected);
    CHECK(errc_from_errno(ENOTCONN) == errc::not_connected);
    CHECK(errc_from_errno(ETIMEDOUT) == errc::timed_out);
    CHECK(errc_from_errno(ENETUNREACH) == errc::network_unreachable);
    CHECK(errc_from_errno(EHOSTUNREACH) == errc::host_unreachable);
}

TEST_CASE("T-ENO/EAGAIN is would_block", "[unit][errno]")
{
    CHECK(errc_from_errno(EAGAIN) == errc::would_block);
    CHECK(errc_from_errno(EWOULDBLOCK) == errc::would_block);
}

TEST_CASE("T-ENO/EINPROGRESS of connect is would_block, EALREADY is already", "[unit][errno]")
{
    CHECK(errc_from_errno(EINPROGRESS, failed_call::connect) == errc::would_block);
    CHECK(errc_from_errno(EINPROGRESS, failed_call::connect_local) == errc::would_block);
    CHECK(errc_from_errno(EALREADY, failed_call::connect) == errc::already);
}

TEST_CASE("T-ENO/EPIPE is shut_down", "[unit][errno]")
{
    CHECK(errc_from_errno(EPIPE) == errc::shut_down);
}

TEST_CASE("T-ENO/EPERM, T-ENO/EBADF, T-ENO/ENFILE, T-ENO/ENOMEM, T-ENO/EOPNOTSUPP, T-ENO/ENODEV permissions, handles, limits", "[unit][errno]")
{
    CHECK(errc_from_errno(EPERM) == errc::access_denied);
    CHECK(errc_from_errno(EACCES) == errc::access_denied);
    CHECK(errc_from_errno(EBADF) == errc::not_socket);
    CHECK(errc_from_errno(ENOTSOCK) == errc::not_socket);
    CHECK(errc_from_errno(ENFILE) == errc::too_many_open_sockets);
    CHECK(errc_from_errno(EMFILE) == errc::too_many_open_sockets);
    CHECK(errc_from_errno(ENOMEM) == errc::no_buffer_space);
    CHECK(errc_from_errno(ENOBUFS) == errc::no_buffer_space);
    CHECK(errc_from_errno(ENODEV) == errc::address_not_available);
    CHECK(errc_from_errno(ENXIO) == errc::address_not_available);
    CHECK(errc_from_errno(EOPNOTSUPP) == errc::operation_not_supported);
    CHECK(errc_from_errno(ENOTSUP) == errc::operation_not_supported);
}

TEST_CASE("T-ENO/ECONNREFUSED of a datagram socket is connection_reset", "[unit][errno]")
{
    CHECK(errc_from_errno(ECONNREFUSED, failed_call::datagram) == errc::connection_reset);
    CHECK(errc_from_errno(EHOSTUNREACH, failed_call::datagram) == errc::host_unreachable);
    CHECK(spindle::is_asynchronous_error(ECONNREFUSED));
    CHECK_FALSE(spindle::is_asynchronous_error(EAGAIN));
}

TEST_CASE("T-ENO/EPROTO and ECONNABORTED are skipped by accept and an abort elsewhere", "[unit][errno]")
{
    CHECK(spindle::is_dead_connection(EPROTO));
    CHECK(spindle::is_dead_connection(ECONNABORTED));
    CHECK_FALSE(spindle::is_dead_connection(EMFILE));
    CHECK_FALSE(spindle::is_dead_connection(EINVAL));
    CHECK(errc_from_errno(EPROTO) == errc::connection_aborted);
    CHECK(errc_from_errno(ECONNABORTED) == errc::connection_aborted);
}

TEST_CASE("T-ENO/EINVAL of an urgent receive is would_block", "[unit][errno]")
{
    CHECK(errc_from_errno(EINVAL, failed_call::receive_urgent) == errc::would_block);
    CHECK(errc_from_errno(EINVAL) == errc::invalid_argument);
}

TEST_CASE("T-ENO/ENOENT of an AF_UNIX connect is connection_refused", "[unit][errno]")
{
    CHECK(errc_from_errno(ENOENT, failed_call::connect_local) == errc::connection_refused);
    CHECK(errc_from_errno(ECONNREFUSED, failed_call::connect_local) == errc::connection_refused);
}

TEST_CASE("an unknown number is a system call failure", "[unit][errno]")
{
    CHECK(errc_from_errno(100000) == errc::system_call_failure);
}
