/* Formatted and plain output of 16-bit text; pages "sprintf_s, swprintf_s", "_snprintf, _snwprintf", "printf_s, wprintf_s".
 * Streams get UTF-8. The standard's own functions (swprintf) have the name only under -fshort-wchar: see wide.h. */
#ifndef SPINDLE_WS_CRT_WIDE_STDIO_H
#define SPINDLE_WS_CRT_WIDE_STDIO_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include <stdio.h>

#include "base.h"

SPINDLE_WS_BEGIN
SPINDLE_CRT(int, swprintf_s, (spindle_wchar *target, size_t size, const spindle_wchar *format, ...));
SPINDLE_CRT(int, vswprintf_s,
            (spindle_wchar *target, size_t size, const spindle_wchar *format, va_list arguments));
SPINDLE_CRT(int, _snwprintf, (spindle_wchar *target, size_t count, const spindle_wchar *format, ...));
SPINDLE_CRT(int, _vsnwprintf,
            (spindle_wchar *target, size_t count, const spindle_wchar *format, va_list arguments));
SPINDLE_CRT(int, _snwprintf_s,
            (spindle_wchar *target, size_t size, size_t count, const spindle_wchar *format, ...));
SPINDLE_CRT(int, _vsnwprintf_s,
            (spindle_wchar *target, size_t size, size_t count, const spindle_wchar *format,
             va_list arguments));
SPINDLE_CRT(int, _scwprintf, (const spindle_wchar *format, ...));
SPINDLE_CRT(int, _vscwprintf, (const spindle_wchar *format, va_list arguments));
SPINDLE_CRT(int, wprintf_s, (const spindle_wchar *format, ...));
SPINDLE_CRT(int, fwprintf_s, (FILE *stream, const spindle_wchar *format, ...));
SPINDLE_CRT(int, vwprintf_s, (const spindle_wchar *format, va_list arguments));
SPINDLE_CRT(int, vfwprintf_s, (FILE *stream, const spindle_wchar *format, va_list arguments));
SPINDLE_CRT(int, _putws, (const spindle_wchar *text));
SPINDLE_WS_END

#ifdef __cplusplus
extern "C++" {
template <size_t Size, class... Values>
inline int swprintf_s(spindle_wchar (&target)[Size], const spindle_wchar *format, Values... values)
{
    return swprintf_s(target, Size, format, values...);
}
template <size_t Size, class... Values>
inline int _snwprintf_s(spindle_wchar (&target)[Size], size_t count, const spindle_wchar *format,
                        Values... values)
{
    return _snwprintf_s(target, Size, count, format, values...);
}
}
#endif

#endif
