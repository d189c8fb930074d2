/* SOCKET and fd_set, an array of handles with a count, and its macros; pages "fd_set structure" and
 * "select function". libc's bit mask of the same name was put aside by libc_names.h. */
#ifndef SPINDLE_WS_FD_SET_H
#define SPINDLE_WS_FD_SET_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

typedef UINT_PTR SOCKET;
#define INVALID_SOCKET ((SOCKET)(~0))
#define SOCKET_ERROR (-1)

typedef struct fd_set {
    u_int fd_count;
    SOCKET fd_array[FD_SETSIZE];
} fd_set, FD_SET, *PFD_SET, FAR *LPFD_SET;

SPINDLE_WS_BEGIN
int FAR PASCAL __WSAFDIsSet(SOCKET fd, fd_set FAR *set);
SPINDLE_WS_END

/* The array is passed apart from its capacity: FD_SETSIZE may differ between the source files of a
 * program. */
SPINDLE_WS_INLINE void spindle_fd_add(SOCKET fd, u_int *count, SOCKET *members, u_int capacity)
{
    u_int i;
    for (i = 0; i < *count; ++i)
        if (members[i] == fd)
            return;
    if (*count < capacity)
        members[(*count)++] = fd;
}

SPINDLE_WS_INLINE void spindle_fd_remove(SOCKET fd, u_int *count, SOCKET *members)
{
    u_int i;
    for (i = 0; i < *count; ++i)
        if (members[i] == fd)
            break;
    if (i == *count)
        return;
    for (--*count; i < *count; ++i)
        members[i] = members[i + 1];
}

#define FD_SET(fd, set) \
    spindle_fd_add((SOCKET)(fd), &((fd_set FAR *)(set))->fd_count, ((fd_set FAR *)(set))->fd_array, \
                   FD_SETSIZE)
#define FD_CLR(fd, set) \
    spindle_fd_remove((SOCKET)(fd), &((fd_set FAR *)(set))->fd_count, ((fd_set FAR *)(set))->fd_array)
#define FD_ZERO(set) ((void)(((fd_set FAR *)(set))->fd_count = 0))
#define FD_ISSET(fd, set) __WSAFDIsSet((SOCKET)(fd), (fd_set FAR *)(set))

#endif
