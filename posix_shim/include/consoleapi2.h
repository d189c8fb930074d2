/* Sending console control events; page "GenerateConsoleCtrlEvent". */
#ifndef _APISETCONSOLEL2_
#define _APISETCONSOLEL2_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "minwinbase.h"

SPINDLE_WS_BEGIN
BOOL WINAPI GenerateConsoleCtrlEvent(DWORD dwCtrlEvent, DWORD dwProcessGroupId);
SPINDLE_WS_END

#endif
