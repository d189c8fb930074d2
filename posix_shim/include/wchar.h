/* libc's <wchar.h> and, for Windows sources, what Microsoft's adds to it; see spindle_ws/crt/windows_sources.h. With
 * -fshort-wchar, where libc's functions would run over their strings, its names mean functions for 16-bit units. */
#pragma GCC system_header

#if __SIZEOF_WCHAR_T__ == 2 && !defined(SPINDLE_WS_CRT_WIDE_NAMES_H)
#include <features.h>
#pragma push_macro("__USE_FORTIFY_LEVEL")
#undef __USE_FORTIFY_LEVEL
#define __USE_FORTIFY_LEVEL 0
#define __asm(label) __asm__("spindle_" label)
#include_next <wchar.h>
#undef __asm
#pragma pop_macro("__USE_FORTIFY_LEVEL")
#include "spindle_ws/crt/wide_names.h"
#else
#include_next <wchar.h>
#endif

#define SPINDLE_WS_SEEN_WIDE
#if defined(_WIN32) || defined(SPINDLE_WS_WINDOWS_SOURCE)
#include "spindle_ws/crt/wide.h"
#endif
