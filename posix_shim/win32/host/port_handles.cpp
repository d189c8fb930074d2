// A list: programs have one port, or a few. See port_handles.hpp.
#include "host/port_handles.hpp"

#include <mutex>
#include <new>
#include <utility>

namespace spindle::host::port_handles {

namespace {

struct entry {
    HANDLE handle;
    kernel::object_ref<kernel::completion_port> port;
    entry* next;
};

constinit kernel::static_mutex mutex;
constinit entry* first = nullptr;

entry** place_of(HANDLE handle) noexcept
{
    entry** place = &first;
    while (*place != nullptr && (*place)->handle != handle) {
        place = &(*place)->next;
    }
    return place;
}

bool add(HANDLE handle, kernel::object_ref<kernel::completion_port> port) noexcept
{
    auto* const made = new (std::nothrow) entry{handle, std::move(port), nullptr};
    if (made == nullptr) {
        return false;
    }
    const std::lock_guard lock(mutex);
    made->next = std::exchange(first, made);
    return true;
}

}  // namespace

kernel::object_ref<kernel::completion_port> find(HANDLE handle) noexcept
{
    const std::lock_guard lock(mutex);
    const entry* const found = *place_of(handle);
    if (found == nullptr) {
        return {};
    }
    found->port->acquire();
    return kernel::object_ref<kernel::completion_port>(found->port.get());
}

bool enter(HANDLE handle, kernel::object_ref<kernel::completion_port> port) noexcept
{
    kernel::completion_port& entered = *port;
    if (!add(handle, std::move(port))) {
        return false;
    }
    entered.handle_opened();
    return true;
}

kernel::object_ref<kernel::completion_port> take_out(HANDLE handle) noexcept
{
    entry* found = nullptr;
    {
        const std::lock_guard lock(mutex);
        entry** const place = place_of(handle);
        found = *place;
        if (found != nullptr) {
            *place = found->next;
        }
    }
    auto port = found != nullptr ? std::move(found->port) : kernel::object_ref<kernel::completion_port>();
    delete found;
    return port;
}

void put_back(HANDLE handle, kernel::object_ref<kernel::completion_port> port) noexcept
{
    (void)add(handle, std::move(port));
}

}  // namespace spindle::host::port_handles
