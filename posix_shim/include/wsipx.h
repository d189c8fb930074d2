/* Addresses of IPX, for sources that can speak it, too; page "IPX/SPX Annex". No provider here has these protocols, so that
 * a socket of AF_IPX is refused with WSAEAFNOSUPPORT. */
#ifndef _WSIPX_
#define _WSIPX_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "spindle_ws/conventions.h"

typedef struct sockaddr_ipx {
    short sa_family;
    char sa_netnum[4];
    char sa_nodenum[6];
    unsigned short sa_socket;
} SOCKADDR_IPX, *PSOCKADDR_IPX, *LPSOCKADDR_IPX;

#define NSPROTO_IPX 1000
#define NSPROTO_SPX 1256
#define NSPROTO_SPXII 1257

#endif
