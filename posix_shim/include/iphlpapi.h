/* The IP helper: adapters and their addresses, the resolver's settings, the interface that leads to an address; page
 * "iphlpapi.h header". What changes addresses, routes or neighbours, the tables of connections, and echo requests are
 * not in the library, so none of it is declared. All of it works without WSAStartup. */
#ifndef __IPHLPAPI_H__
#define __IPHLPAPI_H__

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "windows.h"
#include "iprtrmib.h"
#include "ipexport.h"
#include "iptypes.h"
#include "netioapi.h"

SPINDLE_WS_BEGIN

struct sockaddr;

DWORD WINAPI GetNumberOfInterfaces(PDWORD pdwNumIf);
DWORD WINAPI GetIpAddrTable(PMIB_IPADDRTABLE pIpAddrTable, PULONG pdwSize, BOOL bOrder);
DWORD WINAPI GetBestInterface(IPAddr dwDestAddr, PDWORD pdwBestIfIndex);
DWORD WINAPI GetBestInterfaceEx(struct sockaddr *pDestAddr, PDWORD pdwBestIfIndex);
DWORD WINAPI GetNetworkParams(PFIXED_INFO pFixedInfo, PULONG pOutBufLen);
ULONG WINAPI GetAdaptersInfo(PIP_ADAPTER_INFO AdapterInfo, PULONG SizePointer);
#ifdef _WINSOCK2API_
ULONG WINAPI GetAdaptersAddresses(ULONG Family, ULONG Flags, PVOID Reserved, PIP_ADAPTER_ADDRESSES AdapterAddresses,
                                  PULONG SizePointer);
#endif

SPINDLE_WS_END

#endif
