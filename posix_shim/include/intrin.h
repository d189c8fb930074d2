/* The compiler's intrinsics under Microsoft's names; page "Compiler intrinsics". The processor's own (_mm_pause, __rdtsc,
 * _mm_mfence) come from the compiler's headers. */
#ifndef SPINDLE_WS_INTRIN_H
#define SPINDLE_WS_INTRIN_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>
#endif

#include "spindle_ws/crt/stdlib.h"
#include "winnt.h"

#define _ReadWriteBarrier() __asm__ __volatile__("" : : : "memory")
#define _ReadBarrier() _ReadWriteBarrier()
#define _WriteBarrier() _ReadWriteBarrier()
#define _ReturnAddress() __builtin_return_address(0)
#define __nop() __asm__ __volatile__("nop")

/* 0 and no index when no bit is set. */
SPINDLE_WS_INLINE unsigned char _BitScanForward(ULONG *index, ULONG mask)
{
    if (mask != 0) {
        *index = (ULONG)__builtin_ctz(mask);
    }
    return mask != 0;
}
SPINDLE_WS_INLINE unsigned char _BitScanReverse(ULONG *index, ULONG mask)
{
    if (mask != 0) {
        *index = 31 - (ULONG)__builtin_clz(mask);
    }
    return mask != 0;
}
SPINDLE_WS_INLINE unsigned char _BitScanForward64(ULONG *index, ULONG64 mask)
{
    if (mask != 0) {
        *index = (ULONG)__builtin_ctzll(mask);
    }
    return mask != 0;
}
SPINDLE_WS_INLINE unsigned char _BitScanReverse64(ULONG *index, ULONG64 mask)
{
    if (mask != 0) {
        *index = 63 - (ULONG)__builtin_clzll(mask);
    }
    return mask != 0;
}

#endif
