/* libc's <string.h> and, for Windows sources, what Microsoft's adds to it; without _WIN32 and without a header of
 * Windows in the source file nothing changes. See spindle_ws/crt/windows_sources.h. */
#pragma GCC system_header

#include_next <string.h>

#define SPINDLE_WS_SEEN_STRING
#if defined(_WIN32) || defined(SPINDLE_WS_WINDOWS_SOURCE)
#include "spindle_ws/crt/string.h"
#endif
