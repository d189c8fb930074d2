// This process and its children, and how long the system has been running. Starting a process is in
// api_create_process.cpp. Answers to the pages "GetTickCount64", "GetCurrentProcessId", "GetCurrentProcess",
// "GetExitCodeProcess", "TerminateProcess", "GetProcessId".
#include "host/kernel_objects.hpp"
#include "host/thread_state.hpp"

#include <time.h>
#include <unistd.h>

using namespace spindle;
using namespace spindle::host;

ULONGLONG WINAPI GetTickCount64(void)
{
    struct timespec now {};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<ULONGLONG>(now.tv_sec) * 1000 + static_cast<ULONGLONG>(now.tv_nsec) / 1'000'000;
}

DWORD WINAPI GetTickCount(void)
{
    return static_cast<DWORD>(GetTickCount64());
}

DWORD WINAPI GetCurrentProcessId(void)
{
    return static_cast<DWORD>(getpid());
}

// The pseudo handle, as on Windows: it means "the caller's process" and is never closed.
HANDLE WINAPI GetCurrentProcess(void)
{
    return spindle::host::current_process_handle;
}

BOOL WINAPI GetExitCodeProcess(HANDLE hProcess, LPDWORD lpExitCode)
{
    const auto target = object_of<kernel::process>(hProcess);
    if (!target) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    if (lpExitCode == nullptr) {
        return fail(FALSE, ERROR_NOACCESS);
    }
    *lpExitCode = target->exit_code().value_or(STILL_ACTIVE);
    return TRUE;
}

// A process that ends itself this way runs nothing more, and writes out nothing.
BOOL WINAPI TerminateProcess(HANDLE hProcess, UINT uExitCode)
{
    const auto target = object_of<kernel::process>(hProcess);
    if (!target) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    if (!target->is_child()) {
        _exit(static_cast<int>(uExitCode));
    }
    return target->terminate(uExitCode) ? TRUE : fail(FALSE, ERROR_ACCESS_DENIED);
}

DWORD WINAPI GetProcessId(HANDLE Process)
{
    const auto target = object_of<kernel::process>(Process);
    return target ? static_cast<DWORD>(target->id()) : fail(DWORD{0}, ERROR_INVALID_HANDLE);
}
