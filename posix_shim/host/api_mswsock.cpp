// The functions that mswsock.dll exports on Windows: each is the provider's extension function, looked up once per
// provider and called through. It sets the last error itself (MAP-11, 12). ConnectEx, DisconnectEx, TransmitPackets and
// WSARecvMsg are no exports there, and programs use these names for variables of their own. Answers to the pages
// "AcceptEx", "GetAcceptExSockaddrs" and "TransmitFile".
#include "host/extension.hpp"

#include <spindle/accept_buffer.hpp>

using namespace spindle;
using namespace spindle::host;

namespace {

constexpr GUID accept_ex_id = WSAID_ACCEPTEX;
constexpr GUID transmit_file_id = WSAID_TRANSMITFILE;

template <class Function, class... Arguments>
auto call_extension(extension which, const GUID& id, SOCKET s,
                    decltype(Function{}(s, Arguments{}...)) failure, Arguments... arguments)
{
    call_scope scope;
    if (!scope) {
        return fail(failure, WSANOTINITIALISED);
    }
    const auto function = known_extension_function<Function>(scope, which, s, id);
    return function == nullptr ? failure : function(s, arguments...);
}

std::span<std::byte> block_at(PVOID buffer, std::size_t offset, DWORD length) noexcept
{
    return {static_cast<std::byte*>(buffer) + offset, length};
}

void point_to(std::span<std::byte> block, sockaddr** address, LPINT length) noexcept
{
    const auto found = accept_buffer::address_in(block);
    if (address != nullptr) {
        *address = reinterpret_cast<sockaddr*>(found.data());
    }
    if (length != nullptr) {
        *length = static_cast<INT>(found.size());
    }
}

}  // namespace

BOOL WINAPI AcceptEx(SOCKET sListenSocket, SOCKET sAcceptSocket, PVOID lpOutputBuffer,
                     DWORD dwReceiveDataLength, DWORD dwLocalAddressLength, DWORD dwRemoteAddressLength,
                     LPDWORD lpdwBytesReceived, LPOVERLAPPED lpOverlapped)
{
    return call_extension<LPFN_ACCEPTEX>(
        extension::accept_ex, accept_ex_id, sListenSocket, FALSE, sAcceptSocket, lpOutputBuffer,
        dwReceiveDataLength, dwLocalAddressLength, dwRemoteAddressLength, lpdwBytesReceived, lpOverlapped);
}

// Without a local block the local outputs are left as they are (ACX-18).
VOID WINAPI GetAcceptExSockaddrs(PVOID lpOutputBuffer, DWORD dwReceiveDataLength, DWORD dwLocalAddressLength,
                                 DWORD dwRemoteAddressLength, sockaddr** LocalSockaddr,
                                 LPINT LocalSockaddrLength, sockaddr** RemoteSockaddr,
                                 LPINT RemoteSockaddrLength)
{
    const std::size_t local = dwReceiveDataLength;
    if (dwLocalAddressLength != 0) {
        point_to(block_at(lpOutputBuffer, local, dwLocalAddressLength), LocalSockaddr, LocalSockaddrLength);
    }
    point_to(block_at(lpOutputBuffer, local + dwLocalAddressLength, dwRemoteAddressLength), RemoteSockaddr,
             RemoteSockaddrLength);
}

BOOL WINAPI TransmitFile(SOCKET hSocket, HANDLE hFile, DWORD nNumberOfBytesToWrite,
                         DWORD nNumberOfBytesPerSend, LPOVERLAPPED lpOverlapped,
                         LPTRANSMIT_FILE_BUFFERS lpTransmitBuffers, DWORD dwReserved)
{
    return call_extension<LPFN_TRANSMITFILE>(extension::transmit_file, transmit_file_id, hSocket, FALSE,
                                             hFile, nNumberOfBytesToWrite, nNumberOfBytesPerSend,
                                             lpOverlapped, lpTransmitBuffers, dwReserved);
}
