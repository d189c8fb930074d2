// Cancelling requests of a socket. The service provider interface has no function for it: a provider can be asked only
// through the private agreement. Answers to the pages "CancelIo" and "CancelIoEx" (clauses CAN-5 to CAN-8).
#include "host/call_scope.hpp"
#include "host/socket_handles.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

// Returns 0 or a Win32 code.
int cancel(HANDLE file, const OVERLAPPED* request, bool own_only, std::uint32_t& found) noexcept
{
    const call_scope scope;
    socket_reference socket;
    if (const int error = scope ? find_socket_by_handle(file, socket) : ERROR_INVALID_HANDLE; error != 0) {
        return error;
    }
    const exchange_scope provider(socket.owner().exchange());
    if (!provider) {
        return ERROR_NOT_SUPPORTED;
    }
    found = provider->cancel(socket.socket, request, own_only);
    return 0;
}

}  // namespace

// Having nothing to cancel is no failure.
BOOL WINAPI CancelIo(HANDLE hFile)
{
    std::uint32_t found = 0;
    const int error = cancel(hFile, nullptr, true, found);
    return error == 0 ? TRUE : fail(FALSE, error);
}

BOOL WINAPI CancelIoEx(HANDLE hFile, LPOVERLAPPED lpOverlapped)
{
    std::uint32_t found = 0;
    const int error = cancel(hFile, lpOverlapped, false, found);
    return error == 0 && found > 0 ? TRUE : fail(FALSE, error != 0 ? error : ERROR_NOT_FOUND);
}
