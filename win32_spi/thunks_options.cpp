// WSPGetSockOpt, WSPSetSockOpt, WSPGetQOSByName. Options are core's table; only those whose values are
// Winsock structures are answered here: the protocol entry (CAT-2) and the state of a base provider's socket.
#include <algorithm>
#include <cstddef>
#include <iterator>

#include "convert.hpp"
#include "entry_book.hpp"
#include "thunk.hpp"
#include "thunks.hpp"

namespace spindle::spi {

namespace {

/// optval and *optlen of a get; `room` is 0 when there is no usable length.
struct option_target {
    char* optval;
    LPINT optlen;
    std::size_t room;

    option_target(char* value, LPINT length) noexcept
        : optval(value), optlen(length), room(length == nullptr ? 0U : usable(load(length)))
    {}
    static std::size_t usable(int length) noexcept
    {
        return length < 0 ? 0U : static_cast<std::size_t>(length);
    }
};

/// A protocol entry: a short buffer is told the size that is needed, a longer one keeps its *optlen (T-SOL).
template <class Info>
result<void> put_protocol_info(const Info& info, const option_target& target) noexcept
{
    if (target.optlen == nullptr) {
        return errc::fault;
    }
    if (target.room < sizeof info) {
        store(target.optlen, static_cast<int>(sizeof info));
        return errc::fault;
    }
    if (target.optval == nullptr) {
        return errc::fault;
    }
    std::memcpy(target.optval, &info, sizeof info);
    return {};
}

WSAPROTOCOL_INFOA narrow(const WSAPROTOCOL_INFOW& wide) noexcept
{
    constexpr std::size_t common = offsetof(WSAPROTOCOL_INFOW, szProtocol);
    static_assert(offsetof(WSAPROTOCOL_INFOA, szProtocol) == common);
    WSAPROTOCOL_INFOA info{};
    std::memcpy(static_cast<void*>(&info), &wide, common);
    std::transform(
        std::begin(wide.szProtocol), std::end(wide.szProtocol), std::begin(info.szProtocol),
        [](WCHAR unit) { return static_cast<unsigned>(unit) < 0x80U ? static_cast<char>(unit) : '?'; });
    return info;
}

result<void> get_protocol_info_w(socket& it, const option_target& target)
{
    return put_protocol_info(describe_socket(it.catalog_entry_id(), it.kind()), target);
}

result<void> get_protocol_info_a(socket& it, const option_target& target)
{
    return put_protocol_info(narrow(describe_socket(it.catalog_entry_id(), it.kind())), target);
}

/// Copies the address to `to` and returns its description; null and 0 for one that does not exist.
SOCKET_ADDRESS place(const result<socket_address>& address, char* to) noexcept
{
    if (!address) {
        return {};
    }
    std::memcpy(to, address->data(), address->size());
    SOCKET_ADDRESS placed{};
    placed.lpSockaddr = reinterpret_cast<LPSOCKADDR>(to);
    placed.iSockaddrLength = static_cast<int>(address->size());
    return placed;
}

/// SO_BSP_STATE: a CSADDR_INFO, then the two sockaddrs it points to, all in the client's buffer.
result<void> get_bsp_state(socket& it, const option_target& target)
{
    const auto local = it.local_address();
    const auto remote = it.peer_address();
    const std::size_t local_size = local ? local->size() : 0;
    const std::size_t needed = sizeof(CSADDR_INFO) + local_size + (remote ? remote->size() : 0);
    if (target.optval == nullptr || target.room < needed) {
        return errc::fault;
    }
    CSADDR_INFO state{};
    state.LocalAddr = place(local, target.optval + sizeof state);
    state.RemoteAddr = place(remote, target.optval + sizeof state + local_size);
    state.iSocketType = static_cast<int>(it.kind().type);
    state.iProtocol = it.kind().protocol;
    std::memcpy(target.optval, &state, sizeof state);
    store(target.optlen, static_cast<int>(needed));
    return {};
}

struct structure_option {
    int name;  // at SOL_SOCKET
    result<void> (*get)(socket&, const option_target&);
};
constexpr structure_option structure_options[] = {
    {SO_PROTOCOL_INFOA, get_protocol_info_a},
    {SO_PROTOCOL_INFOW, get_protocol_info_w},
    {socket_option::bsp_state, get_bsp_state},
};

result<void> get_value(socket& it, int level, int optname, const option_target& target)
{
    if (level == SOL_SOCKET) {
        const auto special = std::find_if(std::begin(structure_options), std::end(structure_options),
                                          [&](const structure_option& one) { return one.name == optname; });
        if (special != std::end(structure_options)) {
            return special->get(it, target);
        }
    }
    // A missing length is a null value to core, so that level and name are judged first (OPT-1, OPT-2).
    auto* const bytes = reinterpret_cast<std::byte*>(target.optlen == nullptr ? nullptr : target.optval);
    const auto written = it.get_option(level, optname, {bytes, bytes == nullptr ? 0U : target.room});
    if (!written) {
        // OPT-4: what a short get leaves behind depends on the level.
        if (written.error() == errc::fault && target.optlen != nullptr && (level == IPPROTO_IP || level == IPPROTO_IPV6)) {
            store(target.optlen, 0);
        }
        return written.error();
    }
    store(target.optlen, static_cast<int>(*written));
    return {};
}

/// Whether the name asks for the list of templates: no text before the end (QOS-2).
bool is_empty_name(const WSABUF& name) noexcept
{
    return name.len < sizeof(WCHAR) || load(reinterpret_cast<const WCHAR*>(name.buf)) == 0;
}

/// No templates are installed here: the list is empty and no name is known.
result<BOOL> find_quality(const WSABUF* lpQOSName, const QOS* lpQOS) noexcept
{
    if (lpQOSName == nullptr) {
        return errc::fault;
    }
    const WSABUF name = load(lpQOSName);
    if (!is_plausible(name)) {
        return errc::fault;
    }
    if (is_empty_name(name)) {
        if (name.len >= sizeof(WCHAR)) {
            store(reinterpret_cast<WCHAR*>(name.buf), WCHAR{0});
        }
        return BOOL{1};
    }
    return lpQOS == nullptr ? errc::fault : errc::invalid_argument;
}

}  // namespace

int WSPAPI WSPGetSockOpt(SOCKET s, int level, int optname, char* optval, LPINT optlen, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) {
        return get_value(it, level, optname, {optval, optlen});
    });
}

int WSPAPI WSPSetSockOpt(SOCKET s, int level, int optname, const char* optval, int optlen,
                         LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) {
        // A negative length stays recognisable as a huge one; what it does depends on the option (OPT-5).
        const auto length = static_cast<std::size_t>(static_cast<unsigned>(optlen));
        const auto* const bytes = reinterpret_cast<const std::byte*>(optval);
        return it.set_option(level, optname, {bytes, bytes == nullptr ? 0U : length});
    });
}

BOOL WSPAPI WSPGetQOSByName(SOCKET s, LPWSABUF lpQOSName, LPQOS lpQOS, LPINT lpErrno) noexcept
{
    return socket_call(BOOL{0}, s, lpErrno, [&](socket&) { return find_quality(lpQOSName, lpQOS); });
}

}  // namespace spindle::spi
