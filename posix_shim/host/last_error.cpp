// The thread's last error. GetLastError and WSAGetLastError are the same value, as on Windows; both work
// without WSAStartup (MAP-5). Answers to the pages "WSAGetLastError" and "GetLastError".
#include "host/last_error.hpp"

namespace spindle::host {

constinit thread_local DWORD last_error_of_thread __attribute__((tls_model("initial-exec")));

}  // namespace spindle::host

using spindle::host::last_error_of_thread;

DWORD WINAPI GetLastError(void)
{
    return last_error_of_thread;
}

void WINAPI SetLastError(DWORD error)
{
    last_error_of_thread = error;
}

int WSAAPI WSAGetLastError(void)
{
    return static_cast<int>(last_error_of_thread);
}

void WSAAPI WSASetLastError(int error)
{
    last_error_of_thread = static_cast<DWORD>(error);
}
