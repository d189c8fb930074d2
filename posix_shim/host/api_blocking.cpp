// Blocking hooks of Winsock 1.1 programs, per thread, and the upcall through which a provider asks for them.
// Answers to the pages "Blocking Hook", "WSASetBlockingHook", "WSACancelBlockingCall" (clauses BLK-5 to 11,
// UP-29).
#include "host/call_scope.hpp"
#include "host/catalog.hpp"
#include "host/kernel_objects.hpp"
#include "host/provider.hpp"
#include "host/runtime.hpp"
#include "host/upcalls.hpp"

#include <utility>

using namespace spindle;
using namespace spindle::host;

namespace {

// What WSASetBlockingHook gives as the hook before the first one. It takes one message from the thread's queue and
// dispatches it, as the page "Blocking Hook" has it, so that a hook that hands on to it keeps windows alive; but calls
// use it only if the program installs it: on multithreaded Windows a call blocks its thread and nothing runs meanwhile.
INT_PTR WINAPI take_one_message()
{
    MSG message{};
    if (!thread_may_have_messages() || !PeekMessageW(&message, nullptr, 0, 0, PM_REMOVE)) {
        return FALSE;
    }
    TranslateMessage(&message);
    DispatchMessageW(&message);
    return TRUE;
}

// The program's hook answers "there was a message"; the provider wants to know "go on waiting?" (BLK-6).
BOOL CALLBACK run_hook(DWORD_PTR)
{
    const FARPROC hook = this_thread.blocking_hook;
    if (hook == nullptr) {
        return TRUE;
    }
    const bool outer = std::exchange(this_thread.cancelled, false);
    ++this_thread.hook_depth;
    hook();
    --this_thread.hook_depth;
    return std::exchange(this_thread.cancelled, outer) ? FALSE : TRUE;
}

}  // namespace

// Asked by a provider each time before it waits (BLK-5).
int WSPAPI WPUQueryBlockingCallback(DWORD dwCatalogEntryId, LPBLOCKINGCALLBACK FAR* lplpfnCallback,
                                    PDWORD_PTR lpdwContext, LPINT lpErrno)
{
    if (lplpfnCallback == nullptr || lpdwContext == nullptr) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAEFAULT);
    }
    if (!entry_exists(dwCatalogEntryId)) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAEINVAL);
    }
    *lplpfnCallback = this_thread.blocking_hook == nullptr ? nullptr : &run_hook;
    *lpdwContext = 0;
    return 0;
}

FARPROC WSAAPI WSASetBlockingHook(FARPROC lpBlockFunc)
{
    if (!started()) {
        return fail(FARPROC{nullptr}, WSANOTINITIALISED);
    }
    if (lpBlockFunc == nullptr) {
        return fail(FARPROC{nullptr}, WSAEFAULT);
    }
    const FARPROC previous = this_thread.blocking_hook;
    this_thread.blocking_hook = lpBlockFunc;
    return previous == nullptr ? &take_one_message : previous;
}

int WSAAPI WSAUnhookBlockingHook(void)
{
    if (!started()) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    this_thread.blocking_hook = nullptr;
    return 0;
}

BOOL WSAAPI WSAIsBlocking(void)
{
    return this_thread.hook_depth > 0 ? TRUE : FALSE;
}

int WSAAPI WSACancelBlockingCall(void)
{
    provider* waiting_in = this_thread.current_provider;
    const call_scope scope;
    if (!scope) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    if (this_thread.hook_depth == 0 || waiting_in == nullptr) {
        return fail(SOCKET_ERROR, WSAEINVAL);
    }
    int error = WSAEINVAL;
    if (waiting_in->table().lpWSPCancelBlockingCall(&error) == SOCKET_ERROR) {
        return fail(SOCKET_ERROR, error);
    }
    this_thread.cancelled = true;
    return 0;
}
