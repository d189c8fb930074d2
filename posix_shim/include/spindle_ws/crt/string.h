/* What Microsoft's <string.h> adds; pages "strcpy_s, wcscpy_s" and its neighbours, "_stricmp", "_strlwr", "memcpy_s".
 * Only ASCII letters have two cases. */
#ifndef SPINDLE_WS_CRT_STRING_H
#define SPINDLE_WS_CRT_STRING_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "base.h"

SPINDLE_WS_BEGIN
SPINDLE_CRT(errno_t, memcpy_s, (void *target, rsize_t size, const void *source, rsize_t count));
SPINDLE_CRT(errno_t, memmove_s, (void *target, rsize_t size, const void *source, rsize_t count));
SPINDLE_CRT(errno_t, strcpy_s, (char *target, rsize_t size, const char *source));
SPINDLE_CRT(errno_t, strcat_s, (char *target, rsize_t size, const char *source));
SPINDLE_CRT(errno_t, strncpy_s, (char *target, rsize_t size, const char *source, rsize_t count));
SPINDLE_CRT(errno_t, strncat_s, (char *target, rsize_t size, const char *source, rsize_t count));
SPINDLE_CRT(char *, strtok_s, (char *text, const char *separators, char **context));
SPINDLE_CRT(size_t, strnlen_s, (const char *text, size_t size));
SPINDLE_CRT(errno_t, strerror_s, (char *target, size_t size, int error));
SPINDLE_CRT(char *, _strerror, (const char *message));

SPINDLE_CRT(int, _stricmp, (const char *one, const char *two));
SPINDLE_CRT(int, _strnicmp, (const char *one, const char *two, size_t count));
SPINDLE_CRT(int, _memicmp, (const void *one, const void *two, size_t count));
SPINDLE_CRT_ALIAS(int, _strcmpi, (const char *one, const char *two), spindle__stricmp);
SPINDLE_CRT_ALIAS(int, _stricoll, (const char *one, const char *two), spindle__stricmp);
SPINDLE_CRT_ALIAS(int, stricmp, (const char *one, const char *two), spindle__stricmp);
SPINDLE_CRT_ALIAS(int, strcmpi, (const char *one, const char *two), spindle__stricmp);
SPINDLE_CRT_ALIAS(int, strnicmp, (const char *one, const char *two, size_t count), spindle__strnicmp);
SPINDLE_CRT_ALIAS(int, memicmp, (const void *one, const void *two, size_t count), spindle__memicmp);

SPINDLE_CRT(char *, _strdup, (const char *text));
SPINDLE_CRT(char *, _strlwr, (char *text));
SPINDLE_CRT(char *, _strupr, (char *text));
SPINDLE_CRT(char *, _strrev, (char *text));
SPINDLE_CRT(char *, _strset, (char *text, int letter));
SPINDLE_CRT(char *, _strnset, (char *text, int letter, size_t count));
SPINDLE_CRT(errno_t, _strlwr_s, (char *text, size_t size));
SPINDLE_CRT(errno_t, _strupr_s, (char *text, size_t size));
SPINDLE_CRT_ALIAS(char *, strlwr, (char *text), spindle__strlwr);
SPINDLE_CRT_ALIAS(char *, strupr, (char *text), spindle__strupr);
SPINDLE_CRT_ALIAS(char *, strrev, (char *text), spindle__strrev);
SPINDLE_CRT_ALIAS(char *, strset, (char *text, int letter), spindle__strset);
SPINDLE_CRT_ALIAS(char *, strnset, (char *text, int letter, size_t count), spindle__strnset);
SPINDLE_CRT_ALIAS(void *, _memccpy, (void *target, const void *source, int stop, size_t count), memccpy);
SPINDLE_WS_END

#ifdef __cplusplus
extern "C++" {
SPINDLE_CRT_ARRAY_1(strcpy_s, char, const char *)
SPINDLE_CRT_ARRAY_1(strcat_s, char, const char *)
SPINDLE_CRT_ARRAY_2(strncpy_s, char, const char *, size_t)
SPINDLE_CRT_ARRAY_2(strncat_s, char, const char *, size_t)
SPINDLE_CRT_ARRAY_1(strerror_s, char, int)
template <size_t Size>
inline errno_t _strlwr_s(char (&text)[Size])
{
    return _strlwr_s(text, Size);
}
template <size_t Size>
inline errno_t _strupr_s(char (&text)[Size])
{
    return _strupr_s(text, Size);
}
}
#endif

#include "wide_string.h"

#endif
