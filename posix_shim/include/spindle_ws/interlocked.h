/* Interlocked operations and barriers of winnt.h over the compiler's atomics; page "Interlocked Variable
 * Access". The plain 32-bit operations also take long and unsigned variables, which on Windows have the size of
 * LONG and programs use for it: in C++ by overloads, in C by macros that follow the variable's type. */
#ifndef SPINDLE_WS_INTERLOCKED_H
#define SPINDLE_WS_INTERLOCKED_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

/* Memory orders as the builtins take them; the second is the one of a comparison that fails. */
#define SPINDLE_WS_FULL __ATOMIC_SEQ_CST
#define SPINDLE_WS_FULL_FAILED __ATOMIC_SEQ_CST
#define SPINDLE_WS_ACQUIRE __ATOMIC_ACQUIRE
#define SPINDLE_WS_ACQUIRE_FAILED __ATOMIC_ACQUIRE
#define SPINDLE_WS_RELEASE __ATOMIC_RELEASE
#define SPINDLE_WS_RELEASE_FAILED __ATOMIC_RELAXED
#define SPINDLE_WS_NOFENCE __ATOMIC_RELAXED
#define SPINDLE_WS_NOFENCE_FAILED __ATOMIC_RELAXED

#define SPINDLE_WS_ATOMIC_STEP(name, type, builtin, order) \
    SPINDLE_WS_INLINE type name(type volatile *Addend) \
    { \
        return builtin(Addend, 1, SPINDLE_WS_##order); \
    }
#define SPINDLE_WS_ATOMIC_VALUE(name, type, builtin, order) \
    SPINDLE_WS_INLINE type name(type volatile *Target, type Value) \
    { \
        return builtin(Target, Value, SPINDLE_WS_##order); \
    }
#define SPINDLE_WS_ATOMIC_COMPARE(name, type, order) \
    SPINDLE_WS_INLINE type name(type volatile *Destination, type ExChange, type Comperand) \
    { \
        __atomic_compare_exchange_n(Destination, &Comperand, ExChange, 0, SPINDLE_WS_##order, \
                                    SPINDLE_WS_##order##_FAILED); \
        return Comperand; \
    }

/* Windows puts the width behind the order for arithmetic (InterlockedIncrementAcquire64) and before it for
 * logic (InterlockedAnd64Acquire). */
#define SPINDLE_WS_ATOMIC_COUNT(width, type, suffix, order) \
    SPINDLE_WS_ATOMIC_STEP(InterlockedIncrement##suffix##width, type, __atomic_add_fetch, order) \
    SPINDLE_WS_ATOMIC_STEP(InterlockedDecrement##suffix##width, type, __atomic_sub_fetch, order) \
    SPINDLE_WS_ATOMIC_COMPARE(InterlockedCompareExchange##suffix##width, type, order)
#define SPINDLE_WS_ATOMIC_EXCHANGE(width, type, suffix, order) \
    SPINDLE_WS_ATOMIC_VALUE(InterlockedExchange##suffix##width, type, __atomic_exchange_n, order) \
    SPINDLE_WS_ATOMIC_VALUE(InterlockedExchangeAdd##suffix##width, type, __atomic_fetch_add, order)
#define SPINDLE_WS_ATOMIC_ADD(width, type, suffix, order) \
    SPINDLE_WS_ATOMIC_VALUE(InterlockedAdd##suffix##width, type, __atomic_add_fetch, order)
#define SPINDLE_WS_ATOMIC_LOGIC(width, type, suffix, order) \
    SPINDLE_WS_ATOMIC_VALUE(InterlockedAnd##width##suffix, type, __atomic_fetch_and, order) \
    SPINDLE_WS_ATOMIC_VALUE(InterlockedOr##width##suffix, type, __atomic_fetch_or, order) \
    SPINDLE_WS_ATOMIC_VALUE(InterlockedXor##width##suffix, type, __atomic_fetch_xor, order)
#define SPINDLE_WS_EVERY_ORDER(operations, width, type) \
    operations(width, type, , FULL) \
    operations(width, type, Acquire, ACQUIRE) \
    operations(width, type, Release, RELEASE) \
    operations(width, type, NoFence, NOFENCE)

#ifdef __cplusplus
extern "C++" { /* overloads, also for those who include the headers inside extern "C" */
#endif
SPINDLE_WS_EVERY_ORDER(SPINDLE_WS_ATOMIC_COUNT, , LONG)
SPINDLE_WS_EVERY_ORDER(SPINDLE_WS_ATOMIC_COUNT, 16, SHORT)
SPINDLE_WS_EVERY_ORDER(SPINDLE_WS_ATOMIC_COUNT, 64, LONG64)
SPINDLE_WS_EVERY_ORDER(SPINDLE_WS_ATOMIC_EXCHANGE, , LONG)
SPINDLE_WS_EVERY_ORDER(SPINDLE_WS_ATOMIC_EXCHANGE, 64, LONG64)
SPINDLE_WS_ATOMIC_EXCHANGE(8, char, , FULL)
SPINDLE_WS_ATOMIC_EXCHANGE(16, SHORT, , FULL)
SPINDLE_WS_ATOMIC_COMPARE(_InterlockedCompareExchange8, char, FULL)
SPINDLE_WS_EVERY_ORDER(SPINDLE_WS_ATOMIC_ADD, , LONG)
SPINDLE_WS_EVERY_ORDER(SPINDLE_WS_ATOMIC_ADD, 64, LONG64)
SPINDLE_WS_EVERY_ORDER(SPINDLE_WS_ATOMIC_LOGIC, , LONG)
SPINDLE_WS_EVERY_ORDER(SPINDLE_WS_ATOMIC_LOGIC, 8, char)
SPINDLE_WS_EVERY_ORDER(SPINDLE_WS_ATOMIC_LOGIC, 16, SHORT)
SPINDLE_WS_EVERY_ORDER(SPINDLE_WS_ATOMIC_LOGIC, 64, LONG64)
SPINDLE_WS_ATOMIC_VALUE(InterlockedExchangePointer, PVOID, __atomic_exchange_n, FULL)
SPINDLE_WS_ATOMIC_VALUE(InterlockedExchangePointerAcquire, PVOID, __atomic_exchange_n, ACQUIRE)
SPINDLE_WS_ATOMIC_VALUE(InterlockedExchangePointerNoFence, PVOID, __atomic_exchange_n, NOFENCE)
SPINDLE_WS_ATOMIC_COMPARE(InterlockedCompareExchangePointer, PVOID, FULL)
SPINDLE_WS_ATOMIC_COMPARE(InterlockedCompareExchangePointerAcquire, PVOID, ACQUIRE)
SPINDLE_WS_ATOMIC_COMPARE(InterlockedCompareExchangePointerRelease, PVOID, RELEASE)
SPINDLE_WS_ATOMIC_COMPARE(InterlockedCompareExchangePointerNoFence, PVOID, NOFENCE)

/* The bit may lie beyond the first word. */
#define SPINDLE_WS_ATOMIC_BIT(name, type, unsigned_type, shift, builtin, mask) \
    SPINDLE_WS_INLINE BOOLEAN name(type volatile *Base, type Bit) \
    { \
        const unsigned_type bit = (unsigned_type)1 << (Bit & ((1 << shift) - 1)); \
        return (builtin((unsigned_type volatile *)Base + (Bit >> shift), mask bit, SPINDLE_WS_FULL) & bit) != 0; \
    }
SPINDLE_WS_ATOMIC_BIT(InterlockedBitTestAndSet, LONG, ULONG, 5, __atomic_fetch_or, )
SPINDLE_WS_ATOMIC_BIT(InterlockedBitTestAndReset, LONG, ULONG, 5, __atomic_fetch_and, ~)
SPINDLE_WS_ATOMIC_BIT(InterlockedBitTestAndComplement, LONG, ULONG, 5, __atomic_fetch_xor, )
SPINDLE_WS_ATOMIC_BIT(InterlockedBitTestAndSet64, LONG64, ULONG64, 6, __atomic_fetch_or, )
SPINDLE_WS_ATOMIC_BIT(InterlockedBitTestAndReset64, LONG64, ULONG64, 6, __atomic_fetch_and, ~)
SPINDLE_WS_ATOMIC_BIT(InterlockedBitTestAndComplement64, LONG64, ULONG64, 6, __atomic_fetch_xor, )

#ifdef __cplusplus
#define SPINDLE_WS_ATOMIC_OVERLOADS(type) \
    SPINDLE_WS_ATOMIC_COUNT(, type, , FULL) \
    SPINDLE_WS_ATOMIC_EXCHANGE(, type, , FULL) \
    SPINDLE_WS_ATOMIC_ADD(, type, , FULL) \
    SPINDLE_WS_ATOMIC_LOGIC(, type, , FULL)
SPINDLE_WS_ATOMIC_OVERLOADS(unsigned)
SPINDLE_WS_ATOMIC_OVERLOADS(long)
SPINDLE_WS_ATOMIC_OVERLOADS(unsigned long)
#undef SPINDLE_WS_ATOMIC_OVERLOADS
}
#else
#define InterlockedIncrement(addend) __atomic_add_fetch((addend), 1, __ATOMIC_SEQ_CST)
#define InterlockedDecrement(addend) __atomic_sub_fetch((addend), 1, __ATOMIC_SEQ_CST)
#define InterlockedAdd(addend, value) __atomic_add_fetch((addend), (value), __ATOMIC_SEQ_CST)
#define InterlockedExchange(target, value) __atomic_exchange_n((target), (value), __ATOMIC_SEQ_CST)
#define InterlockedExchangeAdd(addend, value) __atomic_fetch_add((addend), (value), __ATOMIC_SEQ_CST)
#define InterlockedAnd(target, value) __atomic_fetch_and((target), (value), __ATOMIC_SEQ_CST)
#define InterlockedOr(target, value) __atomic_fetch_or((target), (value), __ATOMIC_SEQ_CST)
#define InterlockedXor(target, value) __atomic_fetch_xor((target), (value), __ATOMIC_SEQ_CST)
#define InterlockedCompareExchange(destination, exchange, comperand) \
    __extension__({ \
        __typeof__(*(destination) + 0) spindle_ws_comperand = (comperand); \
        __atomic_compare_exchange_n((destination), &spindle_ws_comperand, (exchange), 0, __ATOMIC_SEQ_CST, \
                                    __ATOMIC_SEQ_CST); \
        spindle_ws_comperand; \
    })
#endif

#define InterlockedExchangeAddSizeT(addend, value) \
    InterlockedExchangeAdd64((LONG64 volatile *)(addend), (LONG64)(value))
#define InterlockedIncrementSizeT(addend) InterlockedIncrement64((LONG64 volatile *)(addend))
#define InterlockedDecrementSizeT(addend) InterlockedDecrement64((LONG64 volatile *)(addend))

/* The names under which the compiler of Windows knows them. */
#define _InterlockedIncrement InterlockedIncrement
#define _InterlockedDecrement InterlockedDecrement
#define _InterlockedAdd InterlockedAdd
#define _InterlockedExchange InterlockedExchange
#define _InterlockedExchangeAdd InterlockedExchangeAdd
#define _InterlockedCompareExchange InterlockedCompareExchange
#define _InterlockedAnd InterlockedAnd
#define _InterlockedOr InterlockedOr
#define _InterlockedXor InterlockedXor
#define _InterlockedIncrement64 InterlockedIncrement64
#define _InterlockedDecrement64 InterlockedDecrement64
#define _InterlockedExchange64 InterlockedExchange64
#define _InterlockedExchangeAdd64 InterlockedExchangeAdd64
#define _InterlockedCompareExchange64 InterlockedCompareExchange64
#define _InterlockedExchange8 InterlockedExchange8
#define _InterlockedExchangeAdd8 InterlockedExchangeAdd8
#define _InterlockedIncrement16 InterlockedIncrement16
#define _InterlockedDecrement16 InterlockedDecrement16
#define _InterlockedExchange16 InterlockedExchange16
#define _InterlockedExchangeAdd16 InterlockedExchangeAdd16
#define _InterlockedCompareExchange16 InterlockedCompareExchange16
#define _InterlockedExchangePointer InterlockedExchangePointer
#define _InterlockedCompareExchangePointer InterlockedCompareExchangePointer

#define MemoryBarrier() __sync_synchronize()
#if defined(__x86_64__) || defined(__i386__)
#define YieldProcessor() __builtin_ia32_pause()
#elif defined(__aarch64__) || defined(__arm__)
#define YieldProcessor() __asm__ volatile("yield")
#else
#define YieldProcessor() __asm__ volatile("")
#endif

#undef SPINDLE_WS_ATOMIC_STEP
#undef SPINDLE_WS_ATOMIC_VALUE
#undef SPINDLE_WS_ATOMIC_COMPARE
#undef SPINDLE_WS_ATOMIC_COUNT
#undef SPINDLE_WS_ATOMIC_EXCHANGE
#undef SPINDLE_WS_ATOMIC_ADD
#undef SPINDLE_WS_ATOMIC_LOGIC
#undef SPINDLE_WS_ATOMIC_BIT
#undef SPINDLE_WS_EVERY_ORDER

#endif
