// The one place through which the host's sources see the Winsock and Win32 headers: what these headers declare
// is what the library exports, so everything declared here gets default visibility. Nothing else is exported.
#pragma once

#pragma GCC visibility push(default)
#include <mmsystem.h>
#include <mswsock.h>
#include <process.h>
#include <sporder.h>
#include <winsock2.h>
#include <ws2spi.h>
#include <ws2tcpip.h>
// After Winsock's, whose structures they use.
#include <iphlpapi.h>
#pragma GCC visibility pop
