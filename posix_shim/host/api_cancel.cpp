// Cancelling requests of a socket and blocking calls of a thread. The service provider interface has no function for
// either: a provider can be asked only through the private agreement. Transfers on files do not wait for anything that
// could be cancelled. Answers to the pages "CancelIo", "CancelIoEx" and "CancelSynchronousIo" (clauses CAN-5 to CAN-8,
// CAN-14, CAN-15).
#include "host/base_sockets.hpp"
#include "host/call_scope.hpp"
#include "host/kernel_objects.hpp"
#include "host/provider_change.hpp"
#include "host/socket_handles.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

// Returns 0 or a Win32 code.
int cancel(HANDLE file, const OVERLAPPED* request, bool own_only, std::uint32_t& found) noexcept
{
    if (const auto source = kernel::handles.find<change_notification>(handle_value(file))) {
        found = cancel_change_waits(*source, request, own_only);
        return 0;
    }
    const call_scope scope;
    socket_reference socket;
    if (const int error = scope ? find_socket_by_handle(file, socket) : ERROR_INVALID_HANDLE; error != 0) {
        return error;
    }
    if (const exchange_scope provider(socket.owner().exchange_of_sockets()); provider) {
        found = provider->cancel(socket.socket, request, own_only);
        return 0;
    }
    // A layer without IFS handles has requests of its own in the program's place: all can be cancelled, not a single one.
    socket_reference base;
    const SOCKET below = base_socket(socket.socket, SIO_BASE_HANDLE);
    if (request != nullptr || below == socket.socket ||
        find_socket_by_handle(reinterpret_cast<HANDLE>(below), base) != 0) {
        return ERROR_NOT_SUPPORTED;
    }
    const exchange_scope provider(base.owner().exchange_of_sockets());
    if (!provider) {
        return ERROR_NOT_SUPPORTED;
    }
    found = provider->cancel(base.socket, nullptr, own_only);
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

BOOL WINAPI CancelSynchronousIo(HANDLE hThread)
{
    const auto target = object_of<kernel::thread>(hThread);
    if (!target) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    return target->cancel_calls() ? TRUE : fail(FALSE, ERROR_NOT_FOUND);
}
