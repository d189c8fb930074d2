// Extension functions: programs call them directly with their own sockets, so a layer that has sockets of its own has to
// have them, too. Each looks the provider's function below up and calls it with the sockets below. Errors go to the
// thread's last error. Those of TransmitPackets, WSAPoll and Registered I/O are left out, which the program is told.
// Answers to the pages "AcceptEx", "ConnectEx", "DisconnectEx", "TransmitFile", "LPFN_WSARECVMSG" and "WSASendMsg".
#include "layer.hpp"

#include <algorithm>
#include <cstring>

namespace layer {

namespace {

constexpr GUID accept_ex_id = WSAID_ACCEPTEX;
constexpr GUID accept_ex_addresses_id = WSAID_GETACCEPTEXSOCKADDRS;
constexpr GUID connect_ex_id = WSAID_CONNECTEX;
constexpr GUID disconnect_ex_id = WSAID_DISCONNECTEX;
constexpr GUID transmit_file_id = WSAID_TRANSMITFILE;
constexpr GUID receive_message_id = WSAID_WSARECVMSG;
constexpr GUID send_message_id = WSAID_WSASENDMSG;

template <class Function>
Function lower_function(const socket_context& it, GUID id, LPINT lpErrno)
{
    Function found = nullptr;
    DWORD returned = 0;
    const int result =
        it.table().lpWSPIoctl(it.below, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &found,
                              sizeof found, &returned, nullptr, nullptr, nullptr, lpErrno);
    return result == 0 ? found : nullptr;
}

// `call(function, context, overlapped)` below, which returns whether it succeeded and leaves the last error otherwise.
template <class Function, class Call>
bool call_extension(SOCKET s, const GUID& id, direction which, const overlapped_arguments& arguments,
                    LPDWORD bytes, Call&& call)
{
    int error = 0;
    const int result = on_socket(s, SOCKET_ERROR, &error, [&](socket_context& it, const WSPPROC_TABLE&) {
        const auto function = lower_function<Function>(it, id, &error);
        if (function == nullptr) {
            return SOCKET_ERROR;
        }
        if (arguments.overlapped == nullptr || !it.overlapped) {
            const bool done = call(function, it, reinterpret_cast<OVERLAPPED*>(arguments.overlapped));
            error = done ? 0 : WSAGetLastError();
            if (done && bytes != nullptr) {
                (which == direction::out ? it.sent : it.received) += *bytes;
            }
            return done ? 0 : SOCKET_ERROR;
        }
        auto made = begin_request(it, arguments, which, &error);
        if (!made) {
            return SOCKET_ERROR;
        }
        const bool done = call(function, it, &made->lower);
        error = done ? 0 : WSAGetLastError();
        return issued(std::move(made), done ? 0 : SOCKET_ERROR, &error);
    });
    if (result != 0) {
        WSASetLastError(error);
    }
    return result == 0;
}

overlapped_arguments without_routine(LPOVERLAPPED overlapped)
{
    return {reinterpret_cast<LPWSAOVERLAPPED>(overlapped), nullptr, nullptr};
}

BOOL PASCAL accept_ex(SOCKET sListenSocket, SOCKET sAcceptSocket, PVOID lpOutputBuffer,
                      DWORD dwReceiveDataLength, DWORD dwLocalAddressLength, DWORD dwRemoteAddressLength,
                      LPDWORD lpdwBytesReceived, LPOVERLAPPED lpOverlapped)
{
    const context_ptr accepting = find_socket(sAcceptSocket);
    return call_extension<LPFN_ACCEPTEX>(
        sListenSocket, accept_ex_id, direction::in, without_routine(lpOverlapped), lpdwBytesReceived,
        [&](LPFN_ACCEPTEX function, socket_context& it, OVERLAPPED* lower) {
            return function(it.below, accepting ? accepting->below : sAcceptSocket, lpOutputBuffer,
                            dwReceiveDataLength, dwLocalAddressLength, dwRemoteAddressLength,
                            lpdwBytesReceived, lower) != FALSE;
        });
}

BOOL PASCAL connect_ex(SOCKET s, const sockaddr* name, int namelen, PVOID lpSendBuffer,
                       DWORD dwSendDataLength, LPDWORD lpdwBytesSent, LPOVERLAPPED lpOverlapped)
{
    return call_extension<LPFN_CONNECTEX>(
        s, connect_ex_id, direction::out, without_routine(lpOverlapped), lpdwBytesSent,
        [&](LPFN_CONNECTEX function, socket_context& it, OVERLAPPED* lower) {
            return function(it.below, name, namelen, lpSendBuffer, dwSendDataLength, lpdwBytesSent, lower) !=
                   FALSE;
        });
}

BOOL PASCAL disconnect_ex(SOCKET s, LPOVERLAPPED lpOverlapped, DWORD dwFlags, DWORD dwReserved)
{
    return call_extension<LPFN_DISCONNECTEX>(
        s, disconnect_ex_id, direction::neither, without_routine(lpOverlapped), nullptr,
        [&](LPFN_DISCONNECTEX function, socket_context& it, OVERLAPPED* lower) {
            return function(it.below, lower, dwFlags, dwReserved) != FALSE;
        });
}

// Where in the file to begin stands in the program's OVERLAPPED.
BOOL PASCAL transmit_file(SOCKET s, HANDLE hFile, DWORD nNumberOfBytesToWrite, DWORD nNumberOfBytesPerSend,
                          LPOVERLAPPED lpOverlapped, LPTRANSMIT_FILE_BUFFERS lpTransmitBuffers,
                          DWORD dwReserved)
{
    return call_extension<LPFN_TRANSMITFILE>(
        s, transmit_file_id, direction::out, without_routine(lpOverlapped), nullptr,
        [&](LPFN_TRANSMITFILE function, socket_context& it, OVERLAPPED* lower) {
            if (lower != nullptr && lower != lpOverlapped) {
                lower->Offset = lpOverlapped->Offset;
                lower->OffsetHigh = lpOverlapped->OffsetHigh;
            }
            return function(it.below, hFile, nNumberOfBytesToWrite, nNumberOfBytesPerSend, lower,
                            lpTransmitBuffers, dwReserved) != FALSE;
        });
}

INT PASCAL receive_message(SOCKET s, LPWSAMSG lpMsg, LPDWORD lpdwNumberOfBytesRecvd,
                           LPWSAOVERLAPPED lpOverlapped,
                           LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    const bool done = call_extension<LPFN_WSARECVMSG>(
        s, receive_message_id, direction::in, {lpOverlapped, lpCompletionRoutine, nullptr},
        lpdwNumberOfBytesRecvd, [&](LPFN_WSARECVMSG function, socket_context& it, OVERLAPPED* lower) {
            return function(it.below, lpMsg, lpdwNumberOfBytesRecvd, reinterpret_cast<LPWSAOVERLAPPED>(lower),
                            nullptr) == 0;
        });
    return done ? 0 : SOCKET_ERROR;
}

INT PASCAL send_message(SOCKET s, LPWSAMSG lpMsg, DWORD dwFlags, LPDWORD lpNumberOfBytesSent,
                        LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    const bool done = call_extension<LPFN_WSASENDMSG>(
        s, send_message_id, direction::out, {lpOverlapped, lpCompletionRoutine, nullptr}, lpNumberOfBytesSent,
        [&](LPFN_WSASENDMSG function, socket_context& it, OVERLAPPED* lower) {
            return function(it.below, lpMsg, dwFlags, lpNumberOfBytesSent,
                            reinterpret_cast<LPWSAOVERLAPPED>(lower), nullptr) == 0;
        });
    return done ? 0 : SOCKET_ERROR;
}

// It only looks into the buffer: no socket is named.
void PASCAL accept_ex_addresses(PVOID lpOutputBuffer, DWORD dwReceiveDataLength, DWORD dwLocalAddressLength,
                                DWORD dwRemoteAddressLength, sockaddr** LocalSockaddr,
                                LPINT LocalSockaddrLength, sockaddr** RemoteSockaddr,
                                LPINT RemoteSockaddrLength)
{
    GetAcceptExSockaddrs(lpOutputBuffer, dwReceiveDataLength, dwLocalAddressLength, dwRemoteAddressLength,
                         LocalSockaddr, LocalSockaddrLength, RemoteSockaddr, RemoteSockaddrLength);
}

template <class Function>
void* address_of(Function* function)
{
    return reinterpret_cast<void*>(function);
}

}  // namespace

void* extension_function(const GUID& id)
{
    const struct {
        GUID id;
        void* function;
    } table[] = {{accept_ex_id, address_of(accept_ex)},
                 {accept_ex_addresses_id, address_of(accept_ex_addresses)},
                 {connect_ex_id, address_of(connect_ex)},
                 {disconnect_ex_id, address_of(disconnect_ex)},
                 {transmit_file_id, address_of(transmit_file)},
                 {receive_message_id, address_of(receive_message)},
                 {send_message_id, address_of(send_message)}};
    const auto* const found = std::find_if(std::begin(table), std::end(table), [&id](const auto& row) {
        return std::memcmp(&row.id, &id, sizeof id) == 0;
    });
    return found != std::end(table) ? found->function : nullptr;
}

}  // namespace layer
