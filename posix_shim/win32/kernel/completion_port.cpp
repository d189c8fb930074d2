// Packets to the system's completion ports, see completion_port.hpp. PostQueuedCompletionStatus would make every packet one
// of success; the function below it takes the status too. Answers to the page "ZwSetIoCompletion".
#include "kernel/completion_port.hpp"

#include <windows.h>

#include <cstdlib>
#include <new>

extern "C" __declspec(dllimport) LONG NTAPI NtSetIoCompletion(HANDLE port, PVOID key, PVOID context, LONG status,
                                                              ULONG_PTR information);

namespace spindle::kernel {

object_ref<completion_port> completion_port::over(void* handle) noexcept
{
    const HANDLE process = GetCurrentProcess();
    HANDLE own = nullptr;
    if (DuplicateHandle(process, handle, process, &own, 0, FALSE, DUPLICATE_SAME_ACCESS) == FALSE) {
        return {};
    }
    object_ref<completion_port> made(new (std::nothrow) completion_port(own));
    if (!made) {
        CloseHandle(own);
    }
    return made;
}

completion_port::~completion_port()
{
    CloseHandle(handle_);
}

void completion_port::complete(const packet& finished) noexcept
{
    if (NtSetIoCompletion(handle_, reinterpret_cast<PVOID>(finished.key), finished.overlapped,
                          static_cast<LONG>(finished.status), finished.bytes) < 0) {
        std::abort();
    }
}

}  // namespace spindle::kernel
