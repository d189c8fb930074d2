/* libc's <stdlib.h> and, for Windows sources, what Microsoft's adds to it; without _WIN32 and without a header of
 * Windows in the source file nothing changes. See spindle_ws/crt/windows_sources.h; for -fshort-wchar see wchar.h. */
#pragma GCC system_header

#if __SIZEOF_WCHAR_T__ == 2
#include <features.h>
#pragma push_macro("__USE_FORTIFY_LEVEL")
#undef __USE_FORTIFY_LEVEL
#define __USE_FORTIFY_LEVEL 0
#include_next <stdlib.h>
#pragma pop_macro("__USE_FORTIFY_LEVEL")
#include "spindle_ws/crt/wide_stdlib_names.h"
#else
#include_next <stdlib.h>
#endif

#define SPINDLE_WS_SEEN_STDLIB
#if defined(_WIN32) || defined(SPINDLE_WS_WINDOWS_SOURCE)
#include "spindle_ws/crt/stdlib.h"
#endif
