/* Makes Winsock's u_long, socklen_t, struct timeval, fd_set, select and gethostname win over libc's,
 * whichever header came first. It answers to no Windows page: it is about glibc. Winsock's own
 * declarations are in winsock2.h.
 * How, and why:
 *  - libc's <sys/types.h>, <sys/select.h> and <time.h> are read first, so their guards are set and
 *    later #includes of them (libstdc++ does that a lot) are empty; then a macro gives the Winsock
 *    meaning to the name.
 *  - u_long is 64 bits in glibc and 32 bits here; socklen_t is unsigned in glibc and int here.
 *  - "struct timeval" means two 32-bit numbers after this header. libc functions that take libc's
 *    structure keep it: sys/time.h, sys/resource.h, sys/timex.h, utmp.h and utmpx.h beside this
 *    folder step aside for the moment in which libc's header is read, and gettimeofday gets a form
 *    that takes Winsock's structure. Headers of other libraries that contain a struct timeval of
 *    libc's must be included before Winsock's.
 *  - select is overloaded in C++ (fd_set differs, so calls never mix) and a macro in C; gethostname
 *    is a macro.
 *  - libc's socket headers cannot be mixed with Winsock. They are refused if they came first, and
 *    empty later. */
#ifndef SPINDLE_WS_LIBC_NAMES_H
#define SPINDLE_WS_LIBC_NAMES_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#if defined(_SYS_SOCKET_H) || defined(_NETINET_IN_H) || defined(_ARPA_INET_H) || defined(_NETDB_H)
#error "Winsock headers and <sys/socket.h>, <netinet/in.h>, <arpa/inet.h>, <netdb.h> exclude each other: \
include only winsock2.h in this source file"
#endif
#define _SYS_SOCKET_H 1
#define _NETINET_IN_H 1
#define _NETINET_TCP_H 1
#define _ARPA_INET_H 1
#define _NETDB_H 1
#define _NET_IF_H 1
#define _SYS_UN_H 1

#if defined(_SYS_POLL_H)
#error "Winsock's WSAPOLLFD and <poll.h> exclude each other: include only winsock2.h in this source file"
#endif
#define _SYS_POLL_H 1

#include <stddef.h>
#include <sys/select.h>
#include <sys/types.h>
#include <time.h>

/* The BSD short names; strict ISO modes of glibc leave them out. */
#ifndef __u_char_defined
typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
#endif
typedef unsigned int spindle_u_long;
#undef u_long
#define u_long spindle_u_long

typedef int spindle_socklen_t;
#undef socklen_t
#define socklen_t spindle_socklen_t
#ifndef __socklen_t_defined
#define __socklen_t_defined
#endif

#include "timeval.h"

#define gethostname spindle_gethostname

/* FD_SETSIZE: the program's own definition, if libc has not read its header over it, else Winsock's 64.
 * sys/select.h beside this folder saves a definition made before libc's. */
#ifdef SPINDLE_WS_FD_SETSIZE_SAVED
#pragma pop_macro("FD_SETSIZE")
#else
#pragma push_macro("__FD_SETSIZE")
#undef __FD_SETSIZE
#define __FD_SETSIZE 0x7d0c3a51
#if !defined(FD_SETSIZE) || FD_SETSIZE == 0x7d0c3a51
#undef FD_SETSIZE
#define FD_SETSIZE 64
#endif
#pragma pop_macro("__FD_SETSIZE")
#endif

#undef FD_SET
#undef FD_CLR
#undef FD_ISSET
#undef FD_ZERO
#define fd_set spindle_fd_set

#endif
