/* libc's <sys/select.h>, with an FD_SETSIZE that the program defined beforehand saved for winsock2.h:
 * glibc's header replaces it silently. Without Winsock in the source file nothing else changes; see
 * spindle_ws/libc_names.h. */
#pragma GCC system_header

#if defined(FD_SETSIZE) && !defined(_SYS_SELECT_H)
#pragma push_macro("FD_SETSIZE")
#define SPINDLE_WS_FD_SETSIZE_SAVED
#undef FD_SETSIZE
#endif

#include_next <sys/select.h>
