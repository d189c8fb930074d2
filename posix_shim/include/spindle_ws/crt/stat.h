/* What Microsoft's <sys/stat.h> adds; pages "_stat", "_fstat", "_umask". The structures are Windows': st_ino, st_uid and
 * st_gid are 0; st_dev is what is left of Linux's number in 32 bits. Times are seconds. */
#ifndef SPINDLE_WS_CRT_STAT_H
#define SPINDLE_WS_CRT_STAT_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "base.h"

#define _S_IFMT 0xF000
#define _S_IFDIR 0x4000
#define _S_IFCHR 0x2000
#define _S_IFIFO 0x1000
#define _S_IFREG 0x8000
#define _S_IREAD 0x0100
#define _S_IWRITE 0x0080
#define _S_IEXEC 0x0040
#ifndef S_IREAD
#define S_IREAD 0x0100
#define S_IWRITE 0x0080
#define S_IEXEC 0x0040
#endif

/* libc's st_mtime is a macro for st_mtim.tv_sec, so that is what the field is called. */
#define SPINDLE_CRT_STATUS(name, size_type) \
    struct name { \
        unsigned st_dev; \
        unsigned short st_ino; \
        unsigned short st_mode; \
        short st_nlink; \
        short st_uid; \
        short st_gid; \
        unsigned st_rdev; \
        size_type st_size; \
        struct { \
            __time64_t tv_sec; \
        } st_atim, st_mtim, st_ctim; \
    }
SPINDLE_CRT_STATUS(_stat64, long long);
SPINDLE_CRT_STATUS(_stat64i32, int);
#undef SPINDLE_CRT_STATUS

SPINDLE_WS_BEGIN
SPINDLE_CRT(int, _stat64, (const char *path, struct _stat64 *facts));
SPINDLE_CRT(int, _fstat64, (int descriptor, struct _stat64 *facts));
SPINDLE_CRT(int, _wstat64, (const spindle_wchar *path, struct _stat64 *facts));
SPINDLE_CRT(int, _stat64i32, (const char *path, struct _stat64i32 *facts));
SPINDLE_CRT(int, _fstat64i32, (int descriptor, struct _stat64i32 *facts));
SPINDLE_CRT(int, _wstat64i32, (const spindle_wchar *path, struct _stat64i32 *facts));
SPINDLE_CRT(int, _umask, (int mode));
SPINDLE_WS_END

#define __stat64 _stat64
#define _stat _stat64i32
#define _fstat _fstat64i32
#define _wstat _wstat64i32
#define _stati64 _stat64
#define _fstati64 _fstat64
#define _wstati64 _wstat64

#endif
