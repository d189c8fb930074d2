/* ioctlsocket for programs that hold their argument in an unsigned long, which is 32 bits on Windows and
 * 64 here: the number is copied through a u_long both ways. winsock_api.h includes this part. */
#ifndef SPINDLE_WS_IOCTLSOCKET_LONG_H
#define SPINDLE_WS_IOCTLSOCKET_LONG_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#if __SIZEOF_LONG__ != 4

SPINDLE_WS_INLINE int spindle_ioctlsocket_long(SOCKET s, long cmd, unsigned long *argp)
{
    u_long narrow;
    int result;
    if (!argp)
        return ioctlsocket(s, cmd, NULL);
    narrow = (u_long)*argp;
    result = ioctlsocket(s, cmd, &narrow);
    if (result == 0)
        *argp = narrow;
    return result;
}

#ifdef __cplusplus
/* A template, so that a null pointer still means the function of the contract. */
extern "C++" {
template <class number>
struct spindle_unsigned_long_only;
template <>
struct spindle_unsigned_long_only<unsigned long> {
    typedef int result;
};
template <class number>
inline typename spindle_unsigned_long_only<number>::result ioctlsocket(SOCKET s, long cmd, number *argp)
{
    return spindle_ioctlsocket_long(s, cmd, argp);
}
}
#else
#define ioctlsocket(s, cmd, argp) \
    (__extension__ _Generic((argp), unsigned long *: spindle_ioctlsocket_long, default: ioctlsocket)( \
        (s), (cmd), (argp)))
#endif

#endif

#endif
