/* Milliseconds of the multimedia library; page "Multimedia Timers". Timer events are not here. */
#ifndef _TIMEAPI_H_
#define _TIMEAPI_H_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "minwindef.h"

typedef UINT MMRESULT;

#define TIMERR_BASE 96
#define TIMERR_NOERROR (0)
#define TIMERR_NOCANDO (TIMERR_BASE + 1)
#define TIMERR_STRUCT (TIMERR_BASE + 33)

/* Packed, as all of the multimedia library is. */
#pragma pack(push, 1)
typedef struct timecaps_tag {
    UINT wPeriodMin;
    UINT wPeriodMax;
} TIMECAPS, *PTIMECAPS, *NPTIMECAPS, *LPTIMECAPS;
#pragma pack(pop)

SPINDLE_WS_BEGIN
DWORD WINAPI timeGetTime(VOID);
MMRESULT WINAPI timeGetDevCaps(LPTIMECAPS ptc, UINT cbtc);
MMRESULT WINAPI timeBeginPeriod(UINT uPeriod);
MMRESULT WINAPI timeEndPeriod(UINT uPeriod);
SPINDLE_WS_END

#endif
