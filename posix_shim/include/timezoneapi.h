/* From file times to calendar dates and back; page "Time Functions". Nothing about time zones yet. */
#ifndef _TIMEZONEAPI_H_
#define _TIMEZONEAPI_H_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "minwinbase.h"

SPINDLE_WS_BEGIN
BOOL WINAPI FileTimeToSystemTime(const FILETIME *lpFileTime, LPSYSTEMTIME lpSystemTime);
BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *lpSystemTime, LPFILETIME lpFileTime);
SPINDLE_WS_END

#endif
