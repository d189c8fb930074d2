/* Descriptors as Microsoft's C run-time has them, which are libc's own; pages "_open", "_read", "_lseeki64", "_access_s",
 * "_findfirst", "_setmode", "_get_osfhandle", "_locking". Lines end in \n in text mode too, so the mode is only remembered. A backslash in a path
 * separates like "/". */
#ifndef _INC_IO
#define _INC_IO

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include <fcntl.h>
#include <unistd.h>

#include "spindle_ws/crt/base.h"
#include "spindle_ws/crt/fcntl.h"

typedef unsigned _fsize_t;
#define _A_NORMAL 0x00
#define _A_RDONLY 0x01
#define _A_HIDDEN 0x02
#define _A_SYSTEM 0x04
#define _A_SUBDIR 0x10
#define _A_ARCH 0x20

struct _finddata64i32_t {
    unsigned attrib;
    __time64_t time_create;
    __time64_t time_access;
    __time64_t time_write;
    _fsize_t size;
    char name[260];
};
struct __finddata64_t {
    unsigned attrib;
    __time64_t time_create;
    __time64_t time_access;
    __time64_t time_write;
    long long size;
    char name[260];
};

SPINDLE_WS_BEGIN
SPINDLE_CRT(int, _open, (const char *path, int flags, ...));
SPINDLE_CRT(int, _wopen, (const spindle_wchar *path, int flags, ...));
SPINDLE_CRT(errno_t, _sopen_s, (int *descriptor, const char *path, int flags, int share, int mode));
SPINDLE_CRT(int, _creat, (const char *path, int mode));
SPINDLE_CRT(int, _close, (int descriptor));
SPINDLE_CRT(int, _read, (int descriptor, void *buffer, unsigned count));
SPINDLE_CRT(int, _write, (int descriptor, const void *buffer, unsigned count));
SPINDLE_CRT(long, _lseek, (int descriptor, long offset, int origin));
SPINDLE_CRT(long long, _lseeki64, (int descriptor, long long offset, int origin));
SPINDLE_CRT(long, _tell, (int descriptor));
SPINDLE_CRT(long long, _telli64, (int descriptor));
SPINDLE_CRT(int, _eof, (int descriptor));
SPINDLE_CRT(int, _dup, (int descriptor));
SPINDLE_CRT(int, _dup2, (int descriptor, int target));
SPINDLE_CRT(int, _commit, (int descriptor));
SPINDLE_CRT(int, _chsize, (int descriptor, long size));
SPINDLE_CRT(errno_t, _chsize_s, (int descriptor, long long size));
SPINDLE_CRT_ALIAS(int, chsize, (int descriptor, long size), spindle__chsize);
SPINDLE_CRT(long, _filelength, (int descriptor));
SPINDLE_CRT(long long, _filelengthi64, (int descriptor));
SPINDLE_CRT_ALIAS(long, filelength, (int descriptor), spindle__filelength);
SPINDLE_CRT(int, _isatty, (int descriptor));
SPINDLE_CRT(intptr_t, _get_osfhandle, (int descriptor));
SPINDLE_CRT(int, _open_osfhandle, (intptr_t handle, int flags));
SPINDLE_CRT(int, _locking, (int descriptor, int mode, long bytes));
SPINDLE_CRT(int, _setmode, (int descriptor, int mode));
SPINDLE_CRT_ALIAS(int, setmode, (int descriptor, int mode), spindle__setmode);
SPINDLE_CRT(int, _access, (const char *path, int mode));
SPINDLE_CRT(int, _waccess, (const spindle_wchar *path, int mode));
SPINDLE_CRT(errno_t, _access_s, (const char *path, int mode));
SPINDLE_CRT(int, _chmod, (const char *path, int mode));
SPINDLE_CRT(int, _unlink, (const char *path));
SPINDLE_CRT(intptr_t, _findfirst64i32, (const char *pattern, struct _finddata64i32_t *found));
SPINDLE_CRT(int, _findnext64i32, (intptr_t search, struct _finddata64i32_t *found));
SPINDLE_CRT(intptr_t, _findfirst64, (const char *pattern, struct __finddata64_t *found));
SPINDLE_CRT(int, _findnext64, (intptr_t search, struct __finddata64_t *found));
SPINDLE_CRT(int, _findclose, (intptr_t search));
SPINDLE_WS_END

#define _finddata_t _finddata64i32_t
#define _findfirst _findfirst64i32
#define _findnext _findnext64i32
#define _finddatai64_t __finddata64_t
#define _findfirsti64 _findfirst64
#define _findnexti64 _findnext64

#endif
