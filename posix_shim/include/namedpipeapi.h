/* Pipes without a name; page "CreatePipe". What is written waits in the system, whose size for it nSize does not change. */
#ifndef _NAMEDPIPE_H_
#define _NAMEDPIPE_H_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "minwinbase.h"

SPINDLE_WS_BEGIN
BOOL WINAPI CreatePipe(PHANDLE hReadPipe, PHANDLE hWritePipe, LPSECURITY_ATTRIBUTES lpPipeAttributes, DWORD nSize);
SPINDLE_WS_END

#endif
