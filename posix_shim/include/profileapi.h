/* The high-resolution clock; page "Acquiring high-resolution time stamps". */
#ifndef _PROFILEAPI_H_
#define _PROFILEAPI_H_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "minwindef.h"

SPINDLE_WS_BEGIN
BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *lpPerformanceCount);
BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *lpFrequency);
SPINDLE_WS_END

#endif
