/* Debuggers; pages "IsDebuggerPresent", "DebugBreak", "OutputDebugStringW". As on
 * Windows the text goes nowhere when no debugger listens, and no debugger of this platform does. */
#ifndef _APISETDEBUG_
#define _APISETDEBUG_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "minwinbase.h"

SPINDLE_WS_BEGIN
BOOL WINAPI IsDebuggerPresent(VOID);
VOID WINAPI DebugBreak(VOID);
VOID WINAPI OutputDebugStringA(LPCSTR lpOutputString);
VOID WINAPI OutputDebugStringW(LPCWSTR lpOutputString);
SPINDLE_WS_END

#ifdef UNICODE
#define OutputDebugString OutputDebugStringW
#else
#define OutputDebugString OutputDebugStringA
#endif

#endif
