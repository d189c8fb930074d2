/* Winsock 2 for Linux: everything a program gets from <winsock2.h> on Windows; page "winsock2.h header".
 * This file only puts the parts together, in the order they need each other. */
#ifndef _WINSOCK2API_
#define _WINSOCK2API_
#ifndef _WINSOCKAPI_
#define _WINSOCKAPI_
#endif



#ifndef WINSOCK_VERSION
#define WINSOCK_VERSION MAKEWORD(2, 2)
#endif
#ifndef INCL_WINSOCK_API_PROTOTYPES
#define INCL_WINSOCK_API_PROTOTYPES 1
#endif
#ifndef INCL_WINSOCK_API_TYPEDEFS
#define INCL_WINSOCK_API_TYPEDEFS 0
#endif

#include "spindle_ws/libc_names.h"
#include "windows.h"
#include "qos.h"
#include "ws2def.h"
#include "spindle_ws/fd_set.h"
#include "spindle_ws/socket_types.h"
#include "spindle_ws/protocol_info.h"
#include "spindle_ws/name_space.h"
#if INCL_WINSOCK_API_PROTOTYPES
#include "spindle_ws/winsock_api.h"
#include "spindle_ws/name_api.h"
#include "spindle_ws/byte_order.h"
#endif
#if INCL_WINSOCK_API_TYPEDEFS
#include "spindle_ws/winsock_lpfn.h"
#endif

#endif
