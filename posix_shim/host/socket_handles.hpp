// Handles of sockets as the file functions see them: the SOCKET itself, and duplicates of it that DuplicateHandle has
// made. Winsock's own functions know the SOCKET alone (GOR-8); its last handle ends the socket (OVL-19, D-23).
#pragma once

#include "host/provider.hpp"
#include "kernel/handle_table.hpp"

namespace spindle::host {

/// A socket found by one of its handles. Valid while the caller's call_scope exists.
struct socket_reference {
    SOCKET socket = INVALID_SOCKET;  // the value that the provider knows
    kernel::socket_entry entry;
    kernel::object_ref<kernel::file_object> file;

    [[nodiscard]] provider& owner() const noexcept { return *static_cast<provider*>(entry.owner); }
};

/// Returns 0, ERROR_INVALID_HANDLE, or ERROR_NOT_ENOUGH_MEMORY.
[[nodiscard]] int find_socket_by_handle(HANDLE handle, socket_reference& found) noexcept;

/// A further handle of the socket; 0: there is none any more, or no handles are left.
[[nodiscard]] std::uint32_t duplicate_socket_handle(const socket_reference& source) noexcept;

/// closesocket, for what hangs on the host. False: the socket has other handles and goes on for them, the value is
/// gone. True: the provider is to close it; undo_close() if it refuses.
[[nodiscard]] bool begin_close(SOCKET s) noexcept;
void undo_close(SOCKET s) noexcept;

/// CloseHandle on a duplicate; false: the handle is none.
[[nodiscard]] bool close_duplicate(std::uintptr_t handle) noexcept;

}  // namespace spindle::host
