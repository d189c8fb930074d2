/* When the Microsoft part of libc's headers is declared. Windows sources take strcpy_s from <string.h> and _open
 * from <io.h>, whether or not they include a header of Windows. So string.h and its like beside this folder read
 * libc's header and add the Microsoft part when _WIN32 is defined or a header of Windows was there before. For
 * those that came before the first header of Windows, it includes this file. */
#define SPINDLE_WS_WINDOWS_SOURCE
#ifdef SPINDLE_WS_SEEN_STRING
#include "string.h"
#endif
#ifdef SPINDLE_WS_SEEN_STDIO
#include "stdio.h"
#endif
#ifdef SPINDLE_WS_SEEN_STDLIB
#include "stdlib.h"
#endif
#ifdef SPINDLE_WS_SEEN_WIDE
#include "wide.h"
#endif
#ifdef SPINDLE_WS_SEEN_TIME
#include "time.h"
#endif
#ifdef SPINDLE_WS_SEEN_MALLOC
#include "malloc.h"
#endif
#ifdef SPINDLE_WS_SEEN_FCNTL
#include "fcntl.h"
#endif
#ifdef SPINDLE_WS_SEEN_STAT
#include "stat.h"
#endif
#ifdef SPINDLE_WS_SEEN_TIMEB
#include "timeb.h"
#endif
