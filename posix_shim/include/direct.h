/* Directories; pages "_mkdir", "_rmdir", "_chdir", "_getcwd". A backslash in a path separates like "/". */
#ifndef _INC_DIRECT
#define _INC_DIRECT

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include <sys/stat.h>
#include <unistd.h>

#include "spindle_ws/crt/base.h"

SPINDLE_WS_BEGIN
SPINDLE_CRT(int, _mkdir, (const char *path));
SPINDLE_CRT(int, _rmdir, (const char *path));
SPINDLE_CRT(int, _chdir, (const char *path));
SPINDLE_CRT(char *, _getcwd, (char *target, int size));
SPINDLE_CRT(int, _wmkdir, (const spindle_wchar *path));
SPINDLE_WS_END

#ifdef __cplusplus
extern "C++" {
inline int mkdir(const char *path) /* beside libc's, which also takes a mode */
{
    return _mkdir(path);
}
}
#endif

#endif
