// Cancelling requests, see request_cancel.hpp.
#include "host/request_cancel.hpp"

#include "host/base_sockets.hpp"
#include "host/call_scope.hpp"
#include "host/socket_handles.hpp"

namespace spindle::host {

int cancel_requests(HANDLE file, const OVERLAPPED* request, bool own_only, std::uint32_t& found) noexcept
{
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

}  // namespace spindle::host
