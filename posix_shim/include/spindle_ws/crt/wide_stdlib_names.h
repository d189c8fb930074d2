/* Under -fshort-wchar: what wide_names.h does for <wchar.h>, for <stdlib.h>. */
#ifndef SPINDLE_WS_CRT_WIDE_STDLIB_NAMES_H
#define SPINDLE_WS_CRT_WIDE_STDLIB_NAMES_H

#include "../conventions.h"
#include "wide_throw.h"

SPINDLE_WS_BEGIN
extern size_t mbstowcs(wchar_t *target, const char *source,
                size_t count) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_mbstowcs);
extern size_t wcstombs(char *target, const wchar_t *source,
                size_t count) SPINDLE_WS_THROW SPINDLE_WS_SYMBOL(spindle_wcstombs);
SPINDLE_WS_END

#endif
