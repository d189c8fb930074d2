/* What Microsoft's <malloc.h> adds; pages "_aligned_malloc", "_alloca", "_msize". */
#ifndef SPINDLE_WS_CRT_MALLOC_H
#define SPINDLE_WS_CRT_MALLOC_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include <alloca.h>

#include "base.h"

#ifndef _alloca
#define _alloca(size) __builtin_alloca(size)
#endif

SPINDLE_WS_BEGIN
SPINDLE_CRT(void *, _aligned_malloc, (size_t size, size_t alignment));
SPINDLE_CRT(void *, _aligned_realloc, (void *memory, size_t size, size_t alignment));
SPINDLE_CRT(void, _aligned_free, (void *memory));
SPINDLE_CRT(size_t, _msize, (void *memory));
SPINDLE_WS_END

#endif
