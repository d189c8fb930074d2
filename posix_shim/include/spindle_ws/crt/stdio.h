/* What Microsoft's <stdio.h> adds; pages "sprintf_s", "_snprintf", "_snprintf_s", "_scprintf", "scanf_s", "fopen_s",
 * "gets_s". These functions, and no function of libc, have Microsoft's formats: page "Format specification syntax:
 * printf and wprintf functions". long has 32 bits there, and %S, %ls are 16-bit text. Lines end in \n in text mode
 * too. */
#ifndef SPINDLE_WS_CRT_STDIO_H
#define SPINDLE_WS_CRT_STDIO_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "base.h"

SPINDLE_WS_BEGIN
SPINDLE_CRT(int, sprintf_s, (char *target, size_t size, const char *format, ...));
SPINDLE_CRT(int, vsprintf_s, (char *target, size_t size, const char *format, va_list arguments));
SPINDLE_CRT(int, _snprintf, (char *target, size_t count, const char *format, ...));
SPINDLE_CRT(int, _vsnprintf, (char *target, size_t count, const char *format, va_list arguments));
SPINDLE_CRT(int, _snprintf_s, (char *target, size_t size, size_t count, const char *format, ...));
SPINDLE_CRT(int, _vsnprintf_s,
            (char *target, size_t size, size_t count, const char *format, va_list arguments));
SPINDLE_CRT_ALIAS(int, vsnprintf_s,
                  (char *target, size_t size, size_t count, const char *format, va_list arguments),
                  spindle__vsnprintf_s);
SPINDLE_CRT(int, _scprintf, (const char *format, ...));
SPINDLE_CRT(int, _vscprintf, (const char *format, va_list arguments));
SPINDLE_CRT(int, printf_s, (const char *format, ...));
SPINDLE_CRT(int, vprintf_s, (const char *format, va_list arguments));
SPINDLE_CRT(int, fprintf_s, (FILE *stream, const char *format, ...));
SPINDLE_CRT(int, vfprintf_s, (FILE *stream, const char *format, va_list arguments));

SPINDLE_CRT(int, scanf_s, (const char *format, ...));
SPINDLE_CRT(int, sscanf_s, (const char *text, const char *format, ...));
SPINDLE_CRT(int, fscanf_s, (FILE *stream, const char *format, ...));
SPINDLE_CRT(int, vscanf_s, (const char *format, va_list arguments));
SPINDLE_CRT(int, vsscanf_s, (const char *text, const char *format, va_list arguments));
SPINDLE_CRT(int, vfscanf_s, (FILE *stream, const char *format, va_list arguments));
SPINDLE_CRT(char *, gets_s, (char *target, rsize_t size));

SPINDLE_CRT(errno_t, fopen_s, (FILE **stream, const char *path, const char *mode));
SPINDLE_CRT(errno_t, freopen_s, (FILE **stream, const char *path, const char *mode, FILE *old));
SPINDLE_CRT(FILE *, _fsopen, (const char *path, const char *mode, int share));
SPINDLE_CRT(FILE *, _wfopen, (const spindle_wchar *path, const spindle_wchar *mode));
SPINDLE_CRT(errno_t, _wfopen_s,
            (FILE **stream, const spindle_wchar *path, const spindle_wchar *mode));
SPINDLE_CRT(errno_t, tmpfile_s, (FILE **stream));
SPINDLE_CRT(FILE *, _fdopen, (int descriptor, const char *mode));
SPINDLE_CRT(int, _fileno, (FILE *stream));
SPINDLE_CRT(size_t, fread_s, (void *target, size_t size, size_t element, size_t count, FILE *stream));
SPINDLE_CRT_ALIAS(int, _fcloseall, (void), fcloseall);
SPINDLE_CRT_ALIAS(FILE *, _popen, (const char *command, const char *mode), popen);
SPINDLE_CRT_ALIAS(int, _pclose, (FILE *stream), pclose);
SPINDLE_CRT_ALIAS(int, _fseeki64, (FILE *stream, long long offset, int origin), fseeko64);
SPINDLE_CRT_ALIAS(long long, _ftelli64, (FILE *stream), ftello64);
SPINDLE_WS_END

#include "wide_stdio.h"

#ifdef __cplusplus
extern "C++" {
template <size_t Size, class... Values>
inline int sprintf_s(char (&target)[Size], const char *format, Values... values)
{
    return sprintf_s(target, Size, format, values...);
}
template <size_t Size>
inline int vsprintf_s(char (&target)[Size], const char *format, va_list arguments)
{
    return vsprintf_s(target, Size, format, arguments);
}
template <size_t Size, class... Values>
inline int _snprintf_s(char (&target)[Size], size_t count, const char *format, Values... values)
{
    return _snprintf_s(target, Size, count, format, values...);
}
template <size_t Size>
inline int _vsnprintf_s(char (&target)[Size], size_t count, const char *format, va_list arguments)
{
    return _vsnprintf_s(target, Size, count, format, arguments);
}
template <size_t Size>
inline char *gets_s(char (&target)[Size])
{
    return gets_s(target, Size);
}
}
#endif

#endif
