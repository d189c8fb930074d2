/* The C run-time's threads; page "_beginthread, _beginthreadex". Nothing else of Microsoft's process.h. */
#ifndef _INC_PROCESS
#define _INC_PROCESS

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include <stdint.h>

#include "spindle_ws/conventions.h"

typedef void(__cdecl *_beginthread_proc_type)(void *);
typedef unsigned(__stdcall *_beginthreadex_proc_type)(void *);

SPINDLE_WS_BEGIN
uintptr_t __cdecl _beginthread(_beginthread_proc_type _StartAddress, unsigned _StackSize, void *_ArgList);
uintptr_t __cdecl _beginthreadex(void *_Security, unsigned _StackSize, _beginthreadex_proc_type _StartAddress,
                                 void *_ArgList, unsigned _InitFlag, unsigned *_ThrdAddr);
DECLSPEC_NORETURN void __cdecl _endthread(void);
DECLSPEC_NORETURN void __cdecl _endthreadex(unsigned _Retval);
SPINDLE_WS_END

#endif
