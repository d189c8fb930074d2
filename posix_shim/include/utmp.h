/* libc's <utmp.h>, read with libc's own struct timeval even where Winsock's is in force; without Winsock
 * in the source file nothing changes. See spindle_ws/libc_names.h. */
#pragma GCC system_header

#pragma push_macro("timeval")
#undef timeval
#include_next <utmp.h>
#pragma pop_macro("timeval")
