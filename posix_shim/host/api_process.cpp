// The process and how long the system has been running. Answers to the pages "GetTickCount64",
// "GetCurrentProcessId", "GetCurrentProcess".
#include "host/kernel_objects.hpp"

#include <time.h>
#include <unistd.h>

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
