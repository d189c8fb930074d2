// Windows' own headers, in place of the file of the same name. What is defined here is no import.
#pragma once

#define WINSOCK_API_LINKAGE
#include <winsock2.h>

#include <ws2tcpip.h>

#include <mswsock.h>
#include <windows.h>
#include <ws2spi.h>

// Exported as select.
extern "C" int WSAAPI spindle_select(int nfds, fd_set* readfds, fd_set* writefds, fd_set* exceptfds,
                                     const timeval* timeout);
