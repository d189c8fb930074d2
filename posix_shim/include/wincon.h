/* Collects the console headers under their classic name; page "Console Functions". */
#ifndef _WINCON_
#define _WINCON_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "consoleapi.h"
#include "consoleapi2.h"

#endif
