/* The multimedia library as far as it is here: its clock; page "mmsystem.h header". */
#ifndef _INC_MMSYSTEM
#define _INC_MMSYSTEM

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "timeapi.h"

#endif
