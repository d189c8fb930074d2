// Upcalls on threads: their ids, the completion routines queued to them. An id is a handle of the thread's
// object; the host's own id of a thread lives as long as the thread, one from WPUOpenCurrentThread until
// WPUCloseThread.
#include "host/call_scope.hpp"
#include "host/runtime.hpp"
#include "host/upcalls.hpp"
#include "kernel/handle_table.hpp"
#include "kernel/thread.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

constexpr std::uintptr_t opened_by_provider = 1;

// Runs a provider's routine as a call in progress, so that the provider is not unloaded underneath it; drops
// it when the last cleanup has begun.
void run_provider_apc(const kernel::apc& call)
{
    const call_scope scope;
    if (scope) {
        reinterpret_cast<LPWSAUSERAPC>(call.routine)(call.context);
    }
}

WSATHREADID id_of(std::uint32_t handle, std::uintptr_t tag) noexcept
{
    WSATHREADID id{};
    id.ThreadHandle = reinterpret_cast<HANDLE>(std::uintptr_t{handle});
    id.Reserved = tag;
    return id;
}

}  // namespace

int WSPAPI WPUQueueApc(LPWSATHREADID lpThreadId, LPWSAUSERAPC lpfnUserApc, DWORD_PTR dwContext, LPINT lpErrno)
{
    if (lpThreadId == nullptr || lpfnUserApc == nullptr) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAEFAULT);
    }
    const auto handle = reinterpret_cast<std::uintptr_t>(lpThreadId->ThreadHandle);
    const auto target = kernel::handles.find<kernel::thread>(handle);
    kernel::apc call;
    call.invoke = &run_provider_apc;
    call.routine = reinterpret_cast<kernel::apc::routine_type>(lpfnUserApc);
    call.context = dwContext;
    return target && target->queue(call) ? 0 : upcall_failure(SOCKET_ERROR, lpErrno, WSAEFAULT);
}

int WSPAPI WPUOpenCurrentThread(LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    if (!serving_providers()) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSANOTINITIALISED);
    }
    if (lpThreadId == nullptr) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAEFAULT);
    }
    kernel::thread* self = kernel::current_thread().object;
    const std::uint32_t handle = self == nullptr ? 0 : kernel::handles.add(*self, opened_by_provider);
    if (handle == 0) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAENOBUFS);
    }
    *lpThreadId = id_of(handle, opened_by_provider);
    return 0;
}

int WSPAPI WPUCloseThread(LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    if (!serving_providers()) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSANOTINITIALISED);
    }
    const auto handle =
        lpThreadId == nullptr ? 0 : reinterpret_cast<std::uintptr_t>(lpThreadId->ThreadHandle);
    std::uintptr_t tag = 0;
    // The host's own id of a thread is not the provider's to close (UP-18).
    if (!kernel::handles.find<kernel::thread>(handle, &tag) || tag != opened_by_provider ||
        !kernel::handles.remove(handle, kernel::object_kind::thread)) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAEINVAL);
    }
    return 0;
}

namespace spindle::host {

LPWSATHREADID calling_thread_id() noexcept
{
    static thread_local WSATHREADID id;
    if (const std::uint32_t handle = kernel::current_thread().handle; handle != 0) {
        id = id_of(handle, 0);
        return &id;
    }
    return nullptr;
}

void drop_provider_apcs() noexcept
{
    kernel::handles.for_each(kernel::object_kind::thread, [](std::uint32_t handle, std::uintptr_t tag) {
        if (const auto target = kernel::handles.find<kernel::thread>(handle)) {
            target->discard(&run_provider_apc);
        }
        if (tag == opened_by_provider) {
            kernel::handles.remove(handle, kernel::object_kind::thread);
        }
    });
}

}  // namespace spindle::host
