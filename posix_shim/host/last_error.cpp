// The thread's last error. GetLastError and WSAGetLastError are the same value, as on Windows; both work
// without WSAStartup (MAP-5). Answers to the pages "WSAGetLastError" and "GetLastError".
#include "host/thread_state.hpp"

namespace spindle::host {

constinit thread_local thread_state this_thread __attribute__((tls_model("initial-exec")));

}  // namespace spindle::host

using spindle::host::this_thread;

DWORD WINAPI GetLastError(void)
{
    return this_thread.last_error;
}

void WINAPI SetLastError(DWORD error)
{
    this_thread.last_error = error;
}

int WSAAPI WSAGetLastError(void)
{
    return static_cast<int>(this_thread.last_error);
}

void WSAAPI WSASetLastError(int error)
{
    this_thread.last_error = static_cast<DWORD>(error);
}
