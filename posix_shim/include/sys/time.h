/* libc's <sys/time.h>, read with libc's own struct timeval even where Winsock's is in force; without
 * Winsock in the source file nothing changes. See spindle_ws/libc_names.h. */
#pragma GCC system_header

#pragma push_macro("timeval")
#undef timeval
#include_next <sys/time.h>
#pragma pop_macro("timeval")

#ifdef SPINDLE_WS_TIMEVAL_H
#include "../spindle_ws/timeval.h"
#endif
