/* What Microsoft's <time.h> adds; pages "localtime_s", "gmtime_s", "asctime_s", "ctime_s", "_mkgmtime", "_strdate". */
#ifndef SPINDLE_WS_CRT_TIME_H
#define SPINDLE_WS_CRT_TIME_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "base.h"

SPINDLE_WS_BEGIN
SPINDLE_CRT(errno_t, localtime_s, (struct tm *target, const time_t *source));
SPINDLE_CRT(errno_t, gmtime_s, (struct tm *target, const time_t *source));
SPINDLE_CRT(errno_t, ctime_s, (char *target, size_t size, const time_t *source));
SPINDLE_CRT(errno_t, asctime_s, (char *target, size_t size, const struct tm *source));
SPINDLE_CRT(errno_t, _localtime64_s, (struct tm *target, const __time64_t *source));
SPINDLE_CRT(errno_t, _gmtime64_s, (struct tm *target, const __time64_t *source));
SPINDLE_CRT(errno_t, _ctime64_s, (char *target, size_t size, const __time64_t *source));
SPINDLE_CRT(time_t, _mkgmtime, (struct tm *source));
SPINDLE_CRT(__time64_t, _mkgmtime64, (struct tm *source));
SPINDLE_CRT(__time64_t, _mktime64, (struct tm *source));
SPINDLE_CRT(__time64_t, _time64, (__time64_t *target));
SPINDLE_CRT(struct tm *, _localtime64, (const __time64_t *source));
SPINDLE_CRT(struct tm *, _gmtime64, (const __time64_t *source));
SPINDLE_CRT(char *, _ctime64, (const __time64_t *source));
SPINDLE_CRT(double, _difftime64, (__time64_t end, __time64_t start));
SPINDLE_CRT(char *, _strdate, (char *target));
SPINDLE_CRT(char *, _strtime, (char *target));
SPINDLE_CRT(errno_t, _strdate_s, (char *target, size_t size));
SPINDLE_CRT(errno_t, _strtime_s, (char *target, size_t size));
SPINDLE_CRT_ALIAS(void, _tzset, (void), tzset);
SPINDLE_WS_END

#ifdef __cplusplus
extern "C++" {
SPINDLE_CRT_ARRAY_1(ctime_s, char, const time_t *)
SPINDLE_CRT_ARRAY_1(asctime_s, char, const struct tm *)
template <size_t Size>
inline errno_t _strdate_s(char (&target)[Size])
{
    return _strdate_s(target, Size);
}
template <size_t Size>
inline errno_t _strtime_s(char (&target)[Size])
{
    return _strtime_s(target, Size);
}
}
#endif

#endif
