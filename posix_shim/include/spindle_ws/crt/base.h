/* What all of Microsoft's C run-time headers share: errno_t, rsize_t, the invalid parameter handler; pages "C
 * Runtime Library" and "Parameter Validation". Functions of the run-time have the symbol spindle_<name>: other
 * libraries of this system have functions of the same names and another meaning. */
#ifndef SPINDLE_WS_CRT_BASE_H
#define SPINDLE_WS_CRT_BASE_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "../conventions.h"

#define SPINDLE_CRT(result, name, parameters) result __cdecl name parameters __asm__("spindle_" #name)
/* A second name of a function that is there already, of libc or of ours. */
#define SPINDLE_CRT_ALIAS(result, name, parameters, symbol) result __cdecl name parameters __asm__(#symbol)

typedef int errno_t;
typedef size_t rsize_t;
typedef long long __time64_t;
typedef int __time32_t;

/* WCHAR's type, for headers that must not bring in winnt.h. */
#if __SIZEOF_WCHAR_T__ == 2
typedef wchar_t spindle_wchar;
#elif defined(__cplusplus)
typedef char16_t spindle_wchar;
#else
typedef uint_least16_t spindle_wchar;
#endif

#define _TRUNCATE ((size_t)-1)
#define STRUNCATE 80

#ifndef _countof
#ifdef __cplusplus
extern "C++" {
template <class Element, size_t Count>
char (&spindle_ws_count_of(Element (&)[Count]))[Count];
}
#define _countof(array) (sizeof(spindle_ws_count_of(array)))
#else
#define _countof(array) (sizeof(array) / sizeof((array)[0]))
#endif
#endif

/* Called with null pointers and 0, as the release form of the run-time does. A handler that returns lets the
 * function return its error; without a handler the process ends. */
typedef void(__cdecl *_invalid_parameter_handler)(const wchar_t *, const wchar_t *, const wchar_t *, unsigned,
                                                  uintptr_t);

SPINDLE_WS_BEGIN
SPINDLE_CRT(_invalid_parameter_handler, _set_invalid_parameter_handler, (_invalid_parameter_handler handler));
SPINDLE_CRT(_invalid_parameter_handler, _get_invalid_parameter_handler, (void));
SPINDLE_CRT(_invalid_parameter_handler, _set_thread_local_invalid_parameter_handler,
            (_invalid_parameter_handler handler));
SPINDLE_CRT(_invalid_parameter_handler, _get_thread_local_invalid_parameter_handler, (void));
SPINDLE_WS_END

/* Forms of the functions that find out the size of an array by themselves, page "Secure Template Overloads". */
#ifdef __cplusplus
#define SPINDLE_CRT_ARRAY_1(function, type, type1) \
    template <size_t Size> \
    inline errno_t function(type (&target)[Size], type1 one) \
    { \
        return function(target, Size, one); \
    }
#define SPINDLE_CRT_ARRAY_2(function, type, type1, type2) \
    template <size_t Size> \
    inline errno_t function(type (&target)[Size], type1 one, type2 two) \
    { \
        return function(target, Size, one, two); \
    }
#endif

#endif
