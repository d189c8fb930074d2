/* The C run-time's threads and the process's number; pages "_beginthread, _beginthreadex", "_getpid". Nothing here starts
 * another process. */
#ifndef _INC_PROCESS
#define _INC_PROCESS

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "spindle_ws/crt/base.h"

typedef void(__cdecl *_beginthread_proc_type)(void *);
typedef unsigned(__stdcall *_beginthreadex_proc_type)(void *);

SPINDLE_WS_BEGIN
uintptr_t __cdecl _beginthread(_beginthread_proc_type _StartAddress, unsigned _StackSize, void *_ArgList);
uintptr_t __cdecl _beginthreadex(void *_Security, unsigned _StackSize, _beginthreadex_proc_type _StartAddress,
                                 void *_ArgList, unsigned _InitFlag, unsigned *_ThrdAddr);
DECLSPEC_NORETURN void __cdecl _endthread(void);
DECLSPEC_NORETURN void __cdecl _endthreadex(unsigned _Retval);
SPINDLE_CRT_ALIAS(int, _getpid, (void), getpid);
SPINDLE_WS_END

#endif
