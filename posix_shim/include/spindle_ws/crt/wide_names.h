/* Under -fshort-wchar: gives libc's names of wide functions the symbols of our 16-bit ones, for the whole source file and
 * for libstdc++'s std::wcslen, too. Read right behind libc's own declarations and before any use. libstdc++'s compiled
 * parts (std::wstring, std::wcout) keep their 32-bit units and cannot be used in such a file. */
#ifndef SPINDLE_WS_CRT_WIDE_NAMES_H
#define SPINDLE_WS_CRT_WIDE_NAMES_H

#include <stdarg.h>
#include <stdio.h>

#include "../conventions.h"
#include "wide_throw.h"

SPINDLE_WS_BEGIN
extern size_t wcslen(const wchar_t *text) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcslen);
extern size_t wcsnlen(const wchar_t *text, size_t size) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcsnlen);
extern wchar_t *wcscpy(wchar_t *target, const wchar_t *source) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcscpy);
extern wchar_t *wcsncpy(wchar_t *target, const wchar_t *source,
                size_t count) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcsncpy);
extern wchar_t *wcscat(wchar_t *target, const wchar_t *source) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcscat);
extern wchar_t *wcsncat(wchar_t *target, const wchar_t *source,
                size_t count) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcsncat);
extern int wcscmp(const wchar_t *one, const wchar_t *two) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcscmp);
extern int wcsncmp(const wchar_t *one, const wchar_t *two,
                size_t count) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcsncmp);
extern size_t wcsspn(const wchar_t *text, const wchar_t *letters) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcsspn);
extern size_t wcscspn(const wchar_t *text, const wchar_t *letters) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcscspn);
extern wchar_t *wmemcpy(wchar_t *target, const wchar_t *source,
                size_t count) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wmemcpy);
extern wchar_t *wmemmove(wchar_t *target, const wchar_t *source,
                size_t count) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wmemmove);
extern wchar_t *wmemset(wchar_t *target, wchar_t letter,
                size_t count) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wmemset);
extern int wmemcmp(const wchar_t *one, const wchar_t *two,
                size_t count) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wmemcmp);
extern wchar_t *wcstok(wchar_t *text, const wchar_t *separators,
                wchar_t **context) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcstok);
extern long wcstol(const wchar_t *text, wchar_t **end, int radix) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcstol);
extern unsigned long wcstoul(const wchar_t *text, wchar_t **end,
                int radix) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcstoul);
extern long long wcstoll(const wchar_t *text, wchar_t **end,
                int radix) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcstoll);
extern unsigned long long wcstoull(const wchar_t *text, wchar_t **end,
                int radix) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcstoull);
extern double wcstod(const wchar_t *text, wchar_t **end) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcstod);
extern int swprintf(wchar_t *target, size_t size, const wchar_t *format,
                ...) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_swprintf);
extern int vswprintf(wchar_t *target, size_t size, const wchar_t *format,
                va_list arguments) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_vswprintf);
extern int wprintf(const wchar_t *format, ...) SPINDLE_WS_SYMBOL(spindle_wprintf);
extern int vwprintf(const wchar_t *format, va_list arguments) SPINDLE_WS_SYMBOL(spindle_vwprintf);
extern int fwprintf(FILE *stream, const wchar_t *format, ...) SPINDLE_WS_SYMBOL(spindle_fwprintf);
extern int vfwprintf(FILE *stream, const wchar_t *format,
                va_list arguments) SPINDLE_WS_SYMBOL(spindle_vfwprintf);
extern int fputws(const wchar_t *text, FILE *stream) SPINDLE_WS_SYMBOL(spindle_fputws);
extern wchar_t *fgetws(wchar_t *target, int size, FILE *stream) SPINDLE_WS_SYMBOL(spindle_fgetws);
/* In C++ libc declares a const and a plain form of each of these, whose labels its wrapper has changed. */
#ifndef __CORRECT_ISO_CPP_WCHAR_H_PROTO
extern wchar_t *wcschr(const wchar_t *text, wchar_t letter) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcschr);
extern wchar_t *wcsrchr(const wchar_t *text, wchar_t letter) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcsrchr);
extern wchar_t *wcsstr(const wchar_t *text, const wchar_t *wanted) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcsstr);
extern wchar_t *wcspbrk(const wchar_t *text,
                const wchar_t *letters) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcspbrk);
extern wchar_t *wmemchr(const wchar_t *text, wchar_t letter,
                size_t count) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wmemchr);
#endif
SPINDLE_WS_END

#endif
