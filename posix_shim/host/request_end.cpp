// The end of a request, see request_end.hpp.
#include "host/request_end.hpp"

#include "host/kernel_objects.hpp"

#include <atomic>

namespace spindle::host {

namespace {

constexpr std::uintptr_t no_packet_bit = 1;  // in hEvent, OVL-15

}  // namespace

void complete_request(kernel::file_object* file, OVERLAPPED& request, DWORD status, ULONG_PTR bytes,
                      exchange::notify how) noexcept
{
    const HANDLE event = request.hEvent;
    std::atomic_ref(request.InternalHigh).store(bytes, std::memory_order_relaxed);
    std::atomic_ref(request.Internal).store(status, std::memory_order_release);
    if (how == exchange::notify::settle_only) {
        if (file != nullptr) {
            file->settle();
        }
        return;
    }
    const unsigned modes = file != nullptr ? file->modes() : 0;
    if (handle_value(event) != 0) {
        set_event_object(event);
    } else if (file != nullptr && (modes & FILE_SKIP_SET_EVENT_ON_HANDLE) == 0) {
        file->signal();
    }
    kernel::completion_port* const port = file != nullptr ? file->port() : nullptr;
    const bool skipped =
        how == exchange::notify::at_once && (modes & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) != 0;
    if (port != nullptr && !skipped && (reinterpret_cast<std::uintptr_t>(event) & no_packet_bit) == 0) {
        port->complete({file->key(), &request, status, static_cast<std::uint32_t>(bytes)});
    }
}

}  // namespace spindle::host
