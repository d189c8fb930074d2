// The system's sockets behind libc_peer.hpp. Everything is non-blocking with poll, so that no peer can hang a
// test. What differs from system to system is in system_socket.hpp, of which the build chooses one.
#include "support/libc_peer.hpp"

#include "system_socket.hpp"

#include <algorithm>
#include <array>
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
    system_socket::address_size size = 0;

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
        throw std::system_error(system_socket::last_error(), std::system_category(), what);
    }
    return outcome;
}

system_socket::native native_of(std::intptr_t socket)
{
    return static_cast<system_socket::native>(socket);
}

std::intptr_t open_socket(family over, int type)
{
    const auto opened =
        static_cast<std::intptr_t>(system_socket::open(over == family::ipv4 ? AF_INET : AF_INET6, type));
    check(opened < 0 ? -1 : 0, "socket");
    return opened;
}

int set_option(std::intptr_t socket, int name, const void* value, std::size_t size)
{
    return ::setsockopt(native_of(socket), SOL_SOCKET, name, static_cast<const char*>(value),
                        static_cast<system_socket::address_size>(size));
}

std::ptrdiff_t send_some(std::intptr_t socket, const char* data, std::size_t size, int flags = 0)
{
    return ::send(native_of(socket), data, static_cast<system_socket::transfer_size>(size),
                  flags | system_socket::no_signal);
}

std::ptrdiff_t receive_some(std::intptr_t socket, char* data, std::size_t size, int flags = 0)
{
    return ::recv(native_of(socket), data, static_cast<system_socket::transfer_size>(size), flags);
}

std::uint16_t port_of(std::intptr_t socket)
{
    sockaddr_storage bytes{};
    system_socket::address_size size = sizeof bytes;
    check(::getsockname(native_of(socket), reinterpret_cast<sockaddr*>(&bytes), &size), "getsockname");
    // The port has the same place in both families.
    sockaddr_in address{};
    std::memcpy(&address, &bytes, sizeof address);
    return ntohs(address.sin_port);
}

/// What poll reports of the wanted events within the bound; 0 when nothing.
short wait_for(std::intptr_t socket, int events, std::chrono::milliseconds bound)
{
    return system_socket::poll(native_of(socket), events, static_cast<int>(bound.count()));
}

/// Reads until the end, `limit` bytes, or silence; every piece goes to `take`.
template <class Take>
ending read_pieces(std::intptr_t socket, std::uint64_t limit, const pace& speed, std::chrono::milliseconds bound,
                   Take take)
{
    std::vector<char> piece(speed.chunk);
    for (std::uint64_t done = 0; done < limit;) {
        if (wait_for(socket, POLLIN, bound) == 0) {
            return ending::silent;
        }
        const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), limit - done));
        const auto got = receive_some(socket, piece.data(), room);
        if (got == 0) {
            return system_socket::was_reset(native_of(socket)) ? ending::reset : ending::finished;
        }
        if (got < 0) {
            return system_socket::last_error() == system_socket::connection_reset ? ending::reset : ending::failed;
        }
        take(piece.data(), static_cast<std::size_t>(got));
        done += static_cast<std::uint64_t>(got);
        if (speed.pause.count() > 0) {
            std::this_thread::sleep_for(speed.pause);
        }
    }
    return ending::silent;
}

read_report read_pattern(std::intptr_t socket, std::uint64_t seed, std::uint64_t limit, const pace& speed,
                         std::chrono::milliseconds bound)
{
    pattern_check check_bytes(seed);
    read_report report;
    report.end = read_pieces(socket, limit, speed, bound,
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

connection::connection(connection&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}

connection& connection::operator=(connection&& other) noexcept
{
    std::swap(socket_, other.socket_);
    return *this;
}

connection::~connection()
{
    close();
}

read_report connection::read_to_end(std::uint64_t seed, pace speed, std::chrono::milliseconds bound)
{
    return read_pattern(socket_, seed, UINT64_MAX, speed, bound);
}

read_report connection::read_bytes(std::uint64_t seed, std::uint64_t size, std::chrono::milliseconds bound)
{
    return read_pattern(socket_, seed, size, pace{}, bound);
}

std::string connection::read_text(std::size_t size, std::chrono::milliseconds bound)
{
    std::string text;
    read_pieces(socket_, size, pace{}, bound,
                [&](const char* data, std::size_t got) { text.append(data, got); });
    return text;
}

ending connection::wait_end(std::chrono::milliseconds bound)
{
    if (wait_for(socket_, POLLIN, bound) == 0) {
        return ending::silent;
    }
    char byte = 0;
    const auto got = receive_some(socket_, &byte, 1, MSG_PEEK);
    if (got == 0) {
        return system_socket::was_reset(native_of(socket_)) ? ending::reset : ending::finished;
    }
    if (got > 0) {
        return ending::silent;
    }
    return system_socket::last_error() == system_socket::connection_reset ? ending::reset : ending::failed;
}

bool connection::wait_reset(std::chrono::milliseconds bound)
{
    return (wait_for(socket_, 0, bound) & (POLLERR | POLLHUP)) == (POLLERR | POLLHUP);
}

bool connection::wait_unread(std::size_t size, std::chrono::milliseconds bound) const
{
    return eventually([&] { return unread() >= size; }, bound);
}

std::size_t connection::unread() const
{
    return system_socket::unread(native_of(socket_));
}

bool connection::send_text(const std::string& text)
{
    return send_some(socket_, text.data(), text.size()) == static_cast<std::ptrdiff_t>(text.size());
}

bool connection::send_pattern(std::uint64_t seed, std::size_t size, std::chrono::milliseconds bound)
{
    const auto bytes = make_pattern(seed, size);
    for (std::size_t done = 0; done < size;) {
        if (wait_for(socket_, POLLOUT, bound) == 0) {
            return false;
        }
        const auto sent = send_some(socket_, bytes.data() + done, size - done);
        if (sent < 0 && system_socket::last_error() != system_socket::would_block) {
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
    while (wait_for(socket_, POLLOUT, 200ms) != 0) {
        const auto sent = send_some(socket_, piece.data(), piece.size());
        if (sent < 0 && system_socket::last_error() != system_socket::would_block) {
            break;
        }
        total += sent > 0 ? static_cast<std::size_t>(sent) : 0;
    }
    return total;
}

bool connection::send_urgent(char byte)
{
    return send_some(socket_, &byte, 1, MSG_OOB) == 1;
}

void connection::half_close()
{
    ::shutdown(native_of(socket_), system_socket::end_of_sending);
}

void connection::reset()
{
    const linger hard{1, 0};
    set_option(socket_, SO_LINGER, &hard, sizeof hard);
    close();
}

void connection::close()
{
    if (socket_ >= 0) {
        system_socket::close(native_of(std::exchange(socket_, -1)));
    }
}

std::uint16_t connection::local_port() const
{
    return port_of(socket_);
}

listener::listener(const settings& wanted)
    : socket_(open_socket(wanted.over, SOCK_STREAM)), over_(wanted.over)
{
    if (wanted.receive_buffer > 0) {
        const int size = wanted.receive_buffer;
        check(set_option(socket_, SO_RCVBUF, &size, sizeof size), "SO_RCVBUF");
    }
    const loopback address(wanted.over, 0);
    check(::bind(native_of(socket_), address.get(), address.size), "bind");
    check(::listen(native_of(socket_), wanted.backlog), "listen");
    port_ = port_of(socket_);
}

listener::~listener()
{
    system_socket::close(native_of(socket_));
}

connection listener::accept(std::chrono::milliseconds bound)
{
    if (wait_for(socket_, POLLIN, bound) == 0) {
        return connection();
    }
    return connection(static_cast<std::intptr_t>(system_socket::accept(native_of(socket_))));
}

void listener::stop_answering()
{
    check(::listen(native_of(socket_), 0), "listen");
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
    const auto socket = open_socket(over, SOCK_STREAM);
    connection made(socket);
    const loopback address(over, port);
    if (::connect(native_of(socket), address.get(), address.size) != 0 &&
        system_socket::last_error() != system_socket::in_progress) {
        return connection();
    }
    int error = system_socket::timed_out;
    system_socket::address_size size = sizeof error;
    if (wait_for(socket, POLLOUT, bound) != 0) {
        ::getsockopt(native_of(socket), SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&error), &size);
    }
    return error == 0 ? std::move(made) : connection();
}

std::uint16_t unused_port(family over)
{
    const auto socket = open_socket(over, SOCK_STREAM);
    const connection owner(socket);
    const loopback address(over, 0);
    check(::bind(native_of(socket), address.get(), address.size), "bind");
    return port_of(socket);
}

datagram_socket::datagram_socket(family over) : socket_(open_socket(over, SOCK_DGRAM)), over_(over)
{
    const loopback address(over, 0);
    check(::bind(native_of(socket_), address.get(), address.size), "bind");
    port_ = port_of(socket_);
}

datagram_socket::~datagram_socket()
{
    system_socket::close(native_of(socket_));
}

bool datagram_socket::send_to(std::uint16_t port, const std::string& text)
{
    const loopback address(over_, port);
    return ::sendto(native_of(socket_), text.data(), static_cast<system_socket::transfer_size>(text.size()), 0, address.get(), address.size) ==
           static_cast<std::ptrdiff_t>(text.size());
}

std::optional<std::string> datagram_socket::receive(std::chrono::milliseconds bound)
{
    if (wait_for(socket_, POLLIN, bound) == 0) {
        return std::nullopt;
    }
    std::string text(65536, '\0');
    const auto got = receive_some(socket_, text.data(), text.size());
    if (got < 0) {
        return std::nullopt;
    }
    text.resize(static_cast<std::size_t>(got));
    return text;
}

}  // namespace spindle::test::peer
