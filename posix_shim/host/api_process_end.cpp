// The end of the process, and what Windows shows to the user or a debugger on the way there. Answers to the
// pages "ExitProcess", "SetErrorMode", "OutputDebugStringW".
#include "host/winsock.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdio>

namespace {

constinit std::atomic<UINT> error_mode{0};

// A thread that sits in a read keeps the stream's lock; exiting must not wait for it.
void flush_if_free(FILE* stream) noexcept
{
    if (ftrylockfile(stream) == 0) {
        fflush_unlocked(stream);
        funlockfile(stream);
    }
}

}  // namespace

// Neither atexit functions nor static destructors run: other threads are still at work here, while Windows has
// stopped them by then. The two output streams are written out. The system keeps the low 8 bits of the code.
VOID WINAPI ExitProcess(UINT uExitCode)
{
    flush_if_free(stdout);
    flush_if_free(stderr);
    _exit(static_cast<int>(uExitCode));
}

// Remembered and given back; no box ever asks the user anything here, whatever the mode.
UINT WINAPI SetErrorMode(UINT uMode)
{
    return error_mode.exchange(uMode);
}

UINT WINAPI GetErrorMode(void)
{
    return error_mode.load();
}

// "If the application has no debugger and the system debugger is not active, OutputDebugString does nothing."
VOID WINAPI OutputDebugStringA(LPCSTR) {}

VOID WINAPI OutputDebugStringW(LPCWSTR) {}
