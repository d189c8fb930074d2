/* The wide byte-order helpers that are inline on Windows too; pages "htonll", "ntohll", "htonf", "ntohf",
 * "htond", "ntohd". Linux targets of both byte orders are served by asking the compiler. */
#ifndef SPINDLE_WS_BYTE_ORDER_H
#define SPINDLE_WS_BYTE_ORDER_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include <string.h>

SPINDLE_WS_INLINE unsigned __int64 htonll(unsigned __int64 Value)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return __builtin_bswap64(Value);
#else
    return Value;
#endif
}

SPINDLE_WS_INLINE unsigned __int64 ntohll(unsigned __int64 Value)
{
    return htonll(Value);
}

SPINDLE_WS_INLINE unsigned __int32 htonf(float Value)
{
    unsigned __int32 bits;
    memcpy(&bits, &Value, sizeof(bits));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    bits = __builtin_bswap32(bits);
#endif
    return bits;
}

SPINDLE_WS_INLINE float ntohf(unsigned __int32 Value)
{
    float number;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    Value = __builtin_bswap32(Value);
#endif
    memcpy(&number, &Value, sizeof(number));
    return number;
}

SPINDLE_WS_INLINE unsigned __int64 htond(double Value)
{
    unsigned __int64 bits;
    memcpy(&bits, &Value, sizeof(bits));
    return htonll(bits);
}

SPINDLE_WS_INLINE double ntohd(unsigned __int64 Value)
{
    double number;
    Value = htonll(Value);
    memcpy(&number, &Value, sizeof(number));
    return number;
}

#endif
