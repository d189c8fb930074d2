/* UUIDs; pages "UuidCreate", "UuidToStringW", "UuidFromStringW", "RpcStringFreeW". Nothing here calls procedures. */
#ifndef __RPCDCE_H__
#define __RPCDCE_H__

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "guiddef.h"
#include "minwindef.h"

#define RPC_ENTRY
typedef LONG RPC_STATUS;
typedef unsigned char *RPC_CSTR;
typedef unsigned short *RPC_WSTR;
#ifndef UUID_DEFINED
#define UUID_DEFINED
typedef GUID UUID;
#endif
#define RPC_S_OK 0
#define RPC_S_OUT_OF_MEMORY 14
#define RPC_S_INVALID_STRING_UUID 1705
#define RPC_S_UUID_NO_ADDRESS 1739
#define RPC_S_UUID_LOCAL_ONLY 1824

SPINDLE_WS_BEGIN
RPC_STATUS RPC_ENTRY UuidCreate(UUID *Uuid);
RPC_STATUS RPC_ENTRY UuidCreateNil(UUID *NilUuid);
RPC_STATUS RPC_ENTRY UuidToStringA(const UUID *Uuid, RPC_CSTR *StringUuid);
RPC_STATUS RPC_ENTRY UuidToStringW(const UUID *Uuid, RPC_WSTR *StringUuid);
RPC_STATUS RPC_ENTRY UuidFromStringA(RPC_CSTR StringUuid, UUID *Uuid);
RPC_STATUS RPC_ENTRY UuidFromStringW(RPC_WSTR StringUuid, UUID *Uuid);
RPC_STATUS RPC_ENTRY RpcStringFreeA(RPC_CSTR *String);
RPC_STATUS RPC_ENTRY RpcStringFreeW(RPC_WSTR *String);
SPINDLE_WS_END

#ifdef UNICODE
#define UuidToString UuidToStringW
#define UuidFromString UuidFromStringW
#define RpcStringFree RpcStringFreeW
#else
#define UuidToString UuidToStringA
#define UuidFromString UuidFromStringA
#define RpcStringFree RpcStringFreeA
#endif

#endif
