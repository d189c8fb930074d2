/* Name resolution by address family, IPv6 helpers and text conversion; page "ws2tcpip.h header". The
 * structures are in ws2def.h and ws2ipdef.h, the inline address helpers in spindle_ws/address_inline.h. */
#ifndef _WS2TCPIP_H_
#define _WS2TCPIP_H_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "winsock2.h"
#include "ws2ipdef.h"
#include "spindle_ws/address_inline.h"
#include "mstcpip.h"

#define SIO_GET_INTERFACE_LIST _IOR('t', 127, ULONG)
#define SIO_GET_INTERFACE_LIST_EX _IOR('t', 126, ULONG)
#define SIO_SET_MULTICAST_FILTER _IOW('t', 125, ULONG)
#define SIO_GET_MULTICAST_FILTER _IOW('t', 124 | IOC_IN, ULONG)
#define SIOCSIPMSFILTER SIO_SET_MULTICAST_FILTER
#define SIOCGIPMSFILTER SIO_GET_MULTICAST_FILTER
#define SIO_IDEAL_SEND_BACKLOG_QUERY _IOR('t', 123, ULONG)
#define SIO_IDEAL_SEND_BACKLOG_CHANGE _IO('t', 122)

#define EAI_AGAIN WSATRY_AGAIN
#define EAI_BADFLAGS WSAEINVAL
#define EAI_FAIL WSANO_RECOVERY
#define EAI_FAMILY WSAEAFNOSUPPORT
#define EAI_MEMORY WSA_NOT_ENOUGH_MEMORY
#define EAI_NOSECURENAME WSA_SECURE_HOST_NOT_FOUND
#define EAI_NONAME WSAHOST_NOT_FOUND
#define EAI_NODATA WSANO_DATA
#define EAI_SERVICE WSATYPE_NOT_FOUND
#define EAI_SOCKTYPE WSAESOCKTNOSUPPORT
#define EAI_IPSECPOLICY WSA_IPSEC_NAME_POLICY_ERROR

#define GAI_STRERROR_BUFFER_SIZE 1024

typedef void(CALLBACK *LPLOOKUPSERVICE_COMPLETION_ROUTINE)(DWORD dwError, DWORD dwBytes,
                                                           LPWSAOVERLAPPED lpOverlapped);

#if INCL_WINSOCK_API_PROTOTYPES
SPINDLE_WS_BEGIN
INT WSAAPI getaddrinfo(PCSTR pNodeName, PCSTR pServiceName, const ADDRINFOA *pHints, PADDRINFOA *ppResult)
    SPINDLE_WS_SYMBOL(spindle_getaddrinfo);
INT WSAAPI GetAddrInfoW(PCWSTR pNodeName, PCWSTR pServiceName, const ADDRINFOW *pHints, PADDRINFOW *ppResult);
VOID WSAAPI freeaddrinfo(PADDRINFOA pAddrInfo) SPINDLE_WS_SYMBOL(spindle_freeaddrinfo);
VOID WSAAPI FreeAddrInfoW(PADDRINFOW pAddrInfo);
INT WSAAPI GetAddrInfoExA(PCSTR pName, PCSTR pServiceName, DWORD dwNameSpace, LPGUID lpNspId,
                          const ADDRINFOEXA *hints, PADDRINFOEXA *ppResult, struct timeval *timeout,
                          LPOVERLAPPED lpOverlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine,
                          LPHANDLE lpNameHandle);
INT WSAAPI GetAddrInfoExW(PCWSTR pName, PCWSTR pServiceName, DWORD dwNameSpace, LPGUID lpNspId,
                          const ADDRINFOEXW *hints, PADDRINFOEXW *ppResult, struct timeval *timeout,
                          LPOVERLAPPED lpOverlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine,
                          LPHANDLE lpHandle);
INT WSAAPI GetAddrInfoExCancel(LPHANDLE lpHandle);
INT WSAAPI GetAddrInfoExOverlappedResult(LPOVERLAPPED lpOverlapped);
VOID WSAAPI FreeAddrInfoEx(PADDRINFOEXA pAddrInfoEx);
VOID WSAAPI FreeAddrInfoExW(PADDRINFOEXW pAddrInfoEx);
INT WSAAPI getnameinfo(const SOCKADDR *pSockaddr, socklen_t SockaddrLength, PCHAR pNodeBuffer,
                       DWORD NodeBufferSize, PCHAR pServiceBuffer, DWORD ServiceBufferSize, INT Flags)
    SPINDLE_WS_SYMBOL(spindle_getnameinfo);
INT WSAAPI GetNameInfoW(const SOCKADDR *pSockaddr, socklen_t SockaddrLength, PWCHAR pNodeBuffer,
                        DWORD NodeBufferSize, PWCHAR pServiceBuffer, DWORD ServiceBufferSize, INT Flags);
INT WSAAPI inet_pton(INT Family, PCSTR pszAddrString, PVOID pAddrBuf) SPINDLE_WS_SYMBOL(spindle_inet_pton);
INT WSAAPI InetPtonW(INT Family, PCWSTR pszAddrString, PVOID pAddrBuf);
PCSTR WSAAPI inet_ntop(INT Family, const VOID *pAddr, PSTR pStringBuf, size_t StringBufSize)
    SPINDLE_WS_SYMBOL(spindle_inet_ntop);
PCWSTR WSAAPI InetNtopW(INT Family, const VOID *pAddr, PWSTR pStringBuf, size_t StringBufSize);
char *gai_strerrorA(int ecode);
WCHAR *gai_strerrorW(int ecode);
SPINDLE_WS_END
#endif

#define GetAddrInfoA getaddrinfo
#define FreeAddrInfoA freeaddrinfo
#define FreeAddrInfoExA FreeAddrInfoEx
#define GetNameInfoA getnameinfo
#define InetPtonA inet_pton
#define InetNtopA inet_ntop
#ifdef UNICODE
#define GetAddrInfo GetAddrInfoW
#define FreeAddrInfo FreeAddrInfoW
#define GetAddrInfoEx GetAddrInfoExW
#define FreeAddrInfoEx FreeAddrInfoExW
#define GetNameInfo GetNameInfoW
#define InetPton InetPtonW
#define InetNtop InetNtopW
#define gai_strerror gai_strerrorW
#else
#define GetAddrInfo GetAddrInfoA
#define FreeAddrInfo FreeAddrInfoA
#define GetAddrInfoEx GetAddrInfoExA
#define GetNameInfo GetNameInfoA
#define InetPton InetPtonA
#define InetNtop InetNtopA
#define gai_strerror gai_strerrorA
#endif

#if INCL_WINSOCK_API_TYPEDEFS
typedef INT(WSAAPI *LPFN_GETADDRINFO)(PCSTR pNodeName, PCSTR pServiceName, const ADDRINFOA *pHints,
                                      PADDRINFOA *ppResult);
typedef INT(WSAAPI *LPFN_GETADDRINFOW)(PCWSTR pNodeName, PCWSTR pServiceName, const ADDRINFOW *pHints,
                                       PADDRINFOW *ppResult);
typedef VOID(WSAAPI *LPFN_FREEADDRINFO)(PADDRINFOA pAddrInfo);
typedef VOID(WSAAPI *LPFN_FREEADDRINFOW)(PADDRINFOW pAddrInfo);
typedef int(WSAAPI *LPFN_GETNAMEINFO)(const SOCKADDR *pSockaddr, socklen_t SockaddrLength, PCHAR pNodeBuffer,
                                      DWORD NodeBufferSize, PCHAR pServiceBuffer, DWORD ServiceBufferSize,
                                      INT Flags);
typedef INT(WSAAPI *LPFN_GETNAMEINFOW)(const SOCKADDR *pSockaddr, socklen_t SockaddrLength,
                                       PWCHAR pNodeBuffer, DWORD NodeBufferSize, PWCHAR pServiceBuffer,
                                       DWORD ServiceBufferSize, INT Flags);
typedef INT(WSAAPI *LPFN_INET_PTONA)(INT Family, PCSTR pszAddrString, PVOID pAddrBuf);
typedef INT(WSAAPI *LPFN_INET_PTONW)(INT Family, PCWSTR pszAddrString, PVOID pAddrBuf);
typedef PCSTR(WSAAPI *LPFN_INET_NTOPA)(INT Family, const VOID *pAddr, PSTR pStringBuf, size_t StringBufSize);
typedef PCWSTR(WSAAPI *LPFN_INET_NTOPW)(INT Family, const VOID *pAddr, PWSTR pStringBuf,
                                         size_t StringBufSize);
#define LPFN_GETADDRINFOA LPFN_GETADDRINFO
#define LPFN_FREEADDRINFOA LPFN_FREEADDRINFO
#define LPFN_GETNAMEINFOA LPFN_GETNAMEINFO
#ifdef UNICODE
#define LPFN_GETADDRINFOT LPFN_GETADDRINFOW
#define LPFN_FREEADDRINFOT LPFN_FREEADDRINFOW
#define LPFN_GETNAMEINFOT LPFN_GETNAMEINFOW
#define LPFN_INET_PTON LPFN_INET_PTONW
#define LPFN_INET_NTOP LPFN_INET_NTOPW
#else
#define LPFN_GETADDRINFOT LPFN_GETADDRINFOA
#define LPFN_FREEADDRINFOT LPFN_FREEADDRINFOA
#define LPFN_GETNAMEINFOT LPFN_GETNAMEINFOA
#define LPFN_INET_PTON LPFN_INET_PTONA
#define LPFN_INET_NTOP LPFN_INET_NTOPA
#endif
#endif

#endif
