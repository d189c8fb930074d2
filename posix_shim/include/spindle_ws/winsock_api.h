/* The functions of ws2_32 for sockets, names and events, each as its page "<name> function (winsock2.h)"
 * has it. A function is declared only if the library has it. Names that libc also has carry the symbol
 * spindle_<name>, so that neither library answers for the other; long stays long in parameters, as sources
 * spell it, and is 32 bits wide. */
#ifndef SPINDLE_WS_WINSOCK_API_H
#define SPINDLE_WS_WINSOCK_API_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

SPINDLE_WS_BEGIN

SOCKET WSAAPI accept(SOCKET s, struct sockaddr *addr, int *addrlen) SPINDLE_WS_SYMBOL(spindle_accept);
int WSAAPI bind(SOCKET s, const struct sockaddr *name, int namelen) SPINDLE_WS_SYMBOL(spindle_bind);
int WSAAPI closesocket(SOCKET s);
int WSAAPI connect(SOCKET s, const struct sockaddr *name, int namelen) SPINDLE_WS_SYMBOL(spindle_connect);
int WSAAPI ioctlsocket(SOCKET s, long cmd, u_long *argp);
int WSAAPI getpeername(SOCKET s, struct sockaddr *name, int *namelen) SPINDLE_WS_SYMBOL(spindle_getpeername);
int WSAAPI getsockname(SOCKET s, struct sockaddr *name, int *namelen) SPINDLE_WS_SYMBOL(spindle_getsockname);
int WSAAPI getsockopt(SOCKET s, int level, int optname, char *optval,
                      int *optlen) SPINDLE_WS_SYMBOL(spindle_getsockopt);
int WSAAPI listen(SOCKET s, int backlog) SPINDLE_WS_SYMBOL(spindle_listen);
int WSAAPI recv(SOCKET s, char *buf, int len, int flags) SPINDLE_WS_SYMBOL(spindle_recv);
int WSAAPI recvfrom(SOCKET s, char *buf, int len, int flags, struct sockaddr *from,
                    int *fromlen) SPINDLE_WS_SYMBOL(spindle_recvfrom);
int WSAAPI send(SOCKET s, const char *buf, int len, int flags) SPINDLE_WS_SYMBOL(spindle_send);
int WSAAPI sendto(SOCKET s, const char *buf, int len, int flags, const struct sockaddr *to,
                  int tolen) SPINDLE_WS_SYMBOL(spindle_sendto);
int WSAAPI setsockopt(SOCKET s, int level, int optname, const char *optval,
                      int optlen) SPINDLE_WS_SYMBOL(spindle_setsockopt);
int WSAAPI shutdown(SOCKET s, int how) SPINDLE_WS_SYMBOL(spindle_shutdown);
SOCKET WSAAPI socket(int af, int type, int protocol) SPINDLE_WS_SYMBOL(spindle_socket);

/* Byte order and IPv4 text */
u_long WSAAPI htonl(u_long hostlong) SPINDLE_WS_SYMBOL(spindle_htonl);
u_short WSAAPI htons(u_short hostshort) SPINDLE_WS_SYMBOL(spindle_htons);
u_long WSAAPI ntohl(u_long netlong) SPINDLE_WS_SYMBOL(spindle_ntohl);
u_short WSAAPI ntohs(u_short netshort) SPINDLE_WS_SYMBOL(spindle_ntohs);
u_long WSAAPI inet_addr(const char *cp) SPINDLE_WS_SYMBOL(spindle_inet_addr);
char *WSAAPI inet_ntoa(struct in_addr in) SPINDLE_WS_SYMBOL(spindle_inet_ntoa);

/* Names of hosts, services and protocols */
struct hostent *WSAAPI gethostbyaddr(const char *addr, int len,
                                     int type) SPINDLE_WS_SYMBOL(spindle_gethostbyaddr);
struct hostent *WSAAPI gethostbyname(const char *name) SPINDLE_WS_SYMBOL(spindle_gethostbyname);
int WSAAPI GetHostNameW(PWSTR name, int namelen);
struct servent *WSAAPI getservbyport(int port, const char *proto) SPINDLE_WS_SYMBOL(spindle_getservbyport);
struct servent *WSAAPI getservbyname(const char *name,
                                     const char *proto) SPINDLE_WS_SYMBOL(spindle_getservbyname);
struct protoent *WSAAPI getprotobynumber(int number) SPINDLE_WS_SYMBOL(spindle_getprotobynumber);
struct protoent *WSAAPI getprotobyname(const char *name) SPINDLE_WS_SYMBOL(spindle_getprotobyname);

/* Startup, cleanup, last error and the blocking hook */
int WSAAPI WSAStartup(WORD wVersionRequested, LPWSADATA lpWSAData);
int WSAAPI WSACleanup(void);
void WSAAPI WSASetLastError(int iError);
int WSAAPI WSAGetLastError(void);
BOOL WSAAPI WSAIsBlocking(void);
int WSAAPI WSAUnhookBlockingHook(void);
FARPROC WSAAPI WSASetBlockingHook(FARPROC lpBlockFunc);
int WSAAPI WSACancelBlockingCall(void);

/* Look-ups that end with a message */
HANDLE WSAAPI WSAAsyncGetServByName(HWND hWnd, u_int wMsg, const char *name, const char *proto, char *buf,
                                    int buflen);
HANDLE WSAAPI WSAAsyncGetServByPort(HWND hWnd, u_int wMsg, int port, const char *proto, char *buf, int buflen);
HANDLE WSAAPI WSAAsyncGetProtoByName(HWND hWnd, u_int wMsg, const char *name, char *buf, int buflen);
HANDLE WSAAPI WSAAsyncGetProtoByNumber(HWND hWnd, u_int wMsg, int number, char *buf, int buflen);
HANDLE WSAAPI WSAAsyncGetHostByName(HWND hWnd, u_int wMsg, const char *name, char *buf, int buflen);
HANDLE WSAAPI WSAAsyncGetHostByAddr(HWND hWnd, u_int wMsg, const char *addr, int len, int type, char *buf,
                                    int buflen);
int WSAAPI WSACancelAsyncRequest(HANDLE hAsyncTaskHandle);

/* Sockets, connections and data */
int WSAAPI WSAAsyncSelect(SOCKET s, HWND hWnd, u_int wMsg, long lEvent);
SOCKET WSAAPI WSAAccept(SOCKET s, struct sockaddr *addr, LPINT addrlen, LPCONDITIONPROC lpfnCondition,
                        DWORD_PTR dwCallbackData);
BOOL WSAAPI WSACloseEvent(WSAEVENT hEvent);
int WSAAPI WSAConnect(SOCKET s, const struct sockaddr *name, int namelen, LPWSABUF lpCallerData,
                      LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS);
WSAEVENT WSAAPI WSACreateEvent(void);
int WSAAPI WSADuplicateSocketA(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOA lpProtocolInfo);
int WSAAPI WSADuplicateSocketW(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOW lpProtocolInfo);
int WSAAPI WSAEnumNetworkEvents(SOCKET s, WSAEVENT hEventObject, LPWSANETWORKEVENTS lpNetworkEvents);
int WSAAPI WSAEnumProtocolsA(LPINT lpiProtocols, LPWSAPROTOCOL_INFOA lpProtocolBuffer,
                             LPDWORD lpdwBufferLength);
int WSAAPI WSAEnumProtocolsW(LPINT lpiProtocols, LPWSAPROTOCOL_INFOW lpProtocolBuffer,
                             LPDWORD lpdwBufferLength);
int WSAAPI WSAEventSelect(SOCKET s, WSAEVENT hEventObject, long lNetworkEvents);
BOOL WSAAPI WSAGetOverlappedResult(SOCKET s, LPWSAOVERLAPPED lpOverlapped, LPDWORD lpcbTransfer, BOOL fWait,
                                   LPDWORD lpdwFlags);
BOOL WSAAPI WSAGetQOSByName(SOCKET s, LPWSABUF lpQOSName, LPQOS lpQOS);
int WSAAPI WSAHtonl(SOCKET s, u_long hostlong, u_long *lpnetlong);
int WSAAPI WSAHtons(SOCKET s, u_short hostshort, u_short *lpnetshort);
int WSAAPI WSAIoctl(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer,
                    LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned,
                    LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
SOCKET WSAAPI WSAJoinLeaf(SOCKET s, const struct sockaddr *name, int namelen, LPWSABUF lpCallerData,
                          LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS, DWORD dwFlags);
int WSAAPI WSANtohl(SOCKET s, u_long netlong, u_long *lphostlong);
int WSAAPI WSANtohs(SOCKET s, u_short netshort, u_short *lphostshort);
int WSAAPI WSAPoll(LPWSAPOLLFD fdArray, ULONG fds, INT timeout);
INT WSAAPI WSAProviderConfigChange(LPHANDLE lpNotificationHandle, LPWSAOVERLAPPED lpOverlapped,
                                   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
int WSAAPI WSARecv(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
                   LPDWORD lpFlags, LPWSAOVERLAPPED lpOverlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
int WSAAPI WSARecvDisconnect(SOCKET s, LPWSABUF lpInboundDisconnectData);
int WSAAPI WSARecvFrom(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
                       LPDWORD lpFlags, struct sockaddr *lpFrom, LPINT lpFromlen,
                       LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
BOOL WSAAPI WSAResetEvent(WSAEVENT hEvent);
int WSAAPI WSASend(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                   DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
int WSAAPI WSASendDisconnect(SOCKET s, LPWSABUF lpOutboundDisconnectData);
int WSAAPI WSASendMsg(SOCKET s, LPWSAMSG lpMsg, DWORD dwFlags, LPDWORD lpNumberOfBytesSent,
                      LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
int WSAAPI WSASendTo(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                     DWORD dwFlags, const struct sockaddr *lpTo, int iTolen, LPWSAOVERLAPPED lpOverlapped,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
BOOL WSAAPI WSASetEvent(WSAEVENT hEvent);
SOCKET WSAAPI WSASocketA(int af, int type, int protocol, LPWSAPROTOCOL_INFOA lpProtocolInfo, GROUP g,
                         DWORD dwFlags);
SOCKET WSAAPI WSASocketW(int af, int type, int protocol, LPWSAPROTOCOL_INFOW lpProtocolInfo, GROUP g,
                         DWORD dwFlags);
DWORD WSAAPI WSAWaitForMultipleEvents(DWORD cEvents, const WSAEVENT *lphEvents, BOOL fWaitAll,
                                      DWORD dwTimeout, BOOL fAlertable);

/* Addresses as text */
INT WSAAPI WSAAddressToStringA(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
                               LPWSAPROTOCOL_INFOA lpProtocolInfo, LPSTR lpszAddressString,
                               LPDWORD lpdwAddressStringLength);
INT WSAAPI WSAAddressToStringW(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
                               LPWSAPROTOCOL_INFOW lpProtocolInfo, LPWSTR lpszAddressString,
                               LPDWORD lpdwAddressStringLength);
INT WSAAPI WSAStringToAddressA(LPSTR AddressString, INT AddressFamily, LPWSAPROTOCOL_INFOA lpProtocolInfo,
                               LPSOCKADDR lpAddress, LPINT lpAddressLength);
INT WSAAPI WSAStringToAddressW(LPWSTR AddressString, INT AddressFamily, LPWSAPROTOCOL_INFOW lpProtocolInfo,
                               LPSOCKADDR lpAddress, LPINT lpAddressLength);

/* The symbols behind the two names that libc's ordinary headers take. */
int WSAAPI spindle_gethostname(char *name, int namelen);
int WSAAPI spindle_select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
                          const struct timeval *timeout);

SPINDLE_WS_END

#ifdef UNICODE
#define WSADuplicateSocket WSADuplicateSocketW
#define WSAEnumProtocols WSAEnumProtocolsW
#define WSASocket WSASocketW
#define WSAAddressToString WSAAddressToStringW
#define WSAStringToAddress WSAStringToAddressW
#else
#define WSADuplicateSocket WSADuplicateSocketA
#define WSAEnumProtocols WSAEnumProtocolsA
#define WSASocket WSASocketA
#define WSAAddressToString WSAAddressToStringA
#define WSAStringToAddress WSAStringToAddressA
#endif

#ifdef __cplusplus
/* Overload of libc's select: the structures differ, so only ours can match. C++ linkage lets both be
 * there. */
extern "C++" int WSAAPI select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
                               const struct timeval *timeout) SPINDLE_WS_SYMBOL(spindle_select);
#else
#define select spindle_select
#endif

#include "ioctlsocket_long.h"

#endif
