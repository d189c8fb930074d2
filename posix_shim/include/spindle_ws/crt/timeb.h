/* What Microsoft's <sys/timeb.h> adds; pages "_ftime", "_ftime_s". */
#ifndef SPINDLE_WS_CRT_TIMEB_H
#define SPINDLE_WS_CRT_TIMEB_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "base.h"

struct __timeb64 {
    __time64_t time;
    unsigned short millitm;
    short timezone; /* minutes west of UTC */
    short dstflag;
};
#define _timeb __timeb64

SPINDLE_WS_BEGIN
SPINDLE_CRT(void, _ftime64, (struct __timeb64 *now));
SPINDLE_CRT(errno_t, _ftime64_s, (struct __timeb64 *now));
SPINDLE_WS_END

#define _ftime _ftime64
#define _ftime_s _ftime64_s

#endif
