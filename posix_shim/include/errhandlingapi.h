/* The calling thread's last error; pages "GetLastError" and "SetLastError". Winsock's last error is the
 * same value. The error mode of page "SetErrorMode" is remembered; nothing here ever shows a message box. */
#ifndef _ERRHANDLING_H_
#define _ERRHANDLING_H_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "minwindef.h"

SPINDLE_WS_BEGIN
DWORD WINAPI GetLastError(VOID);
VOID WINAPI SetLastError(DWORD dwErrCode);
UINT WINAPI SetErrorMode(UINT uMode);
UINT WINAPI GetErrorMode(VOID);
SPINDLE_WS_END

#endif
