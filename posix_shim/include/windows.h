/* The Win32 base a Winsock program needs on Linux; page "Using the Windows Headers". As on Windows it
 * brings in winsock.h unless WIN32_LEAN_AND_MEAN is defined or winsock2.h came first. */
#ifndef _WINDOWS_
#define _WINDOWS_
#ifndef _INC_WINDOWS
#define _INC_WINDOWS
#endif

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include <stdarg.h>

/* Windows sources name their libraries in pragmas, and their C compiler allows "void main". (g++ before 13 hears the
 * first only as -Wno-unknown-pragmas.) */
#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#ifdef __clang__
#pragma GCC diagnostic ignored "-Wmain-return-type"
#elif !defined(__cplusplus)
#pragma GCC diagnostic ignored "-Wmain"
#endif
#endif

#include "sdkddkver.h"
#include "windef.h"
#include "winbase.h"
#include "wincon.h"
#include "winerror.h"
#include "winnls.h"
#include "winuser.h"
#include "spindle_ws/crt/windows_sources.h"

#ifndef WIN32_LEAN_AND_MEAN
#include "mmsystem.h"
#endif
#if !defined(WIN32_LEAN_AND_MEAN) && !defined(_WINSOCKAPI_)
#include "winsock.h"
#endif

#endif
