/* Types of overlapped I/O and completion ports; page "I/O Completion Ports". No function is declared here
 * yet. */
#ifndef _IO_APISET_H_
#define _IO_APISET_H_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "minwinbase.h"

#define HasOverlappedIoCompleted(lpOverlapped) (((DWORD)(lpOverlapped)->Internal) != STATUS_PENDING)

#endif
