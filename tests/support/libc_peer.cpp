// The system's sockets behind libc_peer.hpp. Everything is non-blocking with poll, so that no peer can hang a
// test.
#include "support/libc_peer.hpp"

#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include "support/byte_pattern.hpp"

namespace spindle::test::peer {
namespace {

struct loopback {
    sockaddr_storage bytes{};
    socklen_t size = 0;

    loopback(family over, std::uint16_t port)
    {
        if (over == family::ipv4) {
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_port = htons(port);
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            assign(address);
        } else {
            sockaddr_in6 address{};
            address.sin6_family = AF_INET6;
            address.sin6_port = htons(port);
            address.sin6_addr = in6addr_loopback;
            assign(address);
        }
    }

    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&bytes); }

private:
    template <class Address>
    void assign(const Address& address)
    {
        std::memcpy(&bytes, &address, sizeof address);
        size = sizeof address;
    }
};

int check(int outcome, const char* what)
{
    if (outcome < 0) {
        throw std::system_error(errno, std::generic_category(), what);
    }
    return outcome;
}

int open_socket(family over, int type)
{
    return check(::socket(over == family::ipv4 ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
                 "socket");
}

std::uint16_t port_of(int descriptor)
{
    sockaddr_storage bytes{};
    socklen_t size = sizeof bytes;
    check(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&bytes), &size), "getsockname");
    // The port has the same place in both families.
    sockaddr_in address{};
    std::memcpy(&address, &bytes, sizeof address);
    return ntohs(address.sin_port);
}

/// What poll reports of the wanted events within the bound; 0 when nothing.
short wait_for(int descriptor, int events, std::chrono::milliseconds bound)
{
    pollfd entry{descriptor, static_cast<short>(events), 0};
    const int found = ::poll(&entry, 1, static_cast<int>(bound.count()));
    return found > 0 ? entry.revents : short{0};
}

std::size_t query_size(int descriptor, unsigned long request)
{
    int bytes = 0;
    return ::ioctl(descriptor, request, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

/// Reads until the end, `limit` bytes, or silence; every piece goes to `take`.
template <class Take>
ending read_pieces(int descriptor, std::uint64_t limit, const pace& speed, std::chrono::milliseconds bound,
                   Take take)
{
    std::vector<char> piece(speed.chunk);
    for (std::uint64_t done = 0; done < limit;) {
        if (wait_for(descriptor, POLLIN, bound) == 0) {
            return ending::silent;
        }
        const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), limit - done));
        const ssize_t got = ::recv(descriptor, piece.data(), room, 0);
        if (got == 0) {
            return ending::finished;
        }
        if (got < 0) {
            return errno == ECONNRESET ? ending::reset : ending::failed;
        }
        take(piece.data(), static_cast<std::size_t>(got));
        done += static_cast<std::uint64_t>(got);
        if (speed.pause.count() > 0) {
            std::this_thread::sleep_for(speed.pause);
        }
    }
    return ending::silent;
}

read_report read_pattern(int descriptor, std::uint64_t seed, std::uint64_t limit, const pace& speed,
                         std::chrono::milliseconds bound)
{
    pattern_check check_bytes(seed);
    read_report report;
    report.end = read_pieces(descriptor, limit, speed, bound,
                             [&](const char* data, std::size_t size) { check_bytes.feed(data, size); });
    report.bytes = check_bytes.bytes();
    report.intact = check_bytes.intact();
    report.first_wrong = check_bytes.first_wrong();
    return report;
}

}  // namespace

std::string to_string(const read_report& report)
{
    static constexpr std::array names = {"FIN", "RST", "silence", "an error"};
    auto text =
        std::to_string(report.bytes) + " bytes, then " + names.at(static_cast<std::size_t>(report.end));
    return report.intact ? text : text + ", first wrong byte at " + std::to_string(report.first_wrong);
}

connection::connection(connection&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

connection& connection::operator=(connection&& other) noexcept
{
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

connection::~connection()
{
    close();
}

read_report connection::read_to_end(std::uint64_t seed, pace speed, std::chrono::milliseconds bound)
{
    return read_pattern(descriptor_, seed, UINT64_MAX, speed, bound);
}

read_report connection::read_bytes(std::uint64_t seed, std::uint64_t size, std::chrono::milliseconds bound)
{
    return read_pattern(descriptor_, seed, size, pace{}, bound);
}

std::string connection::read_text(std::size_t size, std::chrono::milliseconds bound)
{
    std::string text;
    read_pieces(descriptor_, size, pace{}, bound,
                [&](const char* data, std::size_t got) { text.append(data, got); });
    return text;
}

ending connection::wait_end(std::chrono::milliseconds bound)
{
    if (wait_for(descriptor_, POLLIN, bound) == 0) {
        return ending::silent;
    }
    char byte = 0;
    const ssize_t got = ::recv(descriptor_, &byte, 1, MSG_PEEK);
    if (got == 0) {
        return ending::finished;
    }
    if (got > 0) {
        return ending::silent;
    }
    return errno == ECONNRESET ? ending::reset : ending::failed;
}

bool connection::wait_reset(std::chrono::milliseconds bound)
{
    return (wait_for(descriptor_, 0, bound) & (POLLERR | POLLHUP)) == (POLLERR | POLLHUP);
}

bool connection::wait_unread(std::size_t size, std::chrono::milliseconds bound) const
{
    return eventually([&] { return unread() >= size; }, bound);
}

std::size_t connection::unread() const
{
    return query_size(descriptor_, SIOCINQ);
}

std::size_t connection::unacknowledged() const
{
    return query_size(descriptor_, SIOCOUTQ);
}

bool connection::send_text(const std::string& text)
{
    return ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

bool connection::send_pattern(std::uint64_t seed, std::size_t size, std::chrono::milliseconds bound)
{
    const auto bytes = make_pattern(seed, size);
    for (std::size_t done = 0; done < size;) {
        if (wait_for(descriptor_, POLLOUT, bound) == 0) {
            return false;
        }
        const ssize_t sent = ::send(descriptor_, bytes.data() + done, size - done, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            return false;
        }
        done += sent > 0 ? static_cast<std::size_t>(sent) : 0;
    }
    return true;
}

std::size_t connection::fill()
{
    const std::vector<char> piece(std::size_t{64} * 1024);
    std::size_t total = 0;
    // The window may open once more while the other side's system takes what is on its way.
    while (wait_for(descriptor_, POLLOUT, 200ms) != 0) {
        const ssize_t sent = ::send(descriptor_, piece.data(), piece.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            break;
        }
        total += sent > 0 ? static_cast<std::size_t>(sent) : 0;
    }
    return total;
}

bool connection::send_urgent(char byte)
{
    return ::send(descriptor_, &byte, 1, MSG_OOB | MSG_NOSIGNAL) == 1;
}

void connection::half_close()
{
    ::shutdown(descriptor_, SHUT_WR);
}

void connection::reset()
{
    const linger hard{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close();
}

void connection::close()
{
    if (descriptor_ >= 0) {
        ::close(std::exchange(descriptor_, -1));
    }
}

std::uint16_t connection::local_port() const
{
    return port_of(descriptor_);
}

listener::listener(const settings& wanted)
    : descriptor_(open_socket(wanted.over, SOCK_STREAM)), over_(wanted.over)
{
    if (wanted.receive_buffer > 0) {
        const int size = wanted.receive_buffer;
        check(::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &size, sizeof size), "SO_RCVBUF");
    }
    const loopback address(wanted.over, 0);
    check(::bind(descriptor_, address.get(), address.size), "bind");
    check(::listen(descriptor_, wanted.backlog), "listen");
    port_ = port_of(descriptor_);
}

listener::~listener()
{
    ::close(descriptor_);
}

connection listener::accept(std::chrono::milliseconds bound)
{
    if (wait_for(descriptor_, POLLIN, bound) == 0) {
        return connection();
    }
    return connection(::accept4(descriptor_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

void listener::stop_answering()
{
    check(::listen(descriptor_, 0), "listen");
    for (int attempt = 0; attempt < 8; ++attempt) {
        connection filler = connect_to(port_, over_, 100ms);
        if (!filler) {
            return;
        }
        unanswered_.push_back(std::move(filler));
    }
    throw std::runtime_error("the listener goes on answering");
}

connection connect_to(std::uint16_t port, family over, std::chrono::milliseconds bound)
{
    const int descriptor = open_socket(over, SOCK_STREAM);
    connection made(descriptor);
    const loopback address(over, port);
    if (::connect(descriptor, address.get(), address.size) != 0 && errno != EINPROGRESS) {
        return connection();
    }
    int error = ETIMEDOUT;
    socklen_t size = sizeof error;
    if (wait_for(descriptor, POLLOUT, bound) != 0) {
        ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    return error == 0 ? std::move(made) : connection();
}

std::uint16_t unused_port(family over)
{
    const int descriptor = open_socket(over, SOCK_STREAM);
    const connection owner(descriptor);
    const loopback address(over, 0);
    check(::bind(descriptor, address.get(), address.size), "bind");
    return port_of(descriptor);
}

datagram_socket::datagram_socket(family over) : descriptor_(open_socket(over, SOCK_DGRAM)), over_(over)
{
    const loopback address(over, 0);
    check(::bind(descriptor_, address.get(), address.size), "bind");
    port_ = port_of(descriptor_);
}

datagram_socket::~datagram_socket()
{
    ::close(descriptor_);
}

bool datagram_socket::send_to(std::uint16_t port, const std::string& text)
{
    const loopback address(over_, port);
    return ::sendto(descriptor_, text.data(), text.size(), 0, address.get(), address.size) ==
           static_cast<ssize_t>(text.size());
}

std::optional<std::string> datagram_socket::receive(std::chrono::milliseconds bound)
{
    if (wait_for(descriptor_, POLLIN, bound) == 0) {
        return std::nullopt;
    }
    std::string text(65536, '\0');
    const ssize_t got = ::recv(descriptor_, text.data(), text.size(), 0);
    if (got < 0) {
        return std::nullopt;
    }
    text.resize(static_cast<std::size_t>(got));
    return text;
}

}  // namespace spindle::test::peer
