/* What Microsoft's <fcntl.h> adds: the flags of _open under both spellings; page "_open". The numbers are libc's, since
 * programs mix the two; text and binary are bits that Linux's open does not look at. */
#ifndef SPINDLE_WS_CRT_FCNTL_H
#define SPINDLE_WS_CRT_FCNTL_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#define _O_RDONLY O_RDONLY
#define _O_WRONLY O_WRONLY
#define _O_RDWR O_RDWR
#define _O_APPEND O_APPEND
#define _O_CREAT O_CREAT
#define _O_TRUNC O_TRUNC
#define _O_EXCL O_EXCL
#define _O_NOINHERIT O_CLOEXEC
#define _O_TEXT 0x10000000
#define _O_BINARY 0x20000000
#define _O_RAW _O_BINARY
#define _O_RANDOM 0
#define _O_SEQUENTIAL 0
#define _O_SHORT_LIVED 0
#ifndef O_BINARY
#define O_TEXT _O_TEXT
#define O_BINARY _O_BINARY
#define O_RAW _O_BINARY
#endif
#ifndef O_NOINHERIT
#define O_NOINHERIT _O_NOINHERIT
#endif

#endif
