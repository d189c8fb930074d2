/* The debug heap's interface as a release build has it: macros without effect; page "CRT debugging techniques". */
#ifndef _INC_CRTDBG
#define _INC_CRTDBG

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "spindle_ws/crt/base.h"

#define _CRT_WARN 0
#define _CRT_ERROR 1
#define _CRT_ASSERT 2
#define _CRTDBG_MODE_FILE 0x1
#define _CRTDBG_MODE_DEBUG 0x2
#define _CRTDBG_MODE_WNDW 0x4
#define _CRTDBG_REPORT_MODE (-1)
#define _CRTDBG_ALLOC_MEM_DF 0x01
#define _CRTDBG_DELAY_FREE_MEM_DF 0x02
#define _CRTDBG_CHECK_ALWAYS_DF 0x04
#define _CRTDBG_CHECK_CRT_DF 0x10
#define _CRTDBG_LEAK_CHECK_DF 0x20
#define _CRTDBG_REPORT_FLAG (-1)

#define _CrtSetDbgFlag(flags) ((int)0)
#define _CrtDumpMemoryLeaks() ((int)0)
#define _CrtCheckMemory() ((int)1)
#define _CrtSetBreakAlloc(number) ((long)0)
#define _CrtSetReportMode(type, mode) ((int)0)
#define _ASSERT(expression) ((void)0)
#define _ASSERTE(expression) ((void)0)
#define _RPT0(type, format) ((void)0)
#define _RPT1(type, format, one) ((void)0)

#endif
