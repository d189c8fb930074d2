// Opening, naming, connecting and ending sockets of the base provider. Data transfer is in
// native_transfer.cpp, options in native_options.cpp, waiting in native_wait.cpp.
#include <algorithm>
#include <array>
#include <cstring>

#include "base_catalog.hpp"
#include "winsock.hpp"

namespace spindle::win32 {

socket_address to_address(const SOCKADDR_STORAGE& storage, int size) noexcept
{
    const auto family = static_cast<address_family>(storage.ss_family);
    if (size <= static_cast<int>(sizeof(storage.ss_family)) || address_size(family) == 0) {
        return address_size(family) != 0 && size > 0 ? socket_address::any(family) : socket_address{};
    }
    auto address = socket_address::any(family);
    std::memcpy(address.data(), &storage, std::min(static_cast<std::size_t>(size), address.size()));
    return address;
}

namespace {

result<SOCKET> open_socket(const socket_kind& kind, bool inheritable) noexcept
{
    WSAPROTOCOL_INFOW entry{};
    if (auto found = find_base_entry(kind, entry); !found) {
        return found.error();
    }
    const DWORD flags = WSA_FLAG_OVERLAPPED | (inheritable ? 0U : WSA_FLAG_NO_HANDLE_INHERIT);
    const SOCKET socket =
        ::WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &entry, 0, flags);
    if (socket == INVALID_SOCKET) {
        return last_error();
    }
    u_long on = 1;
    if (::ioctlsocket(socket, static_cast<long>(FIONBIO), &on) == SOCKET_ERROR) {
        const auto error = last_error();
        ::closesocket(socket);
        return error;
    }
    return socket;
}

template <class Ask>
result<socket_address> name_of(native::handle socket, Ask ask) noexcept
{
    SOCKADDR_STORAGE storage{};
    int size = sizeof(storage);
    if (ask(to_socket(socket), reinterpret_cast<sockaddr*>(&storage), &size) == SOCKET_ERROR) {
        return last_error();
    }
    return to_address(storage, size);
}

result<std::size_t> count_of(native::handle socket, long request) noexcept
{
    u_long count = 0;
    if (::ioctlsocket(to_socket(socket), request, &count) == SOCKET_ERROR) {
        return last_error();
    }
    return std::size_t{count};
}

}  // namespace
}  // namespace spindle::win32

namespace spindle::native {

using win32::last_error;
using win32::to_result;
using win32::to_sockaddr;
using win32::to_socket;

session::~session()
{
    if (begun_.load(std::memory_order_relaxed)) {
        ::WSACleanup();
    }
}

result<void> session::begin() noexcept
{
    if (begun_.load(std::memory_order_acquire)) {
        return {};
    }
    win32::keep_asio_from_winsock();
    WSADATA data{};
    if (const int error = ::WSAStartup(MAKEWORD(2, 2), &data); error != 0) {
        return win32::errc_from(error);
    }
    if (begun_.exchange(true, std::memory_order_acq_rel)) {
        ::WSACleanup();  // another thread was faster: one count is enough
    }
    return {};
}

result<handle> open(const socket_kind& kind, bool inheritable) noexcept
{
    const auto opened = win32::open_socket(kind, inheritable);
    return opened ? result<handle>{static_cast<handle>(*opened)} : result<handle>{opened.error()};
}

void close(handle socket) noexcept
{
    ::closesocket(to_socket(socket));
}

result<handle> renew(handle socket, const socket_kind& kind, bool inheritable) noexcept
{
    auto fresh = open(kind, inheritable);
    if (fresh) {
        close(socket);
    }
    return fresh;
}

result<handle> replace(handle old, handle with, bool) noexcept
{
    close(old);
    return with;
}

result<void> bind(handle socket, const socket_kind&, const socket_address& local) noexcept
{
    return to_result(::bind(to_socket(socket), to_sockaddr(local), static_cast<int>(local.size())));
}

void accept_any_port(handle, const socket_kind&) noexcept
{
    // Windows' own choice already.
}

void prefer_dynamic_ports(handle, const socket_kind&) noexcept
{
    // Windows' own choice already.
}

result<void> listen(handle socket, int backlog) noexcept
{
    return to_result(::listen(to_socket(socket), backlog));
}

result<void> connect(handle socket, const socket_kind&, const socket_address& peer) noexcept
{
    return to_result(::connect(to_socket(socket), to_sockaddr(peer), static_cast<int>(peer.size())));
}

result<void> connect_result(handle socket, const socket_kind&) noexcept
{
    const auto state = poll(socket, readiness::writable);
    if (has_any(state, readiness::failed)) {
        int error = 0;
        int size = sizeof(error);
        const bool known = ::getsockopt(to_socket(socket), SOL_SOCKET, SO_ERROR,
                                        reinterpret_cast<char*>(&error), &size) != SOCKET_ERROR &&
                           error != 0;
        return known ? win32::errc_from(error) : errc::connection_refused;
    }
    if (!has_any(state, readiness::writable)) {
        return errc::would_block;
    }
    const auto peer = peer_address(socket);
    return peer ? result<void>{} : result<void>{peer.error()};
}

result<void> disconnect(handle socket, const socket_kind& kind) noexcept
{
    // Page "connect": an address of zeros dissolves the association of a datagram socket.
    return connect(socket, kind, socket_address::any(kind.family));
}

result<accepted> accept(handle socket, bool inheritable) noexcept
{
    for (;;) {
        SOCKADDR_STORAGE storage{};
        int size = sizeof(storage);
        const SOCKET taken = ::accept(to_socket(socket), reinterpret_cast<sockaddr*>(&storage), &size);
        if (taken == INVALID_SOCKET) {
            if (const auto error = last_error(); error != errc::connection_reset) {
                return error;
            }
            continue;  // LNX-17: that connection died in the queue
        }
        // It has the listener's mode (page "accept"), which no call can block, and its event selection, of which
        // nothing happens on it (event_source.cpp).
        if (!inheritable) {
            ::SetHandleInformation(reinterpret_cast<HANDLE>(taken), HANDLE_FLAG_INHERIT, 0);
        }
        return accepted{static_cast<handle>(taken), win32::to_address(storage, size)};
    }
}

result<void> shutdown(handle socket, shutdown_direction direction) noexcept
{
    constexpr std::array directions{SD_RECEIVE, SD_SEND, SD_BOTH};
    return to_result(::shutdown(to_socket(socket), directions[static_cast<std::size_t>(direction)]));
}

void abort(handle socket, const socket_kind&) noexcept
{
    // Windows resets a connection only by closing its handle, which other threads may still use; so the reset
    // is prepared here and goes out with close(). The socket object refuses all transfer from now on.
    const linger at_once{1, 0};
    ::setsockopt(to_socket(socket), SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&at_once),
                 sizeof(at_once));
}

result<socket_address> local_address(handle socket) noexcept
{
    return win32::name_of(socket, ::getsockname);
}

result<socket_address> peer_address(handle socket) noexcept
{
    return win32::name_of(socket, ::getpeername);
}

result<std::size_t> unacknowledged_bytes(handle, const socket_kind&) noexcept
{
    return std::size_t{0};
}

result<std::size_t> readable_bytes(handle socket) noexcept
{
    return win32::count_of(socket, static_cast<long>(FIONREAD));
}

result<bool> at_urgent_mark(handle socket) noexcept
{
    const auto mark = win32::count_of(socket, static_cast<long>(SIOCATMARK));
    return mark ? result<bool>{*mark != 0} : result<bool>{mark.error()};
}

bool connection_gone(handle socket, const socket_kind&) noexcept
{
    // Windows reports a reset to every call. Wine 8.0 tells it only to a receive that waits for it and reads it as the end of
    // the stream otherwise; a send, of nothing, says the truth, unless another one is under way. So does WSAPoll(), during
    // which Wine's server turns idly until the caller has the answer.
    if (::send(to_socket(socket), "", 0, 0) != SOCKET_ERROR) {
        return false;
    }
    const auto error = last_error();
    constexpr std::array over{errc::connection_reset, errc::connection_aborted, errc::shut_down, errc::not_connected};
    if (std::find(over.begin(), over.end(), error) != over.end()) {
        return true;
    }
    WSAPOLLFD state{to_socket(socket), 0, 0};
    return ::WSAPoll(&state, 1, 0) > 0 && (state.revents & POLLERR) != 0;
}

}  // namespace spindle::native
