// Threads as programs see them: starting, ending, identity, exit codes, APCs. Answers to the pages
// "CreateThread", "ExitThread", "OpenThread", "QueueUserAPC", "SetThreadPriority".
#include "host/program_thread.hpp"
#include "host/text.hpp"
#include "host/thread_state.hpp"

#include <algorithm>
#include <sched.h>
#include <sys/resource.h>

using namespace spindle;
using namespace spindle::host;

namespace {

void call_user_routine(const kernel::apc& call)
{
    reinterpret_cast<PAPCFUNC>(call.routine)(call.context);
}

// A size that is not meant as a reservation only says how much to commit; the reservation stays at least
// what it would be, and the system commits on demand.
std::size_t stack_reservation(SIZE_T size, DWORD flags) noexcept
{
    constexpr SIZE_T default_reservation = SIZE_T{8} << 20;
    const bool reservation = (flags & STACK_SIZE_PARAM_IS_A_RESERVATION) != 0;
    return reservation || size > default_reservation ? size : 0;
}

long context_switches() noexcept
{
    struct rusage usage {};
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw + usage.ru_nivcsw;
}

}  // namespace

HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES, SIZE_T dwStackSize, LPTHREAD_START_ROUTINE lpStartAddress,
                           LPVOID lpParameter, DWORD dwCreationFlags, LPDWORD lpThreadId)
{
    constexpr DWORD known = CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION;
    if (lpStartAddress == nullptr || (dwCreationFlags & ~known) != 0) {
        return fail(HANDLE{nullptr}, ERROR_INVALID_PARAMETER);
    }
    const bool suspended = (dwCreationFlags & CREATE_SUSPENDED) != 0;
    const HANDLE handle =
        start_program_thread({lpStartAddress, lpParameter, stack_reservation(dwStackSize, dwCreationFlags)},
                             suspended, lpThreadId);
    return handle != nullptr ? handle : fail(handle, ERROR_NOT_ENOUGH_MEMORY);
}

VOID WINAPI ExitThread(DWORD dwExitCode)
{
    kernel::exit_thread(dwExitCode);
}

HANDLE WINAPI OpenThread(DWORD, BOOL, DWORD dwThreadId)
{
    const auto target = kernel::find_thread(dwThreadId);
    if (!target) {
        return fail(HANDLE{nullptr}, ERROR_INVALID_PARAMETER);
    }
    const HANDLE handle = add_program_handle(*target);
    return handle != nullptr ? handle : fail(handle, ERROR_NOT_ENOUGH_MEMORY);
}

HANDLE WINAPI GetCurrentThread(void)
{
    return current_thread_handle;
}

// Makes the thread known, so that others can open it by this id.
DWORD WINAPI GetCurrentThreadId(void)
{
    kernel::current_thread_object();
    return kernel::current_thread_number();
}

DWORD WINAPI GetThreadId(HANDLE Thread)
{
    const auto target = object_of<kernel::thread>(Thread);
    if (const auto child = child_of_first_thread(Thread)) {
        return static_cast<DWORD>(child->id());  // the system numbers a process by its first thread
    }
    return target ? target->id() : fail(DWORD{0}, ERROR_INVALID_HANDLE);
}

DWORD WINAPI ResumeThread(HANDLE hThread)
{
    const auto target = object_of<kernel::thread>(hThread);
    return target ? target->resume() : fail(~DWORD{0}, ERROR_INVALID_HANDLE);
}

BOOL WINAPI GetExitCodeThread(HANDLE hThread, LPDWORD lpExitCode)
{
    const auto target = object_of<kernel::thread>(hThread);
    const auto child = child_of_first_thread(hThread);
    if (!target && !child) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    if (lpExitCode == nullptr) {
        return fail(FALSE, ERROR_NOACCESS);
    }
    *lpExitCode = target ? target->exit_code() : child->exit_code().value_or(STILL_ACTIVE);
    return TRUE;
}

BOOL WINAPI SwitchToThread(void)
{
    const long before = context_switches();
    sched_yield();
    return context_switches() != before ? TRUE : FALSE;
}

BOOL WINAPI SetThreadPriority(HANDLE hThread, int nPriority)
{
    const auto target = object_of<kernel::thread>(hThread);
    if (!target) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    if (nPriority == THREAD_PRIORITY_TIME_CRITICAL || nPriority == THREAD_PRIORITY_IDLE) {
        return fail(FALSE, ERROR_NOT_SUPPORTED);
    }
    if (nPriority < THREAD_PRIORITY_LOWEST || nPriority > THREAD_PRIORITY_HIGHEST) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    target->priority.store(nPriority, std::memory_order_relaxed);
    return TRUE;
}

int WINAPI GetThreadPriority(HANDLE hThread)
{
    const auto target = object_of<kernel::thread>(hThread);
    return target ? target->priority.load(std::memory_order_relaxed)
                  : fail(THREAD_PRIORITY_ERROR_RETURN, ERROR_INVALID_HANDLE);
}

HRESULT WINAPI SetThreadDescription(HANDLE hThread, PCWSTR lpThreadDescription)
{
    constexpr HRESULT invalid_handle = E_HANDLE;
    const auto target = object_of<kernel::thread>(hThread);
    if (!target) {
        return invalid_handle;
    }
    try {
        std::string name = lpThreadDescription == nullptr ? std::string() : to_utf8(lpThreadDescription);
        constexpr std::size_t kept = 15;
        std::size_t length = std::min(name.size(), kept);
        while (length < name.size() && length > 0 && (name[length] & 0xC0) == 0x80) {
            --length;  // not in the middle of a character
        }
        name.resize(length);
        return target->set_name(name.c_str()) ? S_OK : invalid_handle;
    } catch (const std::bad_alloc&) {
        return E_OUTOFMEMORY;
    }
}

DWORD WINAPI QueueUserAPC(PAPCFUNC pfnAPC, HANDLE hThread, ULONG_PTR dwData)
{
    const auto target = object_of<kernel::thread>(hThread);
    if (!target) {
        return fail(DWORD{0}, ERROR_INVALID_HANDLE);
    }
    if (pfnAPC == nullptr) {
        return fail(DWORD{0}, ERROR_INVALID_PARAMETER);
    }
    kernel::apc call;
    call.invoke = &call_user_routine;
    call.routine = reinterpret_cast<kernel::apc::routine_type>(pfnAPC);
    call.context = dwData;
    return target->queue(call) ? 1 : fail(DWORD{0}, ERROR_GEN_FAILURE);
}
