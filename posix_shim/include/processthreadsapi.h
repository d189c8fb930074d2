/* Identity of the calling process and thread; page "Process and Thread Functions". */
#ifndef _PROCESSTHREADSAPI_H_
#define _PROCESSTHREADSAPI_H_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "minwinbase.h"

SPINDLE_WS_BEGIN
HANDLE WINAPI GetCurrentProcess(VOID);
DWORD WINAPI GetCurrentProcessId(VOID);
DWORD WINAPI GetCurrentThreadId(VOID);
DECLSPEC_NORETURN VOID WINAPI ExitProcess(UINT uExitCode);
SPINDLE_WS_END

#endif
