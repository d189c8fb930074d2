// Making sockets, and the calls that change what a socket is connected to, each mapped to its SPI function.
// Creation is the one call where the host chooses the provider; its rules are in catalog.cpp. Answers to the
// page "Transport Mapping Between API and SPI Functions" (clauses MAP-1, 2, 14, 25).
#include "host/catalog.hpp"
#include "host/dispatch.hpp"
#include "host/socket_handles.hpp"
#include "host/text.hpp"

#include <new>

using namespace spindle::host;

namespace {

int choose_entry(int af, int type, int protocol, const WSAPROTOCOL_INFOW* info, catalog_entry& entry)
{
    return info != nullptr ? entry_named_by(*info, entry) : match_entry(af, type, protocol, entry);
}

SOCKET make_socket(call_scope& scope, int af, int type, int protocol, const WSAPROTOCOL_INFOW* info,
                   GROUP group, DWORD flags)
{
    catalog_entry entry;
    if (const int error = choose_entry(af, type, protocol, info, entry); error != 0) {
        return fail(SOCKET{INVALID_SOCKET}, error);
    }
    provider* target = provider_for(entry.path);
    if (target == nullptr) {
        return fail(SOCKET{INVALID_SOCKET}, WSAENOBUFS);
    }
    if (const int error = target->ensure_started(entry.info); error != 0) {
        return fail(SOCKET{INVALID_SOCKET}, error);
    }
    scope.enter_provider(*target);
    // The program's structure as it is: it may be a duplicate's, with the provider's token in it. Only a chain from which
    // layers were ruled out is another one now (CTG-33).
    WSAPROTOCOL_INFOW passed = entry.info;
    if (info != nullptr && (info->ProtocolChain.ChainLen <= BASE_PROTOCOL ||
                            info->ProtocolChain.ChainLen == entry.info.ProtocolChain.ChainLen)) {
        passed = *info;
    } else if (info != nullptr) {
        passed.dwProviderReserved = info->dwProviderReserved;
    }
    int error = WSASYSCALLFAILURE;
    const SOCKET made = target->table().lpWSPSocket(af, type, protocol, &passed, group, flags, &error);
    return made == INVALID_SOCKET ? fail(made, error) : made;
}

SOCKET create(int af, int type, int protocol, const WSAPROTOCOL_INFOW* info, GROUP group,
              DWORD flags) noexcept
try {
    call_scope scope;
    return scope ? make_socket(scope, af, type, protocol, info, group, flags)
                 : fail(SOCKET{INVALID_SOCKET}, WSANOTINITIALISED);
} catch (const std::bad_alloc&) {
    return fail(SOCKET{INVALID_SOCKET}, WSAENOBUFS);
}

}  // namespace

SOCKET WSAAPI socket(int af, int type, int protocol)
{
    return create(af, type, protocol, nullptr, 0, this_thread.open_type == 0 ? WSA_FLAG_OVERLAPPED : 0);
}

SOCKET WSAAPI WSASocketW(int af, int type, int protocol, LPWSAPROTOCOL_INFOW lpProtocolInfo, GROUP g,
                         DWORD dwFlags)
{
    return create(af, type, protocol, lpProtocolInfo, g, dwFlags);
}

SOCKET WSAAPI WSASocketA(int af, int type, int protocol, LPWSAPROTOCOL_INFOA lpProtocolInfo, GROUP g,
                         DWORD dwFlags)
{
    if (lpProtocolInfo == nullptr) {
        return create(af, type, protocol, nullptr, g, dwFlags);
    }
    const WSAPROTOCOL_INFOW info = to_wide(*lpProtocolInfo);
    return create(af, type, protocol, &info, g, dwFlags);
}

int WSAAPI closesocket(SOCKET s)
{
    if (!begin_close(s)) {
        return 0;
    }
    const int result = call_provider(
        s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) { return table.lpWSPCloseSocket(s, lpErrno); });
    if (result != 0) {
        undo_close(s);
    }
    spindle::kernel::socket_entry entry;
    if (result == 0 && spindle::kernel::handles.find_socket(s, entry) && entry.ifs) {
        // IFS handles are closed in the kernel, which the host is here; see upcalls_socket.cpp.
        spindle::kernel::handles.remove(s, spindle::kernel::object_kind::socket);
    }
    return result;
}

int WSAAPI bind(SOCKET s, const sockaddr* name, int namelen)
{
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPBind(s, name, namelen, lpErrno);
    });
}

int WSAAPI listen(SOCKET s, int backlog)
{
    return call_provider(
        s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) { return table.lpWSPListen(s, backlog, lpErrno); });
}

SOCKET WSAAPI WSAAccept(SOCKET s, sockaddr* addr, LPINT addrlen, LPCONDITIONPROC lpfnCondition,
                        DWORD_PTR dwCallbackData)
{
    return call_provider(s, SOCKET{INVALID_SOCKET}, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPAccept(s, addr, addrlen, lpfnCondition, dwCallbackData, lpErrno);
    });
}

SOCKET WSAAPI accept(SOCKET s, sockaddr* addr, int* addrlen)
{
    return WSAAccept(s, addr, addrlen, nullptr, 0);
}

int WSAAPI WSAConnect(SOCKET s, const sockaddr* name, int namelen, LPWSABUF lpCallerData,
                      LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS)
{
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPConnect(s, name, namelen, lpCallerData, lpCalleeData, lpSQOS, lpGQOS, lpErrno);
    });
}

int WSAAPI connect(SOCKET s, const sockaddr* name, int namelen)
{
    return WSAConnect(s, name, namelen, nullptr, nullptr, nullptr, nullptr);
}

SOCKET WSAAPI WSAJoinLeaf(SOCKET s, const sockaddr* name, int namelen, LPWSABUF lpCallerData,
                          LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS, DWORD dwFlags)
{
    return call_provider(s, SOCKET{INVALID_SOCKET}, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPJoinLeaf(s, name, namelen, lpCallerData, lpCalleeData, lpSQOS, lpGQOS, dwFlags,
                                   lpErrno);
    });
}

int WSAAPI shutdown(SOCKET s, int how)
{
    return call_provider(
        s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) { return table.lpWSPShutdown(s, how, lpErrno); });
}

int WSAAPI WSASendDisconnect(SOCKET s, LPWSABUF lpOutboundDisconnectData)
{
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPSendDisconnect(s, lpOutboundDisconnectData, lpErrno);
    });
}

int WSAAPI WSARecvDisconnect(SOCKET s, LPWSABUF lpInboundDisconnectData)
{
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPRecvDisconnect(s, lpInboundDisconnectData, lpErrno);
    });
}

int WSAAPI getpeername(SOCKET s, sockaddr* name, int* namelen)
{
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPGetPeerName(s, name, namelen, lpErrno);
    });
}

int WSAAPI getsockname(SOCKET s, sockaddr* name, int* namelen)
{
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPGetSockName(s, name, namelen, lpErrno);
    });
}

int WSAAPI WSADuplicateSocketW(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOW lpProtocolInfo)
{
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPDuplicateSocket(s, dwProcessId, lpProtocolInfo, lpErrno);
    });
}

int WSAAPI WSADuplicateSocketA(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOA lpProtocolInfo)
{
    WSAPROTOCOL_INFOW wide{};
    const int result = WSADuplicateSocketW(s, dwProcessId, lpProtocolInfo != nullptr ? &wide : nullptr);
    if (result == 0 && lpProtocolInfo != nullptr) {
        *lpProtocolInfo = to_narrow(wide);
    }
    return result;
}
