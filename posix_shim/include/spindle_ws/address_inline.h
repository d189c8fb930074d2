/* The inline helpers on addresses: IN4_*, IN6_*, IN6ADDR_*, INETADDR_*, SS_PORT and the constants
 * in6addr_any and in6addr_loopback; pages "INETADDR_PORT" and the "IN6_..." pages of mstcpip.h. */
#ifndef SPINDLE_WS_ADDRESS_INLINE_H
#define SPINDLE_WS_ADDRESS_INLINE_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include <string.h>

#include "../ws2ipdef.h"

#define WS2TCPIP_INLINE SPINDLE_WS_INLINE
#define SS_PORT(ssp) (((PSOCKADDR_IN)(void *)(ssp))->sin_port)

#define IN6ADDR_ANY_INIT {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}}
#define IN6ADDR_LOOPBACK_INIT {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}}

SPINDLE_WS_BEGIN
/* libc's own constants: sixteen bytes that mean the same to both, so no second pair is exported. */
extern const IN6_ADDR in6addr_any;
extern const IN6_ADDR in6addr_loopback;

SPINDLE_WS_INLINE BOOLEAN spindle_in6_zero(const IN6_ADDR *a, size_t from, size_t to)
{
    for (; from < to; ++from)
        if (a->u.Byte[from])
            return FALSE;
    return TRUE;
}

SPINDLE_WS_INLINE BOOLEAN IN6_ADDR_EQUAL(const IN6_ADDR *a, const IN6_ADDR *b)
{
    return memcmp(a, b, sizeof(IN6_ADDR)) == 0;
}
#define IN6_ARE_ADDR_EQUAL IN6_ADDR_EQUAL

SPINDLE_WS_INLINE BOOLEAN IN6_IS_ADDR_UNSPECIFIED(const IN6_ADDR *a)
{
    return spindle_in6_zero(a, 0, 16);
}

SPINDLE_WS_INLINE BOOLEAN IN6_IS_ADDR_LOOPBACK(const IN6_ADDR *a)
{
    return spindle_in6_zero(a, 0, 15) && a->u.Byte[15] == 1;
}

SPINDLE_WS_INLINE BOOLEAN IN6_IS_ADDR_MULTICAST(const IN6_ADDR *a)
{
    return a->u.Byte[0] == 0xff;
}

SPINDLE_WS_INLINE BOOLEAN IN6_IS_ADDR_LINKLOCAL(const IN6_ADDR *a)
{
    return a->u.Byte[0] == 0xfe && (a->u.Byte[1] & 0xc0) == 0x80;
}

SPINDLE_WS_INLINE BOOLEAN IN6_IS_ADDR_SITELOCAL(const IN6_ADDR *a)
{
    return a->u.Byte[0] == 0xfe && (a->u.Byte[1] & 0xc0) == 0xc0;
}

SPINDLE_WS_INLINE BOOLEAN IN6_IS_ADDR_V4MAPPED(const IN6_ADDR *a)
{
    return spindle_in6_zero(a, 0, 10) && a->u.Byte[10] == 0xff && a->u.Byte[11] == 0xff;
}

/* ::a.b.c.d, but neither :: nor ::1. */
SPINDLE_WS_INLINE BOOLEAN IN6_IS_ADDR_V4COMPAT(const IN6_ADDR *a)
{
    return spindle_in6_zero(a, 0, 12) && !(spindle_in6_zero(a, 12, 15) && a->u.Byte[15] <= 1);
}

SPINDLE_WS_INLINE BOOLEAN IN6_IS_ADDR_MC_NODELOCAL(const IN6_ADDR *a)
{
    return IN6_IS_ADDR_MULTICAST(a) && (a->u.Byte[1] & 0xf) == 1;
}

SPINDLE_WS_INLINE BOOLEAN IN6_IS_ADDR_MC_LINKLOCAL(const IN6_ADDR *a)
{
    return IN6_IS_ADDR_MULTICAST(a) && (a->u.Byte[1] & 0xf) == 2;
}

SPINDLE_WS_INLINE BOOLEAN IN6_IS_ADDR_MC_SITELOCAL(const IN6_ADDR *a)
{
    return IN6_IS_ADDR_MULTICAST(a) && (a->u.Byte[1] & 0xf) == 5;
}

SPINDLE_WS_INLINE BOOLEAN IN6_IS_ADDR_MC_ORGLOCAL(const IN6_ADDR *a)
{
    return IN6_IS_ADDR_MULTICAST(a) && (a->u.Byte[1] & 0xf) == 8;
}

SPINDLE_WS_INLINE BOOLEAN IN6_IS_ADDR_MC_GLOBAL(const IN6_ADDR *a)
{
    return IN6_IS_ADDR_MULTICAST(a) && (a->u.Byte[1] & 0xf) == 0xe;
}

SPINDLE_WS_INLINE BOOLEAN IN6ADDR_ISANY(const SOCKADDR_IN6 *a)
{
    return a->sin6_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&a->sin6_addr);
}

SPINDLE_WS_INLINE BOOLEAN IN6ADDR_ISLOOPBACK(const SOCKADDR_IN6 *a)
{
    return a->sin6_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&a->sin6_addr);
}

SPINDLE_WS_INLINE BOOLEAN IN6ADDR_ISV4MAPPED(const SOCKADDR_IN6 *a)
{
    return a->sin6_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&a->sin6_addr);
}

SPINDLE_WS_INLINE void IN6_SET_ADDR_UNSPECIFIED(PIN6_ADDR a)
{
    memset(a, 0, sizeof(*a));
}

SPINDLE_WS_INLINE void IN6_SET_ADDR_LOOPBACK(PIN6_ADDR a)
{
    memset(a, 0, sizeof(*a));
    a->u.Byte[15] = 1;
}

SPINDLE_WS_INLINE void IN6_SET_ADDR_V4MAPPED(PIN6_ADDR a, const IN_ADDR *v4)
{
    memset(a, 0, sizeof(*a));
    a->u.Byte[10] = 0xff;
    a->u.Byte[11] = 0xff;
    memcpy(&a->u.Byte[12], v4, sizeof(*v4));
}

SPINDLE_WS_INLINE void IN6ADDR_SETANY(PSOCKADDR_IN6 a)
{
    memset(a, 0, sizeof(*a));
    a->sin6_family = AF_INET6;
}

SPINDLE_WS_INLINE void IN6ADDR_SETLOOPBACK(PSOCKADDR_IN6 a)
{
    IN6ADDR_SETANY(a);
    a->sin6_addr.u.Byte[15] = 1;
}

SPINDLE_WS_INLINE void IN6ADDR_SETV4MAPPED(PSOCKADDR_IN6 a, const IN_ADDR *v4, SCOPE_ID scope, USHORT port)
{
    IN6ADDR_SETANY(a);
    a->sin6_port = port;
    a->sin6_scope_struct = scope;
    IN6_SET_ADDR_V4MAPPED(&a->sin6_addr, v4);
}

SPINDLE_WS_INLINE PUCHAR IN6_GET_ADDR_V4MAPPED(const IN6_ADDR *a)
{
    return (PUCHAR)(ULONG_PTR)&a->u.Byte[12];
}

SPINDLE_WS_INLINE BOOLEAN IN4_ADDR_EQUAL(const IN_ADDR *a, const IN_ADDR *b)
{
    return a->s_addr == b->s_addr;
}

SPINDLE_WS_INLINE BOOLEAN IN4_IS_ADDR_UNSPECIFIED(const IN_ADDR *a)
{
    return a->s_addr == 0;
}

/* The whole of 127.0.0.0/8. */
SPINDLE_WS_INLINE BOOLEAN IN4_IS_ADDR_LOOPBACK(const IN_ADDR *a)
{
    return a->s_net == 127;
}

SPINDLE_WS_INLINE BOOLEAN IN4_IS_ADDR_BROADCAST(const IN_ADDR *a)
{
    return a->s_addr == 0xffffffff;
}

SPINDLE_WS_INLINE BOOLEAN IN4_IS_ADDR_MULTICAST(const IN_ADDR *a)
{
    return (a->s_net & 0xf0) == 0xe0;
}

SPINDLE_WS_INLINE BOOLEAN IN4_IS_ADDR_LINKLOCAL(const IN_ADDR *a)
{
    return a->s_net == 169 && a->s_host == 254;
}

/* The generic forms take any SOCKADDR of AF_INET or AF_INET6; the family must be set. */
SPINDLE_WS_INLINE BOOLEAN INETADDR_ISANY(const SOCKADDR *a)
{
    const SOCKADDR_INET *any = (const SOCKADDR_INET *)(const void *)a;
    if (a->sa_family == AF_INET6)
        return IN6ADDR_ISANY(&any->Ipv6);
    return IN4_IS_ADDR_UNSPECIFIED(&any->Ipv4.sin_addr);
}

SPINDLE_WS_INLINE BOOLEAN INETADDR_ISLOOPBACK(const SOCKADDR *a)
{
    const SOCKADDR_INET *any = (const SOCKADDR_INET *)(const void *)a;
    if (a->sa_family == AF_INET6)
        return IN6ADDR_ISLOOPBACK(&any->Ipv6);
    return IN4_IS_ADDR_LOOPBACK(&any->Ipv4.sin_addr);
}

SPINDLE_WS_INLINE BOOLEAN INETADDR_ISV4MAPPED(const SOCKADDR *a)
{
    return a->sa_family == AF_INET6 && IN6ADDR_ISV4MAPPED((const SOCKADDR_IN6 *)(const void *)a);
}

SPINDLE_WS_INLINE void spindle_inetaddr_set(PSOCKADDR a, ULONG v4, UCHAR last)
{
    if (a->sa_family == AF_INET6) {
        IN6ADDR_SETANY((PSOCKADDR_IN6)(void *)a);
        ((PSOCKADDR_IN6)(void *)a)->sin6_addr.u.Byte[15] = last;
    } else {
        PSOCKADDR_IN four = (PSOCKADDR_IN)(void *)a;
        memset(four, 0, sizeof(*four));
        four->sin_family = AF_INET;
        four->sin_addr.s_net = (UCHAR)(v4 >> 24);
        four->sin_addr.s_impno = (UCHAR)(v4 & 0xff);
    }
}

SPINDLE_WS_INLINE void INETADDR_SETANY(PSOCKADDR a)
{
    spindle_inetaddr_set(a, INADDR_ANY, 0);
}

SPINDLE_WS_INLINE void INETADDR_SETLOOPBACK(PSOCKADDR a)
{
    spindle_inetaddr_set(a, INADDR_LOOPBACK, 1);
}

SPINDLE_WS_INLINE USHORT INETADDR_PORT(const SOCKADDR *a)
{
    return ((const SOCKADDR_IN *)(const void *)a)->sin_port;
}

SPINDLE_WS_INLINE void INETADDR_SET_PORT(PSOCKADDR a, USHORT Port)
{
    ((PSOCKADDR_IN)(void *)a)->sin_port = Port;
}

SPINDLE_WS_INLINE PUCHAR INETADDR_ADDRESS(const SOCKADDR *a)
{
    PUCHAR bytes = (PUCHAR)(ULONG_PTR)a;
    return bytes + (a->sa_family == AF_INET6 ? offsetof(SOCKADDR_IN6, sin6_addr)
                                             : offsetof(SOCKADDR_IN, sin_addr));
}

SPINDLE_WS_INLINE void INETADDR_SET_ADDRESS(PSOCKADDR a, const UCHAR *Address)
{
    memcpy(INETADDR_ADDRESS(a), Address, a->sa_family == AF_INET6 ? sizeof(IN6_ADDR) : sizeof(IN_ADDR));
}

SPINDLE_WS_INLINE SCOPE_ID INETADDR_SCOPE_ID(const SOCKADDR *a)
{
    SCOPE_ID none;
    none.Value = 0;
    return a->sa_family == AF_INET6 ? ((const SOCKADDR_IN6 *)(const void *)a)->sin6_scope_struct : none;
}
SPINDLE_WS_END

/* Programs ask with #ifdef whether these exist, as POSIX has them as macros. */
#define IN6_IS_ADDR_UNSPECIFIED IN6_IS_ADDR_UNSPECIFIED
#define IN6_IS_ADDR_LOOPBACK IN6_IS_ADDR_LOOPBACK
#define IN6_IS_ADDR_MULTICAST IN6_IS_ADDR_MULTICAST
#define IN6_IS_ADDR_LINKLOCAL IN6_IS_ADDR_LINKLOCAL
#define IN6_IS_ADDR_SITELOCAL IN6_IS_ADDR_SITELOCAL
#define IN6_IS_ADDR_V4MAPPED IN6_IS_ADDR_V4MAPPED
#define IN6_IS_ADDR_V4COMPAT IN6_IS_ADDR_V4COMPAT
#define IN6_IS_ADDR_MC_NODELOCAL IN6_IS_ADDR_MC_NODELOCAL
#define IN6_IS_ADDR_MC_LINKLOCAL IN6_IS_ADDR_MC_LINKLOCAL
#define IN6_IS_ADDR_MC_SITELOCAL IN6_IS_ADDR_MC_SITELOCAL
#define IN6_IS_ADDR_MC_ORGLOCAL IN6_IS_ADDR_MC_ORGLOCAL
#define IN6_IS_ADDR_MC_GLOBAL IN6_IS_ADDR_MC_GLOBAL

#endif
