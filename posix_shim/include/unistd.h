/* libc's <unistd.h>, read with libc's own gethostname and socklen_t even where Winsock's are in force;
 * without Winsock in the source file nothing changes. See spindle_ws/libc_names.h. */
#pragma GCC system_header

#pragma push_macro("gethostname")
#pragma push_macro("socklen_t")
#undef gethostname
#undef socklen_t
#include_next <unistd.h>
#pragma pop_macro("gethostname")
#pragma pop_macro("socklen_t")
