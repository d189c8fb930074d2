// Upcalls on threads, which are Windows' own: an id has a handle of the thread, a call queued to one is an APC. The host's
// id of a thread lives until the thread ends or the last cleanup, one from WPUOpenCurrentThread until WPUCloseThread.
#include "host/call_scope.hpp"
#include "host/runtime.hpp"
#include "host/upcalls.hpp"
#include "kernel/sync.hpp"

#include <new>
#include <unordered_map>
#include <utility>

using namespace spindle;
using namespace spindle::host;

namespace {

constexpr std::uintptr_t opened_by_provider = 1;

struct queued_call {
    LPWSAUSERAPC routine;
    DWORD_PTR context;
};

// The calls that are queued and have not run. An APC cannot be taken back: it carries a number that stands for its call as
// long as that is in here.
struct call_book {
    ULONG_PTR last_number = 0;
    std::unordered_map<ULONG_PTR, queued_call> calls;
};
constinit kernel::static_mutex book_lock;
constinit call_book* book = nullptr;
constinit ULONG_PTR numbers_before = 0;  // those that earlier books gave

ULONG_PTR enter_in_book(const queued_call& call)
{
    const std::lock_guard lock(book_lock);
    if (book == nullptr) {
        book = new call_book{numbers_before, {}};
    }
    book->calls.emplace(++book->last_number, call);
    return book->last_number;
}

bool take_from_book(ULONG_PTR number, queued_call& call) noexcept
{
    const std::lock_guard lock(book_lock);
    if (book == nullptr) {
        return false;
    }
    const auto found = book->calls.find(number);
    if (found == book->calls.end()) {
        return false;
    }
    call = found->second;
    book->calls.erase(found);
    return true;
}

void close_book() noexcept
{
    const std::lock_guard lock(book_lock);
    if (book != nullptr) {
        numbers_before = book->last_number;
        delete std::exchange(book, nullptr);
    }
}

// Runs a provider's routine as a call in progress, so that the provider is not unloaded underneath it; drops it when the
// last cleanup has begun.
void CALLBACK run_provider_apc(ULONG_PTR number)
{
    queued_call call{};
    if (!take_from_book(number, call)) {
        return;
    }
    const call_scope scope;
    if (scope) {
        call.routine(call.context);
    }
}

HANDLE handle_of_current_thread() noexcept
{
    const HANDLE process = GetCurrentProcess();
    HANDLE made = nullptr;
    DuplicateHandle(process, GetCurrentThread(), process, &made, 0, FALSE, DUPLICATE_SAME_ACCESS);
    return made;
}

// The host's own ids, one in a slot of each thread that has needed one.
constinit kernel::static_mutex slot_lock;
constinit std::atomic<DWORD> id_slot{FLS_OUT_OF_INDEXES};

void WINAPI drop_own_id(PVOID id)
{
    const auto* const own = static_cast<WSATHREADID*>(id);
    if (own != nullptr) {
        CloseHandle(own->ThreadHandle);
        delete own;
    }
}

DWORD slot_of_ids() noexcept
{
    DWORD slot = id_slot.load(std::memory_order_acquire);
    if (slot == FLS_OUT_OF_INDEXES) {
        const std::lock_guard lock(slot_lock);
        slot = id_slot.load(std::memory_order_relaxed);
        if (slot == FLS_OUT_OF_INDEXES) {
            slot = FlsAlloc(&drop_own_id);
            id_slot.store(slot, std::memory_order_release);
        }
    }
    return slot;
}

LPWSATHREADID make_own_id(DWORD slot) noexcept
{
    auto* made = new (std::nothrow) WSATHREADID{};
    if (made == nullptr) {
        return nullptr;
    }
    made->ThreadHandle = handle_of_current_thread();
    if (made->ThreadHandle == nullptr || FlsSetValue(slot, made) == FALSE) {
        CloseHandle(made->ThreadHandle);
        delete made;
        return nullptr;
    }
    return made;
}

}  // namespace

int WSPAPI WPUQueueApc(LPWSATHREADID lpThreadId, LPWSAUSERAPC lpfnUserApc, DWORD_PTR dwContext, LPINT lpErrno)
try {
    if (lpThreadId == nullptr || lpfnUserApc == nullptr) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAEFAULT);
    }
    const ULONG_PTR number = enter_in_book({lpfnUserApc, dwContext});
    if (QueueUserAPC(&run_provider_apc, lpThreadId->ThreadHandle, number) != 0) {
        return 0;
    }
    queued_call refused{};
    take_from_book(number, refused);
    return upcall_failure(SOCKET_ERROR, lpErrno, WSAEFAULT);
} catch (const std::bad_alloc&) {
    return upcall_failure(SOCKET_ERROR, lpErrno, WSAEFAULT);
}

int WSPAPI WPUOpenCurrentThread(LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    if (!serving_providers()) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSANOTINITIALISED);
    }
    if (lpThreadId == nullptr) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAEFAULT);
    }
    const HANDLE handle = handle_of_current_thread();
    if (handle == nullptr) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAENOBUFS);
    }
    *lpThreadId = {handle, opened_by_provider};
    return 0;
}

int WSPAPI WPUCloseThread(LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    if (!serving_providers()) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSANOTINITIALISED);
    }
    // The host's own id of a thread is not the provider's to close (UP-18).
    if (lpThreadId == nullptr || lpThreadId->Reserved != opened_by_provider ||
        CloseHandle(lpThreadId->ThreadHandle) == FALSE) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAEINVAL);
    }
    return 0;
}

namespace spindle::host {

LPWSATHREADID calling_thread_id() noexcept
{
    const DWORD slot = slot_of_ids();
    if (slot == FLS_OUT_OF_INDEXES) {
        return nullptr;
    }
    const DWORD before = GetLastError();  // FlsGetValue clears it
    auto* const known = static_cast<LPWSATHREADID>(FlsGetValue(slot));
    auto* const id = known != nullptr ? known : make_own_id(slot);
    SetLastError(before);
    return id;
}

// Nobody is in a call any more. Freeing the slot ends the ids of all threads.
void drop_provider_apcs() noexcept
{
    close_book();
    const DWORD slot = id_slot.exchange(FLS_OUT_OF_INDEXES, std::memory_order_acq_rel);
    if (slot != FLS_OUT_OF_INDEXES) {
        FlsFree(slot);
    }
}

}  // namespace spindle::host
