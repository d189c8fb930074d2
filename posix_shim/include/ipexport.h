/* Addresses as the IP helper's older functions take them; page "ipexport.h header". Echo requests (IcmpSendEcho) are
 * not in the library, so neither are their structures. */
#ifndef IP_EXPORT_INCLUDED
#define IP_EXPORT_INCLUDED 1

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "inaddr.h"
#include "in6addr.h"

typedef ULONG IPAddr;
typedef ULONG IPMask;
typedef ULONG IP_STATUS;
typedef struct in6_addr IPv6Addr;

#endif
