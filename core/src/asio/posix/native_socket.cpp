// Opening, naming, connecting and ending sockets with the kernel's calls. Data transfer is in
// native_transfer.cpp, options in native_options.cpp, waiting in native_wait.cpp.
#include <array>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "asio/posix/descriptor.hpp"

namespace spindle::posix {

scoped_descriptor::~scoped_descriptor()
{
    if (number_ != -1) {
        ::close(number_);
    }
}

namespace {

// linux/in.h has the first since 6.3 and cannot be included beside netinet/in.h; glibc's own headers lack
// both names where they are older than the kernel.
constexpr int ip_local_port_range = 51;
constexpr int ipv6_multicast_all = 29;

// T-IP, T-IP6: the kernel's own is 64.
constexpr int default_hops = 128;

constexpr unsigned first_dynamic_port = 49152;
constexpr unsigned last_dynamic_port = 65535;

int open_socket(const socket_kind& kind, bool inheritable) noexcept
{
    const int type = type_of(kind.type) | SOCK_NONBLOCK | (inheritable ? 0 : SOCK_CLOEXEC);
    const int number = restarted([&] { return ::socket(domain_of(kind.family), type, kind.protocol); });
    if (number == -1 || kind.family == address_family::local) {
        return number;
    }
    ::setsockopt(number, IPPROTO_IP, IP_TTL, &default_hops, sizeof(default_hops));
    if (kind.family == address_family::ipv6) {
        ::setsockopt(number, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &default_hops, sizeof(default_hops));
    }
    if (kind.type != socket_type::stream) {
        // LNX-36: without this the kernel delivers groups that other sockets joined. Not all kernels know the
        // second.
        const int off = 0;
        ::setsockopt(number, IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof(off));
        if (kind.family == address_family::ipv6) {
            ::setsockopt(number, IPPROTO_IPV6, ipv6_multicast_all, &off, sizeof(off));
        }
    }
    return number;
}

int dissolve(int number) noexcept
{
    sockaddr nobody{};
    nobody.sa_family = AF_UNSPEC;
    return restarted([&] { return ::connect(number, &nobody, sizeof(nobody)); });
}

failed_call connect_call(const socket_kind& kind) noexcept
{
    return kind.family == address_family::local ? failed_call::connect_local : failed_call::connect;
}

template <class Ask>
result<socket_address> name_of(int number, Ask ask) noexcept
{
    kernel_address name;
    if (ask(number, name.data(), &name.size) == -1) {
        return errc_from_errno(errno);
    }
    return name.to_winsock();
}

result<std::size_t> count_of(int number, unsigned long request) noexcept
{
    int count = 0;
    if (::ioctl(number, request, &count) == -1) {
        return errc_from_errno(errno);
    }
    return static_cast<std::size_t>(count);
}

}  // namespace
}  // namespace spindle::posix

namespace spindle::native {

using posix::descriptor;
using posix::kernel_address;
using posix::restarted;
using posix::to_result;

session::~session() = default;

result<void> session::begin() noexcept
{
    return {};
}

result<handle> open(const socket_kind& kind, bool inheritable) noexcept
{
    const int number = posix::open_socket(kind, inheritable);
    return number != -1 ? result<handle>{handle{number}} : result<handle>{errc_from_errno(errno)};
}

void close(handle socket) noexcept
{
    // Not restarted: Linux has freed the number even when close() is interrupted.
    ::close(descriptor(socket));
}

result<handle> renew(handle socket, const socket_kind& kind, bool inheritable) noexcept
{
    const posix::scoped_descriptor fresh{posix::open_socket(kind, inheritable)};
    if (fresh.get() == -1 || restarted([&] {
                                 return ::dup3(fresh.get(), descriptor(socket), inheritable ? 0 : O_CLOEXEC);
                             }) == -1) {
        return errc_from_errno(errno);
    }
    return socket;
}

result<handle> replace(handle old, handle with, bool inheritable) noexcept
{
    if (restarted([&] {
            return ::dup3(descriptor(with), descriptor(old), inheritable ? 0 : O_CLOEXEC);
        }) == -1) {
        return errc_from_errno(errno);
    }
    close(with);
    return old;
}

result<void> bind(handle socket, const socket_kind&, const socket_address& local) noexcept
{
    const kernel_address address{local};
    return to_result(::bind(descriptor(socket), address.data(), address.size));
}

void accept_any_port(handle socket, const socket_kind& kind) noexcept
{
    if (kind.family != address_family::local) {
        const unsigned whole_range = 0;
        ::setsockopt(descriptor(socket), IPPROTO_IP, posix::ip_local_port_range, &whole_range, sizeof(whole_range));
    }
}

void prefer_dynamic_ports(handle socket, const socket_kind& kind) noexcept
{
    if (kind.family != address_family::local && kind.type != socket_type::raw) {
        const unsigned range = posix::last_dynamic_port << 16U | posix::first_dynamic_port;
        ::setsockopt(descriptor(socket), IPPROTO_IP, posix::ip_local_port_range, &range, sizeof(range));
    }
}

result<void> listen(handle socket, int backlog) noexcept
{
    return to_result(::listen(descriptor(socket), backlog));
}

result<void> connect(handle socket, const socket_kind& kind, const socket_address& peer) noexcept
{
    const kernel_address address{peer};
    return to_result(::connect(descriptor(socket), address.data(), address.size), posix::connect_call(kind));
}

result<void> connect_result(handle socket, const socket_kind& kind) noexcept
{
    pollfd state{descriptor(socket), POLLOUT, 0};
    if (restarted([&] { return ::poll(&state, 1, 0); }) == 0) {
        return errc::would_block;
    }
    int error = 0;
    socklen_t size = sizeof(error);
    if (::getsockopt(descriptor(socket), SOL_SOCKET, SO_ERROR, &error, &size) == -1) {
        return errc_from_errno(errno);
    }
    if (error != 0) {
        return errc_from_errno(error, posix::connect_call(kind));
    }
    // Writable without an error is a connection only if there is a peer: a socket that never tried is
    // "writable" too.
    kernel_address peer;
    return to_result(::getpeername(descriptor(socket), peer.data(), &peer.size));
}

result<void> disconnect(handle socket, const socket_kind& kind) noexcept
{
    const auto name = local_address(socket);
    if (posix::dissolve(descriptor(socket)) == -1) {
        return errc_from_errno(errno);
    }
    // The kernel forgets a port it chose itself together with the peer; Winsock keeps it (CONN-16).
    const auto left = local_address(socket);
    if (!name || !left || name->port() == 0 || left->port() == name->port()) {
        return {};
    }
    return bind(socket, kind, socket_address::any(name->family(), name->port()));
}

result<accepted> accept(handle socket, bool inheritable) noexcept
{
    constexpr int most_dead_connections = 64;  // a listener that only ever fails must not hold its caller
    for (int dead = 0; dead < most_dead_connections; ++dead) {
        kernel_address peer;
        const int flags = SOCK_NONBLOCK | (inheritable ? 0 : SOCK_CLOEXEC);
        const int number =
            restarted([&] { return ::accept4(descriptor(socket), peer.data(), &peer.size, flags); });
        if (number != -1) {
            return accepted{number, peer.to_winsock()};
        }
        if (!is_dead_connection(errno)) {
            return errc_from_errno(errno, failed_call::accept);
        }
    }
    return errc::would_block;
}

result<void> shutdown(handle socket, shutdown_direction direction) noexcept
{
    constexpr std::array directions{SHUT_RD, SHUT_WR, SHUT_RDWR};
    return to_result(::shutdown(descriptor(socket), directions[static_cast<std::size_t>(direction)]));
}

void abort(handle socket, const socket_kind& kind) noexcept
{
    if (kind.family == address_family::local) {
        ::shutdown(descriptor(socket), SHUT_RDWR);
        return;
    }
    // Closing would do nothing while another thread is inside a call with the descriptor (LNX-30). Dissolving
    // the connection sends the reset now and wakes every poll; the linger setting covers what close() finds.
    const linger at_once{1, 0};
    ::setsockopt(descriptor(socket), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    if (posix::dissolve(descriptor(socket)) == -1) {
        ::shutdown(descriptor(socket), SHUT_RDWR);
    }
}

result<socket_address> local_address(handle socket) noexcept
{
    return posix::name_of(descriptor(socket), ::getsockname);
}

result<socket_address> peer_address(handle socket) noexcept
{
    return posix::name_of(descriptor(socket), ::getpeername);
}

result<std::size_t> unacknowledged_bytes(handle socket, const socket_kind& kind) noexcept
{
    // AF_UNIX data is in the receiver's hands once it is sent; the kernel's count there is memory, not bytes
    // at risk.
    if (kind.type != socket_type::stream || kind.family == address_family::local) {
        return std::size_t{0};
    }
    return posix::count_of(descriptor(socket), SIOCOUTQ);
}

result<std::size_t> readable_bytes(handle socket) noexcept
{
    return posix::count_of(descriptor(socket), FIONREAD);
}

result<bool> at_urgent_mark(handle socket) noexcept
{
    const auto mark = posix::count_of(descriptor(socket), SIOCATMARK);
    return mark ? result<bool>{*mark != 0} : result<bool>{mark.error()};
}

bool connection_gone(handle socket, const socket_kind& kind) noexcept
{
    if (kind.family == address_family::local) {
        return false;
    }
    // tcp(7), TCP_INFO; a connection ended by the peer's FIN is still there, half closed.
    tcp_info info{};
    socklen_t size = sizeof(info.tcpi_state);
    return ::getsockopt(descriptor(socket), IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
           info.tcpi_state == TCP_CLOSE;
}

}  // namespace spindle::native
