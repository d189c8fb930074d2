/* Strings that never run over; page "Strsafe.h header" and those of its functions. Sizes are characters in the Cch
 * functions and bytes in the Cb functions, the terminator among them. What does not fit is cut, terminated and reported
 * as STRSAFE_E_INSUFFICIENT_BUFFER. Formats are Microsoft's: see spindle_ws/crt/stdio.h. */
#ifndef _STRSAFE_H_INCLUDED_
#define _STRSAFE_H_INCLUDED_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include <stdarg.h>

#include "spindle_ws/crt/base.h"
#include "winerror.h"
#include "winnt.h"

#define STRSAFE_MAX_CCH 2147483647
#define STRSAFE_E_INSUFFICIENT_BUFFER ((HRESULT)0x8007007A)
#define STRSAFE_E_INVALID_PARAMETER ((HRESULT)0x80070057)
#define STRSAFE_E_END_OF_FILE ((HRESULT)0x80070026)
typedef char *STRSAFE_LPSTR;
typedef const char *STRSAFE_LPCSTR;
typedef spindle_wchar *STRSAFE_LPWSTR;
typedef const spindle_wchar *STRSAFE_LPCWSTR;

SPINDLE_WS_BEGIN
SPINDLE_CRT(HRESULT, StringCchCopyA, (char *target, size_t size, const char *source));
SPINDLE_CRT(HRESULT, StringCchCopyW, (spindle_wchar *target, size_t size, const spindle_wchar *source));
SPINDLE_CRT(HRESULT, StringCchCopyNA, (char *target, size_t size, const char *source, size_t count));
SPINDLE_CRT(HRESULT, StringCchCopyNW,
            (spindle_wchar *target, size_t size, const spindle_wchar *source, size_t count));
SPINDLE_CRT(HRESULT, StringCchCatA, (char *target, size_t size, const char *source));
SPINDLE_CRT(HRESULT, StringCchCatW, (spindle_wchar *target, size_t size, const spindle_wchar *source));
SPINDLE_CRT(HRESULT, StringCchCatNA, (char *target, size_t size, const char *source, size_t count));
SPINDLE_CRT(HRESULT, StringCchCatNW,
            (spindle_wchar *target, size_t size, const spindle_wchar *source, size_t count));
SPINDLE_CRT(HRESULT, StringCchPrintfA, (char *target, size_t size, const char *format, ...));
SPINDLE_CRT(HRESULT, StringCchPrintfW,
            (spindle_wchar *target, size_t size, const spindle_wchar *format, ...));
SPINDLE_CRT(HRESULT, StringCchVPrintfA, (char *target, size_t size, const char *format, va_list arguments));
SPINDLE_CRT(HRESULT, StringCchVPrintfW,
            (spindle_wchar *target, size_t size, const spindle_wchar *format, va_list arguments));
SPINDLE_CRT(HRESULT, StringCchLengthA, (const char *text, size_t most, size_t *length));
SPINDLE_CRT(HRESULT, StringCchLengthW, (const spindle_wchar *text, size_t most, size_t *length));
SPINDLE_CRT(HRESULT, StringCbCopyA, (char *target, size_t size, const char *source));
SPINDLE_CRT(HRESULT, StringCbCopyW, (spindle_wchar *target, size_t size, const spindle_wchar *source));
SPINDLE_CRT(HRESULT, StringCbCopyNA, (char *target, size_t size, const char *source, size_t count));
SPINDLE_CRT(HRESULT, StringCbCopyNW,
            (spindle_wchar *target, size_t size, const spindle_wchar *source, size_t count));
SPINDLE_CRT(HRESULT, StringCbCatA, (char *target, size_t size, const char *source));
SPINDLE_CRT(HRESULT, StringCbCatW, (spindle_wchar *target, size_t size, const spindle_wchar *source));
SPINDLE_CRT(HRESULT, StringCbCatNA, (char *target, size_t size, const char *source, size_t count));
SPINDLE_CRT(HRESULT, StringCbCatNW,
            (spindle_wchar *target, size_t size, const spindle_wchar *source, size_t count));
SPINDLE_CRT(HRESULT, StringCbPrintfA, (char *target, size_t size, const char *format, ...));
SPINDLE_CRT(HRESULT, StringCbPrintfW, (spindle_wchar *target, size_t size, const spindle_wchar *format, ...));
SPINDLE_CRT(HRESULT, StringCbVPrintfA, (char *target, size_t size, const char *format, va_list arguments));
SPINDLE_CRT(HRESULT, StringCbVPrintfW,
            (spindle_wchar *target, size_t size, const spindle_wchar *format, va_list arguments));
SPINDLE_CRT(HRESULT, StringCbLengthA, (const char *text, size_t most, size_t *length));
SPINDLE_CRT(HRESULT, StringCbLengthW, (const spindle_wchar *text, size_t most, size_t *length));
SPINDLE_WS_END

#ifdef UNICODE
#define StringCchCopy StringCchCopyW
#define StringCchCopyN StringCchCopyNW
#define StringCchCat StringCchCatW
#define StringCchCatN StringCchCatNW
#define StringCchPrintf StringCchPrintfW
#define StringCchVPrintf StringCchVPrintfW
#define StringCchLength StringCchLengthW
#define StringCbCopy StringCbCopyW
#define StringCbCopyN StringCbCopyNW
#define StringCbCat StringCbCatW
#define StringCbCatN StringCbCatNW
#define StringCbPrintf StringCbPrintfW
#define StringCbVPrintf StringCbVPrintfW
#define StringCbLength StringCbLengthW
#else
#define StringCchCopy StringCchCopyA
#define StringCchCopyN StringCchCopyNA
#define StringCchCat StringCchCatA
#define StringCchCatN StringCchCatNA
#define StringCchPrintf StringCchPrintfA
#define StringCchVPrintf StringCchVPrintfA
#define StringCchLength StringCchLengthA
#define StringCbCopy StringCbCopyA
#define StringCbCopyN StringCbCopyNA
#define StringCbCat StringCbCatA
#define StringCbCatN StringCbCatNA
#define StringCbPrintf StringCbPrintfA
#define StringCbVPrintf StringCbVPrintfA
#define StringCbLength StringCbLengthA
#endif

#endif
