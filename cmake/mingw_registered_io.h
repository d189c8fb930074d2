/* Registered I/O for compilers whose own headers do not have it (mingw-w64 10): the declarations of our Winsock headers
 * on top of the compiler's. Included before a source file by the build, so that the source stays what it is. */
#ifndef SPINDLE_MINGW_REGISTERED_IO_H
#define SPINDLE_MINGW_REGISTERED_IO_H

#include <winsock2.h>

#include <mswsock.h>
#include <ws2tcpip.h>

/* Ours would bring in ws2def.h, which is there by now under the same guard. */
#include "../posix_shim/include/mswsockdef.h"

#define SPINDLE_WS_BEGIN extern "C" {
#define SPINDLE_WS_END }
#include "../posix_shim/include/spindle_ws/registered_io.h"

#ifndef SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER
#define SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER _WSAIORW(IOC_WS2, 36)
#endif
#ifndef WSAID_MULTIPLE_RIO
#define WSAID_MULTIPLE_RIO \
    {0x8509e081, 0x96dd, 0x4005, {0xb1, 0x65, 0x9e, 0x2e, 0xe8, 0xc7, 0x9e, 0x3f}}
#endif

#endif
