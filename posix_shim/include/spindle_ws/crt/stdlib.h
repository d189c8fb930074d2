/* What Microsoft's <stdlib.h> adds; pages "_itoa_s", "_splitpath_s", "_fullpath", "getenv_s", "rand_s", "mbstowcs_s",
 * "_byteswap_ulong", "_rotl". Narrow text is UTF-8, wide text UTF-16, whatever the locale is. Paths have no drive,
 * and "/" separates like "\\". */
#ifndef SPINDLE_WS_CRT_STDLIB_H
#define SPINDLE_WS_CRT_STDLIB_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "base.h"

#define _MAX_PATH 260
#define _MAX_DRIVE 3
#define _MAX_DIR 256
#define _MAX_FNAME 256
#define _MAX_EXT 256
#define _MAX_ENV 32767
#ifndef __min
#define __min(a, b) (((a) < (b)) ? (a) : (b))
#define __max(a, b) (((a) > (b)) ? (a) : (b))
#endif

SPINDLE_WS_BEGIN
/* The array of libc; names and values in UTF-8. */
extern char **spindle_environ __asm__("environ");
SPINDLE_CRT(errno_t, getenv_s, (size_t *needed, char *target, rsize_t size, const char *name));
SPINDLE_CRT(errno_t, _dupenv_s, (char **target, size_t *size, const char *name));
SPINDLE_CRT(int, _putenv, (const char *assignment));
SPINDLE_CRT(errno_t, _putenv_s, (const char *name, const char *value));

SPINDLE_CRT(errno_t, rand_s, (unsigned *target));
SPINDLE_CRT(void, qsort_s,
            (void *base, rsize_t count, rsize_t width,
             int(__cdecl *compare)(void *, const void *, const void *), void *context));
SPINDLE_CRT(void *, bsearch_s,
            (const void *key, const void *base, rsize_t count, rsize_t width,
             int(__cdecl *compare)(void *, const void *, const void *), void *context));

SPINDLE_CRT(char *, _itoa, (int value, char *target, int radix));
SPINDLE_CRT(char *, _ltoa, (long value, char *target, int radix));
SPINDLE_CRT(char *, _ultoa, (unsigned long value, char *target, int radix));
SPINDLE_CRT(char *, _i64toa, (long long value, char *target, int radix));
SPINDLE_CRT(char *, _ui64toa, (unsigned long long value, char *target, int radix));
SPINDLE_CRT(errno_t, _itoa_s, (int value, char *target, size_t size, int radix));
SPINDLE_CRT(errno_t, _ltoa_s, (long value, char *target, size_t size, int radix));
SPINDLE_CRT(errno_t, _ultoa_s, (unsigned long value, char *target, size_t size, int radix));
SPINDLE_CRT(errno_t, _i64toa_s, (long long value, char *target, size_t size, int radix));
SPINDLE_CRT(errno_t, _ui64toa_s, (unsigned long long value, char *target, size_t size, int radix));
SPINDLE_CRT_ALIAS(char *, itoa, (int value, char *target, int radix), spindle__itoa);
SPINDLE_CRT_ALIAS(char *, ltoa, (long value, char *target, int radix), spindle__ltoa);
SPINDLE_CRT_ALIAS(char *, ultoa, (unsigned long value, char *target, int radix), spindle__ultoa);
SPINDLE_CRT_ALIAS(long long, _atoi64, (const char *text), atoll);
SPINDLE_CRT_ALIAS(long long, _strtoi64, (const char *text, char **end, int radix), strtoll);
SPINDLE_CRT_ALIAS(unsigned long long, _strtoui64, (const char *text, char **end, int radix), strtoull);
SPINDLE_CRT_ALIAS(long long, _abs64, (long long value), llabs);

SPINDLE_CRT(void, _splitpath, (const char *path, char *drive, char *directory, char *name, char *extension));
SPINDLE_CRT(errno_t, _splitpath_s,
            (const char *path, char *drive, size_t drive_size, char *directory, size_t directory_size,
             char *name, size_t name_size, char *extension, size_t extension_size));
SPINDLE_CRT(void, _makepath,
            (char *path, const char *drive, const char *directory, const char *name, const char *extension));
SPINDLE_CRT(errno_t, _makepath_s,
            (char *path, size_t size, const char *drive, const char *directory, const char *name,
             const char *extension));
SPINDLE_CRT(char *, _fullpath, (char *target, const char *path, size_t size));

SPINDLE_CRT(errno_t, mbstowcs_s,
            (size_t *converted, spindle_wchar *target, size_t size, const char *source, size_t count));
SPINDLE_CRT(errno_t, wcstombs_s,
            (size_t *converted, char *target, size_t size, const spindle_wchar *source, size_t count));
SPINDLE_CRT(int, _wtoi, (const spindle_wchar *text));
SPINDLE_CRT(long, _wtol, (const spindle_wchar *text));
SPINDLE_CRT(long long, _wtoi64, (const spindle_wchar *text));
SPINDLE_CRT(double, _wtof, (const spindle_wchar *text));
SPINDLE_CRT(spindle_wchar *, _itow, (int value, spindle_wchar *target, int radix));
SPINDLE_CRT(errno_t, _itow_s, (int value, spindle_wchar *target, size_t size, int radix));

/* Milliseconds. */
SPINDLE_CRT(void, _sleep, (unsigned long milliseconds));
SPINDLE_WS_END

#ifndef _environ
#define _environ spindle_environ
#endif

SPINDLE_WS_INLINE unsigned short _byteswap_ushort(unsigned short value)
{
    return __builtin_bswap16(value);
}
/* Windows' long: 32 bits. */
SPINDLE_WS_INLINE unsigned _byteswap_ulong(unsigned value)
{
    return __builtin_bswap32(value);
}
SPINDLE_WS_INLINE unsigned long long _byteswap_uint64(unsigned long long value)
{
    return __builtin_bswap64(value);
}

#ifndef _rotl /* macros of the compiler's own ia32intrin.h, of the same meaning */
SPINDLE_WS_INLINE unsigned _rotl(unsigned value, int bits)
{
    return (value << (bits & 31)) | (value >> (-bits & 31));
}
SPINDLE_WS_INLINE unsigned _rotr(unsigned value, int bits)
{
    return (value >> (bits & 31)) | (value << (-bits & 31));
}
#endif
SPINDLE_WS_INLINE unsigned long long _rotl64(unsigned long long value, int bits)
{
    return (value << (bits & 63)) | (value >> (-bits & 63));
}
SPINDLE_WS_INLINE unsigned long long _rotr64(unsigned long long value, int bits)
{
    return (value >> (bits & 63)) | (value << (-bits & 63));
}

#ifdef __cplusplus
extern "C++" {
template <size_t Size>
inline errno_t getenv_s(size_t *needed, char (&target)[Size], const char *name)
{
    return getenv_s(needed, target, Size, name);
}
template <size_t Size>
inline errno_t _itoa_s(int value, char (&target)[Size], int radix)
{
    return _itoa_s(value, target, Size, radix);
}
template <size_t Size>
inline errno_t _ltoa_s(long value, char (&target)[Size], int radix)
{
    return _ltoa_s(value, target, Size, radix);
}
template <size_t Size>
inline errno_t _ultoa_s(unsigned long value, char (&target)[Size], int radix)
{
    return _ultoa_s(value, target, Size, radix);
}
template <size_t Size>
inline errno_t _i64toa_s(long long value, char (&target)[Size], int radix)
{
    return _i64toa_s(value, target, Size, radix);
}
template <size_t Size>
inline errno_t _ui64toa_s(unsigned long long value, char (&target)[Size], int radix)
{
    return _ui64toa_s(value, target, Size, radix);
}
template <size_t Size>
inline errno_t _itow_s(int value, spindle_wchar (&target)[Size], int radix)
{
    return _itow_s(value, target, Size, radix);
}
template <size_t Drive, size_t Directory, size_t Name, size_t Extension>
inline errno_t _splitpath_s(const char *path, char (&drive)[Drive], char (&directory)[Directory],
                            char (&name)[Name], char (&extension)[Extension])
{
    return _splitpath_s(path, drive, Drive, directory, Directory, name, Name, extension, Extension);
}
template <size_t Size>
inline errno_t _makepath_s(char (&path)[Size], const char *drive, const char *directory, const char *name,
                           const char *extension)
{
    return _makepath_s(path, Size, drive, directory, name, extension);
}
template <size_t Size>
inline errno_t mbstowcs_s(size_t *converted, spindle_wchar (&target)[Size], const char *source, size_t count)
{
    return mbstowcs_s(converted, target, Size, source, count);
}
template <size_t Size>
inline errno_t wcstombs_s(size_t *converted, char (&target)[Size], const spindle_wchar *source, size_t count)
{
    return wcstombs_s(converted, target, Size, source, count);
}
}
#endif

#endif
