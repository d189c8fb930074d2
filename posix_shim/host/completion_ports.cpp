// Associations, see completion_ports.hpp.
#include "host/completion_ports.hpp"

#include "host/call_scope.hpp"
#include "host/exchange.hpp"

namespace spindle::host {

namespace {

int error_of_refusal(int wsa_error) noexcept
{
    switch (wsa_error) {
    case 0:
        return 0;
    case WSAEINVAL:
        return ERROR_INVALID_PARAMETER;
    case WSAENOTSOCK:
        return ERROR_INVALID_HANDLE;
    default:
        return ERROR_NOT_ENOUGH_MEMORY;
    }
}

// Tells the provider, if it wants to know. The socket's packets go to the port already: a request that is pending
// completes the way it does from here on (CP-6).
int associate_in_provider(const socket_reference& socket, kernel::completion_port& port) noexcept
{
    const exchange_scope provider(socket.owner().exchange_of_sockets());
    if (!provider) {
        return 0;
    }
    exchange::loop* loop = nullptr;
    switch (port.pin_loop(provider.source(), loop)) {
    case kernel::completion_port::loop_use::none:
        return 0;
    case kernel::completion_port::loop_use::failed:
        return ERROR_NOT_ENOUGH_MEMORY;
    case kernel::completion_port::loop_use::joined:
        break;
    }
    socket.file->acquire();
    const int error = provider->associate(socket.socket, loop, to_exchange(socket.file.get()));
    if (error != 0) {
        socket.file->release();
    }
    port.unpin_loop();
    return error_of_refusal(error);
}

}  // namespace

int associate_with_port(HANDLE handle, kernel::completion_port& port, ULONG_PTR key) noexcept
{
    const call_scope scope;
    socket_reference socket;
    if (const int error = scope ? find_socket_by_handle(handle, socket) : ERROR_INVALID_HANDLE; error != 0) {
        return error;
    }
    if (!socket.file->associate(port, key)) {
        return ERROR_INVALID_PARAMETER;
    }
    const int error = associate_in_provider(socket, port);
    if (error != 0) {
        socket.file->disassociate();
    }
    return error;
}

}  // namespace spindle::host
