/* The standard's wide functions for 16-bit units, under names of our own. libc's have 32-bit units: with -fshort-wchar
 * its names are made to mean these, see wide_names.h, and without it tchar.h uses these for TCHAR. Answers to the pages
 * "strlen, wcslen", "strcpy, wcscpy", "printf, wprintf" and their like. Text of streams and of narrow strings is UTF-8. */
#ifndef SPINDLE_WS_CRT_WIDE_H
#define SPINDLE_WS_CRT_WIDE_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include <stdio.h>

#include "base.h"

SPINDLE_WS_BEGIN
size_t spindle_wcslen(const spindle_wchar *text);
size_t spindle_wcsnlen(const spindle_wchar *text, size_t size);
spindle_wchar *spindle_wcscpy(spindle_wchar *target, const spindle_wchar *source);
spindle_wchar *spindle_wcsncpy(spindle_wchar *target, const spindle_wchar *source, size_t count);
spindle_wchar *spindle_wcscat(spindle_wchar *target, const spindle_wchar *source);
spindle_wchar *spindle_wcsncat(spindle_wchar *target, const spindle_wchar *source, size_t count);
int spindle_wcscmp(const spindle_wchar *one, const spindle_wchar *two);
int spindle_wcsncmp(const spindle_wchar *one, const spindle_wchar *two, size_t count);
size_t spindle_wcsspn(const spindle_wchar *text, const spindle_wchar *letters);
size_t spindle_wcscspn(const spindle_wchar *text, const spindle_wchar *letters);
spindle_wchar *spindle_wmemcpy(spindle_wchar *target, const spindle_wchar *source, size_t count);
spindle_wchar *spindle_wmemmove(spindle_wchar *target, const spindle_wchar *source, size_t count);
spindle_wchar *spindle_wmemset(spindle_wchar *target, spindle_wchar letter, size_t count);
int spindle_wmemcmp(const spindle_wchar *one, const spindle_wchar *two, size_t count);
spindle_wchar *spindle_wcstok(spindle_wchar *text, const spindle_wchar *separators, spindle_wchar **context);
long spindle_wcstol(const spindle_wchar *text, spindle_wchar **end, int radix);
unsigned long spindle_wcstoul(const spindle_wchar *text, spindle_wchar **end, int radix);
long long spindle_wcstoll(const spindle_wchar *text, spindle_wchar **end, int radix);
unsigned long long spindle_wcstoull(const spindle_wchar *text, spindle_wchar **end, int radix);
double spindle_wcstod(const spindle_wchar *text, spindle_wchar **end);
spindle_wchar *spindle_wcschr(const spindle_wchar *text, spindle_wchar letter);
spindle_wchar *spindle_wcsrchr(const spindle_wchar *text, spindle_wchar letter);
spindle_wchar *spindle_wcsstr(const spindle_wchar *text, const spindle_wchar *wanted);
spindle_wchar *spindle_wcspbrk(const spindle_wchar *text, const spindle_wchar *letters);
spindle_wchar *spindle_wmemchr(const spindle_wchar *text, spindle_wchar letter, size_t count);

int spindle_swprintf(spindle_wchar *target, size_t size, const spindle_wchar *format, ...);
int spindle_vswprintf(spindle_wchar *target, size_t size, const spindle_wchar *format, va_list arguments);
int spindle_wprintf(const spindle_wchar *format, ...);
int spindle_vwprintf(const spindle_wchar *format, va_list arguments);
int spindle_fwprintf(FILE *stream, const spindle_wchar *format, ...);
int spindle_vfwprintf(FILE *stream, const spindle_wchar *format, va_list arguments);
int spindle_fputws(const spindle_wchar *text, FILE *stream);
spindle_wchar *spindle_fgetws(spindle_wchar *target, int size, FILE *stream);
size_t spindle_mbstowcs(spindle_wchar *target, const char *source, size_t count);
size_t spindle_wcstombs(char *target, const spindle_wchar *source, size_t count);
SPINDLE_WS_END

#include "stat.h"
#include "stdlib.h"
#include "wide_stdio.h"
#include "wide_string.h"

#endif
