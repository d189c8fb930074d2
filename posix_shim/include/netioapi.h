/* Indices, names and LUIDs of interfaces; page "netioapi.h header". iphlpapi.h includes it. The functions of libc with
 * the same names have symbols of their own. */
#ifndef _NETIOAPI_H_
#define _NETIOAPI_H_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "ifdef.h"

#define NETIO_STATUS DWORD
#define NETIO_SUCCESS(x) ((x) == NO_ERROR)
#define NETIOAPI_API_ WINAPI
#define NETIOAPI_API NETIO_STATUS NETIOAPI_API_

#define NDIS_IF_MAX_STRING_SIZE IF_MAX_STRING_SIZE
#ifndef IF_NAMESIZE /* libc's <net/if.h> has a smaller one, which holds every name too */
#define IF_NAMESIZE NDIS_IF_MAX_STRING_SIZE
#endif

SPINDLE_WS_BEGIN

NET_IFINDEX NETIOAPI_API_ if_nametoindex(PCSTR InterfaceName) SPINDLE_WS_SYMBOL(spindle_if_nametoindex);
PCHAR NETIOAPI_API_ if_indextoname(NET_IFINDEX InterfaceIndex,
                                   PCHAR InterfaceName) SPINDLE_WS_SYMBOL(spindle_if_indextoname);
NETIOAPI_API ConvertInterfaceIndexToLuid(NET_IFINDEX InterfaceIndex, PNET_LUID InterfaceLuid);
NETIOAPI_API ConvertInterfaceLuidToIndex(const NET_LUID *InterfaceLuid, PNET_IFINDEX InterfaceIndex);
NETIOAPI_API ConvertInterfaceNameToLuidA(const CHAR *InterfaceName, NET_LUID *InterfaceLuid);
NETIOAPI_API ConvertInterfaceNameToLuidW(const WCHAR *InterfaceName, NET_LUID *InterfaceLuid);
NETIOAPI_API ConvertInterfaceLuidToNameA(const NET_LUID *InterfaceLuid, PSTR InterfaceName, SIZE_T Length);
NETIOAPI_API ConvertInterfaceLuidToNameW(const NET_LUID *InterfaceLuid, PWSTR InterfaceName, SIZE_T Length);
NETIOAPI_API ConvertInterfaceAliasToLuid(const WCHAR *InterfaceAlias, PNET_LUID InterfaceLuid);
NETIOAPI_API ConvertInterfaceLuidToAlias(const NET_LUID *InterfaceLuid, PWSTR InterfaceAlias, SIZE_T Length);

SPINDLE_WS_END

#ifdef UNICODE
#define ConvertInterfaceNameToLuid ConvertInterfaceNameToLuidW
#define ConvertInterfaceLuidToName ConvertInterfaceLuidToNameW
#else
#define ConvertInterfaceNameToLuid ConvertInterfaceNameToLuidA
#define ConvertInterfaceLuidToName ConvertInterfaceLuidToNameA
#endif

#endif
