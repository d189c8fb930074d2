/* libc's <errno.h> and, for Windows sources, errno_t; see spindle_ws/crt/windows_sources.h. */
#pragma GCC system_header

#include_next <errno.h>

#if defined(_WIN32) || defined(SPINDLE_WS_WINDOWS_SOURCE)
#include "spindle_ws/crt/base.h"
#endif
