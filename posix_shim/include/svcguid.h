/* The identifiers of service classes that WSALookupServiceBegin takes; page "Name Resolution Service Class
 * Identifiers". Only the classes of the DNS name space and those made from ports and record types. */
#ifndef _SVCGUID_
#define _SVCGUID_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "basetsd.h"
#include "guiddef.h"

#define SPINDLE_WS_SVCID(high, low, record) \
    { \
        ((high) << 16) | (low), 0, (record), { 0xC0, 0, 0, 0, 0, 0, 0, 0x46 } \
    }

#define SVCID_HOSTNAME SPINDLE_WS_SVCID(0x0002, 0xA800, 0)
#define SVCID_INET_HOSTADDRBYINETSTRING SPINDLE_WS_SVCID(0x0002, 0xA801, 0)
#define SVCID_INET_SERVICEBYNAME SPINDLE_WS_SVCID(0x0002, 0xA802, 0)
#define SVCID_INET_HOSTADDRBYNAME SPINDLE_WS_SVCID(0x0002, 0xA803, 0)

#define SVCID_TCP_RR(_Port, _RR) SPINDLE_WS_SVCID(0x0009, (_Port), (_RR))
#define SVCID_TCP(_Port) SVCID_TCP_RR(_Port, 0)
#define SVCID_UDP_RR(_Port, _RR) SPINDLE_WS_SVCID(0x000A, (_Port), (_RR))
#define SVCID_UDP(_Port) SVCID_UDP_RR(_Port, 0)
#define SVCID_DNS(_RecordType) SVCID_TCP_RR(53, _RecordType)

#define SVCID_DNS_TYPE_A SVCID_DNS(0x0001)
#define SVCID_DNS_TYPE_AAAA SVCID_DNS(0x001C)

#endif
