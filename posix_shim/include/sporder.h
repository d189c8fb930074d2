/* The order of transport providers; pages "sporder.h header" and "WSCWriteProviderOrder function". */
#ifndef __SPORDER_H__
#define __SPORDER_H__

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "ws2spi.h"

SPINDLE_WS_BEGIN

typedef int(WSPAPI *LPWSCWRITEPROVIDERORDER)(LPDWORD lpwdCatalogEntryId, DWORD dwNumberOfEntries);

int WSPAPI WSCWriteProviderOrder(LPDWORD lpwdCatalogEntryId, DWORD dwNumberOfEntries);
int WSPAPI WSCWriteProviderOrder32(LPDWORD lpwdCatalogEntryId, DWORD dwNumberOfEntries);

SPINDLE_WS_END

#endif
