/* The wide strings that both <string.h> and <wchar.h> of Microsoft declare, in 16-bit units; pages "strcpy_s, wcscpy_s"
 * and its neighbours. The standard's own functions (wcslen) have the name only under -fshort-wchar, where wchar_t
 * has 16 bits: see wide.h. */
#ifndef SPINDLE_WS_CRT_WIDE_STRING_H
#define SPINDLE_WS_CRT_WIDE_STRING_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "base.h"

SPINDLE_WS_BEGIN
SPINDLE_CRT(errno_t, wcscpy_s, (spindle_wchar *target, rsize_t size, const spindle_wchar *source));
SPINDLE_CRT(errno_t, wcscat_s, (spindle_wchar *target, rsize_t size, const spindle_wchar *source));
SPINDLE_CRT(errno_t, wcsncpy_s,
            (spindle_wchar *target, rsize_t size, const spindle_wchar *source, rsize_t count));
SPINDLE_CRT(errno_t, wcsncat_s,
            (spindle_wchar *target, rsize_t size, const spindle_wchar *source, rsize_t count));
SPINDLE_CRT(spindle_wchar *, wcstok_s,
            (spindle_wchar *text, const spindle_wchar *separators, spindle_wchar **context));
SPINDLE_CRT(size_t, wcsnlen_s, (const spindle_wchar *text, size_t size));
SPINDLE_CRT(errno_t, wmemcpy_s,
            (spindle_wchar *target, rsize_t size, const spindle_wchar *source, rsize_t count));
SPINDLE_CRT(errno_t, wmemmove_s,
            (spindle_wchar *target, rsize_t size, const spindle_wchar *source, rsize_t count));

SPINDLE_CRT(int, _wcsicmp, (const spindle_wchar *one, const spindle_wchar *two));
SPINDLE_CRT(int, _wcsnicmp, (const spindle_wchar *one, const spindle_wchar *two, size_t count));
SPINDLE_CRT_ALIAS(int, wcsicmp, (const spindle_wchar *one, const spindle_wchar *two), spindle__wcsicmp);
SPINDLE_CRT_ALIAS(int, wcsnicmp, (const spindle_wchar *one, const spindle_wchar *two, size_t count),
                  spindle__wcsnicmp);
SPINDLE_CRT(spindle_wchar *, _wcsdup, (const spindle_wchar *text));
SPINDLE_CRT(spindle_wchar *, _wcslwr, (spindle_wchar *text));
SPINDLE_CRT(spindle_wchar *, _wcsupr, (spindle_wchar *text));
SPINDLE_CRT(spindle_wchar *, _wcsrev, (spindle_wchar *text));
SPINDLE_CRT(errno_t, _wcslwr_s, (spindle_wchar *text, size_t size));
SPINDLE_CRT(errno_t, _wcsupr_s, (spindle_wchar *text, size_t size));
SPINDLE_WS_END

#ifdef __cplusplus
extern "C++" {
SPINDLE_CRT_ARRAY_1(wcscpy_s, spindle_wchar, const spindle_wchar *)
SPINDLE_CRT_ARRAY_1(wcscat_s, spindle_wchar, const spindle_wchar *)
SPINDLE_CRT_ARRAY_2(wcsncpy_s, spindle_wchar, const spindle_wchar *, size_t)
SPINDLE_CRT_ARRAY_2(wcsncat_s, spindle_wchar, const spindle_wchar *, size_t)
}
#endif

#endif
