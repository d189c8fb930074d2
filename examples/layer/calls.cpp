// Calls that change nothing but the handle on their way down, options and control codes that name other sockets or the
// layer itself, and addresses as text. Answers to the pages of the functions, "SOL_SOCKET Socket Options" and "Winsock
// IOCTLs".
#include "layer.hpp"

#include <algorithm>
#include <cstring>

namespace layer {

namespace {

// A name made of the first characters, since the narrow form is the provider's to give as well.
WSAPROTOCOL_INFOA narrow_form(const WSAPROTOCOL_INFOW& wide)
{
    WSAPROTOCOL_INFOA narrow{};
    static_assert(offsetof(WSAPROTOCOL_INFOA, szProtocol) == offsetof(WSAPROTOCOL_INFOW, szProtocol));
    std::memcpy(static_cast<void*>(&narrow), &wide, offsetof(WSAPROTOCOL_INFOA, szProtocol));
    WideCharToMultiByte(CP_ACP, 0, wide.szProtocol, -1, narrow.szProtocol, WSAPROTOCOL_LEN, nullptr, nullptr);
    return narrow;
}

template <class Info>
int store_info(const Info& info, char* value, LPINT length, LPINT lpErrno)
{
    if (value == nullptr || length == nullptr || *length < static_cast<int>(sizeof info)) {
        if (length != nullptr) {
            *length = static_cast<int>(sizeof info);
        }
        *lpErrno = WSAEFAULT;
        return SOCKET_ERROR;
    }
    std::memcpy(value, &info, sizeof info);
    *length = static_cast<int>(sizeof info);
    return 0;
}

int store_extension(LPVOID in, DWORD in_size, LPVOID out, DWORD out_size, LPDWORD returned, LPINT lpErrno)
{
    if (in == nullptr || in_size < sizeof(GUID) || out == nullptr || out_size < sizeof(void*) ||
        returned == nullptr) {
        *lpErrno = WSAEFAULT;
        return SOCKET_ERROR;
    }
    GUID wanted{};
    std::memcpy(&wanted, in, sizeof wanted);
    void* const function = extension_function(wanted);
    if (function == nullptr) {
        *lpErrno = WSAEINVAL;
        return SOCKET_ERROR;
    }
    std::memcpy(out, &function, sizeof function);
    *returned = sizeof function;
    return 0;
}

// Addresses have no socket: the structure says which chain is meant.
template <class Call>
INT in_chain(LPWSAPROTOCOL_INFOW info, LPINT lpErrno, Call&& call)
{
    const call_in_progress entered;
    const place* where = nullptr;
    if (!entered) {
        *lpErrno = WSANOTINITIALISED;
    } else if (info == nullptr) {
        *lpErrno = WSAEINVAL;
    } else {
        where = place_in(*info, lpErrno);
    }
    if (where == nullptr) {
        return SOCKET_ERROR;
    }
    WSAPROTOCOL_INFOW passed = where->passed;
    return call(where->below->table, &passed);
}

// A layer that wants to see select answers with its own socket here; this one can be told to.
bool wants_select()
{
    return GetEnvironmentVariableA("COUNTING_LAYER_SEES_SELECT", nullptr, 0) != 0;
}

}  // namespace

}  // namespace layer

namespace layer::spi {

int WSPAPI WSPBind(SOCKET s, const sockaddr* name, int namelen, LPINT lpErrno)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        return table.lpWSPBind(it.below, name, namelen, lpErrno);
    });
}

int WSPAPI WSPListen(SOCKET s, int backlog, LPINT lpErrno)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        return table.lpWSPListen(it.below, backlog, lpErrno);
    });
}

int WSPAPI WSPConnect(SOCKET s, const sockaddr* name, int namelen, LPWSABUF lpCallerData,
                      LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS, LPINT lpErrno)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        return table.lpWSPConnect(it.below, name, namelen, lpCallerData, lpCalleeData, lpSQOS, lpGQOS,
                                  lpErrno);
    });
}

int WSPAPI WSPShutdown(SOCKET s, int how, LPINT lpErrno)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        return table.lpWSPShutdown(it.below, how, lpErrno);
    });
}

int WSPAPI WSPSendDisconnect(SOCKET s, LPWSABUF lpOutboundDisconnectData, LPINT lpErrno)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        return table.lpWSPSendDisconnect(it.below, lpOutboundDisconnectData, lpErrno);
    });
}

int WSPAPI WSPRecvDisconnect(SOCKET s, LPWSABUF lpInboundDisconnectData, LPINT lpErrno)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        return table.lpWSPRecvDisconnect(it.below, lpInboundDisconnectData, lpErrno);
    });
}

int WSPAPI WSPGetPeerName(SOCKET s, sockaddr* name, LPINT namelen, LPINT lpErrno)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        return table.lpWSPGetPeerName(it.below, name, namelen, lpErrno);
    });
}

int WSPAPI WSPGetSockName(SOCKET s, sockaddr* name, LPINT namelen, LPINT lpErrno)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        return table.lpWSPGetSockName(it.below, name, namelen, lpErrno);
    });
}

BOOL WSPAPI WSPGetQOSByName(SOCKET s, LPWSABUF lpQOSName, LPQOS lpQOS, LPINT lpErrno)
{
    return on_socket(s, FALSE, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        return table.lpWSPGetQOSByName(it.below, lpQOSName, lpQOS, lpErrno);
    });
}

int WSPAPI WSPCancelBlockingCall(LPINT lpErrno)
{
    const call_in_progress entered;
    const lower_provider* below = blocked_in::innermost();
    if (!entered || below == nullptr) {
        *lpErrno = entered ? WSAEINVAL : WSANOTINITIALISED;
        return SOCKET_ERROR;
    }
    return below->table.lpWSPCancelBlockingCall(lpErrno);
}

int WSPAPI WSPGetSockOpt(SOCKET s, int level, int optname, char* optval, LPINT optlen, LPINT lpErrno)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        if (level == SOL_SOCKET && optname == SO_PROTOCOL_INFOW) {
            return store_info(it.where->chain, optval, optlen, lpErrno);
        }
        if (level == SOL_SOCKET && optname == SO_PROTOCOL_INFOA) {
            return store_info(narrow_form(it.where->chain), optval, optlen, lpErrno);
        }
        return table.lpWSPGetSockOpt(it.below, level, optname, optval, optlen, lpErrno);
    });
}

int WSPAPI WSPSetSockOpt(SOCKET s, int level, int optname, const char* optval, int optlen, LPINT lpErrno)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        SOCKET listening = INVALID_SOCKET;
        if (level == SOL_SOCKET && optname == SO_UPDATE_ACCEPT_CONTEXT && optval != nullptr &&
            optlen >= static_cast<int>(sizeof listening)) {
            std::memcpy(&listening, optval, sizeof listening);
            const context_ptr known = find_socket(listening);
            listening = known ? known->below : listening;
            optval = reinterpret_cast<const char*>(&listening);
        }
        return table.lpWSPSetSockOpt(it.below, level, optname, optval, optlen, lpErrno);
    });
}

// SIO_BASE_HANDLE and its kin go down, where the base provider answers with its socket (LSP-13).
int WSPAPI WSPIoctl(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer,
                    LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned,
                    LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                    LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        if (dwIoControlCode == SIO_GET_EXTENSION_FUNCTION_POINTER) {
            return store_extension(lpvInBuffer, cbInBuffer, lpvOutBuffer, cbOutBuffer, lpcbBytesReturned,
                                   lpErrno);
        }
        if (dwIoControlCode == SIO_BSP_HANDLE_SELECT && wants_select() && cbOutBuffer >= sizeof s) {
            std::memcpy(lpvOutBuffer, &s, sizeof s);
            *lpcbBytesReturned = sizeof s;
            return 0;
        }
        if (lpOverlapped == nullptr || !it.overlapped) {
            return table.lpWSPIoctl(it.below, dwIoControlCode, lpvInBuffer, cbInBuffer, lpvOutBuffer,
                                    cbOutBuffer, lpcbBytesReturned, lpOverlapped, nullptr, lpThreadId,
                                    lpErrno);
        }
        auto made =
            begin_request(it, {lpOverlapped, lpCompletionRoutine, lpThreadId}, direction::neither, lpErrno);
        if (!made) {
            return SOCKET_ERROR;
        }
        const auto lower = reinterpret_cast<LPWSAOVERLAPPED>(&made->lower);
        const int result =
            table.lpWSPIoctl(it.below, dwIoControlCode, lpvInBuffer, cbInBuffer, lpvOutBuffer, cbOutBuffer,
                             lpcbBytesReturned, lower, nullptr, lpThreadId, lpErrno);
        return issued(std::move(made), result, lpErrno);
    });
}

INT WSPAPI WSPAddressToString(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
                              LPWSAPROTOCOL_INFOW lpProtocolInfo, LPWSTR lpszAddressString,
                              LPDWORD lpdwAddressStringLength, LPINT lpErrno)
{
    return in_chain(lpProtocolInfo, lpErrno, [&](const WSPPROC_TABLE& table, LPWSAPROTOCOL_INFOW passed) {
        return table.lpWSPAddressToString(lpsaAddress, dwAddressLength, passed, lpszAddressString,
                                          lpdwAddressStringLength, lpErrno);
    });
}

INT WSPAPI WSPStringToAddress(LPWSTR AddressString, INT AddressFamily, LPWSAPROTOCOL_INFOW lpProtocolInfo,
                              LPSOCKADDR lpAddress, LPINT lpAddressLength, LPINT lpErrno)
{
    return in_chain(lpProtocolInfo, lpErrno, [&](const WSPPROC_TABLE& table, LPWSAPROTOCOL_INFOW passed) {
        return table.lpWSPStringToAddress(AddressString, AddressFamily, passed, lpAddress, lpAddressLength,
                                          lpErrno);
    });
}

}  // namespace layer::spi
