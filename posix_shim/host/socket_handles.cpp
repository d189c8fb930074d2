// Duplicates of socket handles, see socket_handles.hpp. A duplicate is a handle of the socket's file object, tagged with
// the value that the provider knows; that value stays in the table, hidden, until the last handle is closed.
#include "host/socket_handles.hpp"

#include "host/dispatch.hpp"

namespace spindle::host {

namespace {

bool find_any_socket(std::uintptr_t value, kernel::socket_entry& entry) noexcept
{
    return kernel::handles.find_socket(value, entry) || kernel::handles.find_hidden_socket(value, entry);
}

// A provider that will not close at once (WSAEWOULDBLOCK) keeps the socket until its last cleanup: no handle is left by
// which a program could try again.
void close_hidden(std::uintptr_t value) noexcept
{
    call_scope scope;
    kernel::socket_entry entry;
    if (!scope || !kernel::handles.find_hidden_socket(value, entry)) {
        return;
    }
    auto& owner = *static_cast<provider*>(entry.owner);
    int error = owner.ensure_started(entry.catalog_entry_id);
    scope.enter_provider(owner);
    if (error == 0 && owner.table().lpWSPCloseSocket(value, &error) == 0 && entry.ifs) {
        kernel::handles.remove(value, kernel::object_kind::socket);
    }
}

}  // namespace

int find_socket_by_handle(HANDLE handle, socket_reference& found) noexcept
{
    const auto value = reinterpret_cast<std::uintptr_t>(handle);
    if (kernel::handles.find_socket(value, found.entry)) {
        found.socket = value;
        found.file = kernel::handles.file_of(value);
        return found.file ? 0 : ERROR_NOT_ENOUGH_MEMORY;
    }
    std::uintptr_t original = 0;
    found.file = kernel::handles.find<kernel::file_object>(value, &original);
    found.socket = original;
    return found.file && find_any_socket(original, found.entry) ? 0 : ERROR_INVALID_HANDLE;
}

std::uint32_t duplicate_socket_handle(const socket_reference& source) noexcept
{
    if (!kernel::handles.add_holder(source.socket)) {
        return 0;
    }
    const std::uint32_t made = kernel::handles.add(*source.file, source.socket);
    if (made == 0) {
        (void)kernel::handles.drop_holder(source.socket);
    }
    return made;
}

bool begin_close(SOCKET s) noexcept
{
    if (!kernel::handles.has_other_holders(s)) {
        (void)kernel::handles.drop_holder(s);
        return true;
    }
    if (!kernel::handles.set_hidden(s, true)) {
        return true;  // closed before; the call fails as for any value that is no socket
    }
    if (!kernel::handles.drop_holder(s)) {
        return false;
    }
    kernel::handles.set_hidden(s, false);  // the duplicates went at this moment
    return true;
}

void undo_close(SOCKET s) noexcept
{
    kernel::handles.restore_holder(s);
}

bool close_duplicate(std::uintptr_t handle) noexcept
{
    std::uintptr_t original = 0;
    const auto file = kernel::handles.find<kernel::file_object>(handle, &original);
    if (!file || !kernel::handles.remove(handle, kernel::object_kind::socket_file)) {
        return false;
    }
    if (kernel::handles.drop_holder(original)) {
        close_hidden(original);
    }
    return true;
}

}  // namespace spindle::host
