/* Winsock's struct timeval, two 32-bit numbers, and the macro that lets it win over libc's; see libc_names.h.
 * libc's stays reachable for our own headers only. Page "timeval structure (winsock.h)". */
#ifndef SPINDLE_WS_TIMEVAL_H
#define SPINDLE_WS_TIMEVAL_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include <sys/select.h>

typedef struct timeval spindle_libc_timeval;

struct spindle_timeval {
    int tv_sec;
    int tv_usec;
};
#define timeval spindle_timeval

typedef struct timeval TIMEVAL, *PTIMEVAL, *LPTIMEVAL;

#ifndef timerisset
#define timerisset(tvp) ((tvp)->tv_sec || (tvp)->tv_usec)
#endif
#ifndef timerclear
#define timerclear(tvp) ((tvp)->tv_sec = (tvp)->tv_usec = 0)
#endif
#ifndef timercmp
#define timercmp(tvp, uvp, cmp) \
    (((tvp)->tv_sec == (uvp)->tv_sec) ? ((tvp)->tv_usec cmp(uvp)->tv_usec) : ((tvp)->tv_sec cmp(uvp)->tv_sec))
#endif

#endif

/* Outside the guard: whichever of this header and libc's <sys/time.h> comes second makes the pair
 * complete. */
#if defined(_SYS_TIME_H) && !defined(SPINDLE_WS_GETTIMEOFDAY)
#define SPINDLE_WS_GETTIMEOFDAY
#ifdef __cplusplus
extern "C++" {
inline int gettimeofday(struct timeval *now, void *zone)
{
    spindle_libc_timeval wide;
    const int result = ::gettimeofday(&wide, zone);
    if (result == 0) {
        now->tv_sec = static_cast<int>(wide.tv_sec);
        now->tv_usec = static_cast<int>(wide.tv_usec);
    }
    return result;
}
}
#else
static __inline__ __attribute__((__unused__)) int spindle_gettimeofday(struct timeval *now, void *zone)
{
    spindle_libc_timeval wide;
    const int result = gettimeofday(&wide, zone);
    if (result == 0) {
        now->tv_sec = (int)wide.tv_sec;
        now->tv_usec = (int)wide.tv_usec;
    }
    return result;
}
#define gettimeofday spindle_gettimeofday
#endif
#endif
