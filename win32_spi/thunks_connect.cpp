// Names and connections: WSPBind, WSPListen, WSPConnect, WSPAccept, WSPJoinLeaf, WSPGetPeerName,
// WSPGetSockName, WSPSendDisconnect, WSPRecvDisconnect. Address rules beyond "readable and long enough" are
// core's.
#include "convert.hpp"
#include "thunk.hpp"
#include "thunks.hpp"

namespace spindle::spi {

namespace {

/// An address as the buffer a condition function gets; the bytes are this object's.
struct address_argument {
    explicit address_argument(const socket_address& from) noexcept : address(from)
    {
        buffer.len = static_cast<ULONG>(address.size());
        buffer.buf = reinterpret_cast<char*>(address.data());
    }
    address_argument(const address_argument&) = delete;
    address_argument& operator=(const address_argument&) = delete;

    socket_address address;
    WSABUF buffer{};
};

accept_decision from_condition_result(int value) noexcept
{
    switch (value) {
    case CF_ACCEPT:
        return accept_decision::accept;
    case CF_REJECT:
        return accept_decision::reject;
    case CF_DEFER:
        return accept_decision::defer;
    default:
        return accept_decision::invalid;
    }
}

/// One WSPAccept's view of the pending request at the head of the queue.
struct accept_offer {
    LPCONDITIONPROC condition;
    DWORD_PTR callback_data;
    const sockaddr* addr;
    const int* addrlen;
    bool address_too_long = false;

    /// A request whose address would not fit stays queued (ACC-7), so that is found out before the client is
    /// asked.
    accept_decision operator()(const socket_address& peer, const socket_address& local)
    {
        if (addr != nullptr && addrlen != nullptr && !takes_address(addr, addrlen, peer.size())) {
            address_too_long = true;
            return accept_decision::invalid;
        }
        return condition == nullptr ? accept_decision::accept : ask(peer, local);
    }

    accept_decision ask(const socket_address& peer, const socket_address& local) const
    {
        address_argument caller(peer);
        address_argument callee(local);
        WSABUF caller_data{};
        WSABUF callee_data{};
        GROUP group = 0;
        return from_condition_result(condition(&caller.buffer, &caller_data, nullptr, nullptr, &callee.buffer,
                                               &callee_data, &group, callback_data));
    }
};

/// Whether the buffer is known, before any request is seen, to take every address of the family.
bool takes_any_peer(const sockaddr* addr, const int* addrlen, address_family family) noexcept
{
    return addr == nullptr || addrlen == nullptr || takes_address(addr, addrlen, address_size(family));
}

result<SOCKET> accept_one(socket& listener, sockaddr* addr, LPINT addrlen, LPCONDITIONPROC condition,
                          DWORD_PTR callback_data)
{
    accept_offer offer{condition, callback_data, addr, addrlen};
    accept_condition decide;
    if (condition != nullptr || !takes_any_peer(addr, addrlen, listener.kind().family)) {
        decide = [&offer](const socket_address& peer, const socket_address& local) {
            return offer(peer, local);
        };
    }
    const auto accepted = listener.accept(decide);
    if (!accepted) {
        return offer.address_too_long ? make_error_code(errc::fault) : accepted.error();
    }
    if (addr != nullptr && addrlen != nullptr && !write_address(accepted->peer, addr, addrlen)) {
        return errc::fault;
    }
    return static_cast<SOCKET>(accepted->socket->handle());
}

/// The peer named by a connect. AF_UNSPEC dissolves a datagram socket's association (CONN-15) and has no form
/// of its own.
result<socket_address> read_peer(const socket& it, const sockaddr* name, int namelen) noexcept
{
    if (it.kind().type == socket_type::datagram && name != nullptr &&
        namelen >= static_cast<int>(sizeof(USHORT))) {
        USHORT family = 0;
        std::memcpy(&family, static_cast<const void*>(name), sizeof family);
        if (family == AF_UNSPEC) {
            return socket_address{};
        }
    }
    return read_address(name, namelen);
}

/// Connect data and quality of service: neither can be carried, so asking for them on a connection is refused
/// before it is tried (CONN-20, CONN-22). Datagram sockets ignore connect data.
result<void> check_connect_extras(const socket& it, const WSABUF* lpCallerData, const QOS* lpSQOS) noexcept
{
    if (lpCallerData != nullptr && it.kind().type == socket_type::stream) {
        return errc::protocol_not_supported;
    }
    if (lpSQOS != nullptr) {
        return errc::operation_not_supported;
    }
    return {};
}

void store_no_callee_data(LPWSABUF lpCalleeData) noexcept
{
    if (lpCalleeData != nullptr) {
        WSABUF data = load(lpCalleeData);
        data.len = 0;
        store(lpCalleeData, data);
    }
}

result<void> store_name(const result<socket_address>& address, sockaddr* name, LPINT namelen) noexcept
{
    return address ? write_address(*address, name, namelen) : result<void>(address.error());
}

}  // namespace

int WSPAPI WSPBind(SOCKET s, const sockaddr* name, int namelen, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) -> result<void> {
        const auto local = read_address(name, namelen);
        return local ? it.bind(*local) : result<void>(local.error());
    });
}

int WSPAPI WSPListen(SOCKET s, int backlog, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) { return it.listen(backlog); });
}

int WSPAPI WSPConnect(SOCKET s, const sockaddr* name, int namelen, LPWSABUF lpCallerData,
                      LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) -> result<void> {
        const auto peer = read_peer(it, name, namelen);
        if (!peer) {
            return peer.error();
        }
        if (const auto extras = check_connect_extras(it, lpCallerData, lpSQOS); !extras) {
            return extras;
        }
        const auto outcome = it.connect(*peer);
        if (outcome || outcome.error() == errc::would_block) {
            store_no_callee_data(lpCalleeData);
        }
        return outcome;
    });
}

SOCKET WSPAPI WSPAccept(SOCKET s, sockaddr* addr, LPINT addrlen, LPCONDITIONPROC lpfnCondition,
                        DWORD_PTR dwCallbackData, LPINT lpErrno) noexcept
{
    return socket_call(no_socket, s, lpErrno, [&](socket& listener) {
        return accept_one(listener, addr, addrlen, lpfnCondition, dwCallbackData);
    });
}

// IP multicast is nonrooted in both planes, so that the leaf is the socket itself (LEAF-2, LEAF-7). Nobody asks who joins
// and nothing is carried along.
SOCKET WSPAPI WSPJoinLeaf(SOCKET s, const sockaddr* name, int namelen, LPWSABUF lpCallerData, LPWSABUF lpCalleeData,
                          LPQOS lpSQOS, LPQOS, DWORD dwFlags, LPINT lpErrno) noexcept
{
    return socket_call(no_socket, s, lpErrno, [&](socket& it) -> result<SOCKET> {
        if ((it.creation_flags() & creation_flag::multipoint) == 0) {
            return errc::invalid_argument;
        }
        if (dwFlags != JL_SENDER_ONLY && dwFlags != JL_RECEIVER_ONLY && dwFlags != JL_BOTH) {
            return errc::invalid_argument;
        }
        const auto group = read_address(name, namelen);
        if (!group) {
            return group.error();
        }
        if (const auto extras = check_connect_extras(it, lpCallerData, lpSQOS); !extras) {
            return extras.error();
        }
        if (const auto joined = it.join_leaf(*group, dwFlags != JL_SENDER_ONLY); !joined) {
            return joined.error();
        }
        store_no_callee_data(lpCalleeData);
        return s;
    });
}

// Whether there is a name at all comes before whether it fits (NAME-1, NAME-5).
int WSPAPI WSPGetPeerName(SOCKET s, sockaddr* name, LPINT namelen, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) { return store_name(it.peer_address(), name, namelen); });
}

int WSPAPI WSPGetSockName(SOCKET s, sockaddr* name, LPINT namelen, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) { return store_name(it.local_address(), name, namelen); });
}

// No protocol here carries disconnect data, so asking for it initiates nothing (DISC-2, DISC-5).
int WSPAPI WSPSendDisconnect(SOCKET s, LPWSABUF lpOutboundDisconnectData, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) -> result<void> {
        return lpOutboundDisconnectData == nullptr ? it.shutdown(shutdown_direction::send)
                                                   : result<void>(errc::no_protocol_option);
    });
}

int WSPAPI WSPRecvDisconnect(SOCKET s, LPWSABUF lpInboundDisconnectData, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) -> result<void> {
        return lpInboundDisconnectData == nullptr ? it.disable_receive()
                                                  : result<void>(errc::no_protocol_option);
    });
}

}  // namespace spindle::spi
