/* Milliseconds since start; pages "GetTickCount" and "GetTickCount64". */
#ifndef _SYSINFOAPI_H_
#define _SYSINFOAPI_H_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "minwinbase.h"

SPINDLE_WS_BEGIN
DWORD WINAPI GetTickCount(VOID);
ULONGLONG WINAPI GetTickCount64(VOID);
SPINDLE_WS_END

#endif
