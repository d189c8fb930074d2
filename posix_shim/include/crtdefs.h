/* The types that all run-time headers share; page "Standard types". */
#ifndef SPINDLE_WS_CRTDEFS_H
#define SPINDLE_WS_CRTDEFS_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "sal.h"
#include "spindle_ws/crt/base.h"

#endif
