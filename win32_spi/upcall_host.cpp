// The upcalls a provider without overlapped requests needs: handles (HAND-1 to HAND-12) and the blocking hook
// (BLK-5 to BLK-8). See upcall_host.hpp.
#include "upcall_host.hpp"

#include <atomic>

#include "complete_upcall.hpp"
#include "exchange_provider.hpp"
#include "thunk.hpp"

namespace spindle::spi {

namespace {

/// The hook last queried on this thread. Core's hook carries one word of context and Winsock's needs two, the
/// function and its own context. No destructor: a thread-local with one would keep the library mapped.
struct queried_hook {
    LPBLOCKINGCALLBACK function;
    DWORD_PTR context;
};
thread_local queried_hook this_threads_hook{nullptr, 0};

bool run_hook(std::uintptr_t) noexcept
{
    const queried_hook hook = this_threads_hook;
    const bool go_on = hook.function(hook.context) != 0;
    this_threads_hook = hook;  // a call nested in the hook may have queried another one
    return go_on;
}

/// The code an upcall reported, unchanged; an upcall that failed without one is a failure of the system.
std::error_code reported(int code) noexcept
{
    return make_error_code(code == 0 ? errc::system_call_failure : static_cast<errc>(code));
}

constinit std::atomic<const upcall_host*> newest_host{nullptr};

}  // namespace

const upcall_host* upcalls_of_provider() noexcept
{
    return newest_host.load(std::memory_order_acquire);
}

void set_upcalls_of_provider(const upcall_host* newest) noexcept
{
    newest_host.store(newest, std::memory_order_release);
}

upcall_host::upcall_host(const WSPUPCALLTABLE& upcalls, const WSAPROTOCOL_INFOW& started)
    : upcalls_(upcalls), complete_(complete_upcall(upcalls)),
      ifs_handles_((started.dwServiceFlags1 & XP1_IFS_HANDLES) != 0), started_entry_id_(started.dwCatalogEntryId)
{
    remember_entry(started);
}

result<socket_handle> upcall_host::create_socket_handle(std::uint32_t catalog_entry_id, socket_token token)
{
    int error = 0;
    SOCKET handle = no_socket;
    if (ifs_handles_ && upcalls_.lpWPUModifyIFSHandle != nullptr) {
        // Only the returned value is the handle (HAND-2); the proposal is a name nobody else has.
        handle = upcalls_.lpWPUModifyIFSHandle(catalog_entry_id, static_cast<SOCKET>(token), &error);
    } else if (!ifs_handles_ && upcalls_.lpWPUCreateSocketHandle != nullptr) {
        handle = upcalls_.lpWPUCreateSocketHandle(catalog_entry_id, static_cast<DWORD_PTR>(token), &error);
    } else {
        return errc::invalid_proc_table;
    }
    if (handle == no_socket) {
        return reported(error);
    }
    return static_cast<socket_handle>(handle);
}

void upcall_host::close_socket_handle(std::uint32_t, socket_handle handle) noexcept
{
    if (upcalls_.lpWPUCloseSocketHandle == nullptr) {
        return;
    }
    // A host that only ever modifies handles has nothing to release for them and may say so.
    int error = 0;
    upcalls_.lpWPUCloseSocketHandle(static_cast<SOCKET>(handle), &error);
}

blocking_hook upcall_host::query_blocking_hook(std::uint32_t catalog_entry_id) noexcept
{
    LPBLOCKINGCALLBACK function = nullptr;
    DWORD_PTR context = 0;
    int error = 0;
    if (upcalls_.lpWPUQueryBlockingCallback == nullptr ||
        upcalls_.lpWPUQueryBlockingCallback(catalog_entry_id, &function, &context, &error) != 0 ||
        function == nullptr) {
        return {};
    }
    this_threads_hook = {function, context};
    return {&run_hook, 0};
}

// The table has no upcall for alertable waits: with a host that does not offer the exchange, routines wait for the
// thread's own alertable waits.
std::chrono::nanoseconds upcall_host::begin_alertable_wait(void (*wake)(void*), void* context) noexcept
{
    const auto* kernel = host_kernel();
    return std::chrono::nanoseconds(kernel != nullptr ? kernel->begin_alertable_wait(wake, context)
                                                      : exchange::no_timed_apc);
}

void upcall_host::end_alertable_wait() noexcept
{
    if (const auto* kernel = host_kernel()) {
        kernel->end_alertable_wait();
    }
}

void upcall_host::run_queued_routines() noexcept
{
    if (const auto* kernel = host_kernel()) {
        kernel->run_apcs();
    }
}

void upcall_host::begin_blocking_call(blocked_call& call) noexcept
{
    if (const auto* kernel = host_kernel()) {
        kernel->begin_blocking_call(&call);
    }
}

void upcall_host::end_blocking_call(blocked_call& call) noexcept
{
    if (const auto* kernel = host_kernel()) {
        kernel->end_blocking_call(&call);
    }
}

void upcall_host::set_event(HANDLE event) const noexcept
{
    int error = 0;
    if (upcalls_.lpWPUSetEvent != nullptr) {
        upcalls_.lpWPUSetEvent(event, &error);
    }
}

bool upcall_host::reset_event(HANDLE event) const noexcept
{
    int error = 0;
    return upcalls_.lpWPUResetEvent != nullptr && upcalls_.lpWPUResetEvent(event, &error) != 0;
}

void upcall_host::set_event(const network_event_target& target) noexcept
{
    set_event(reinterpret_cast<HANDLE>(target.object));
}

// ASY-2, ASY-3, UP-26. A window that is gone gets nothing.
void upcall_host::post_network_event(const network_event_target& target, socket_handle socket, unsigned event,
                                     errc code) noexcept
{
    if (upcalls_.lpWPUPostMessage != nullptr) {
        upcalls_.lpWPUPostMessage(reinterpret_cast<HWND>(target.object), target.message,
                                  static_cast<WPARAM>(socket),
                                  static_cast<LPARAM>(event | static_cast<unsigned>(code) << 16U));
    }
}

bool upcall_host::queue_apc(WSATHREADID& thread, LPWSAUSERAPC routine, DWORD_PTR context) const noexcept
{
    int error = 0;
    return upcalls_.lpWPUQueueApc != nullptr && upcalls_.lpWPUQueueApc(&thread, routine, context, &error) == 0;
}

bool upcall_host::open_current_thread(WSATHREADID& thread) const noexcept
{
    int error = 0;
    return upcalls_.lpWPUOpenCurrentThread != nullptr && upcalls_.lpWPUOpenCurrentThread(&thread, &error) == 0;
}

void upcall_host::close_thread(WSATHREADID& thread) const noexcept
{
    int error = 0;
    if (upcalls_.lpWPUCloseThread != nullptr) {
        upcalls_.lpWPUCloseThread(&thread, &error);
    }
}

bool upcall_host::complete_request(SOCKET s, LPWSAOVERLAPPED overlapped, DWORD error, DWORD bytes) const noexcept
{
    int failure = 0;
    return complete_ != nullptr && complete_(s, overlapped, error, bytes, &failure) == 0;
}

}  // namespace spindle::spi
