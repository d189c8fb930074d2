// The upcalls a provider without overlapped requests needs: handles (HAND-1 to HAND-12) and the blocking hook
// (BLK-5 to BLK-8). See upcall_host.hpp.
#include "upcall_host.hpp"

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

}  // namespace

upcall_host::upcall_host(const WSPUPCALLTABLE& upcalls, const WSAPROTOCOL_INFOW& started)
    : upcalls_(upcalls), ifs_handles_((started.dwServiceFlags1 & XP1_IFS_HANDLES) != 0)
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

}  // namespace spindle::spi
