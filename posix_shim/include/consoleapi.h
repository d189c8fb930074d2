/* Console control events; page "SetConsoleCtrlHandler". SIGINT is CTRL_C_EVENT, SIGQUIT CTRL_BREAK_EVENT,
 * SIGHUP and SIGTERM are CTRL_CLOSE_EVENT. */
#ifndef _APISETCONSOLE_
#define _APISETCONSOLE_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "minwinbase.h"

#define CTRL_C_EVENT 0
#define CTRL_BREAK_EVENT 1
#define CTRL_CLOSE_EVENT 2
#define CTRL_LOGOFF_EVENT 5
#define CTRL_SHUTDOWN_EVENT 6

typedef BOOL(WINAPI *PHANDLER_ROUTINE)(DWORD CtrlType);

SPINDLE_WS_BEGIN
BOOL WINAPI SetConsoleCtrlHandler(PHANDLER_ROUTINE HandlerRoutine, BOOL Add);
SPINDLE_WS_END

#endif
