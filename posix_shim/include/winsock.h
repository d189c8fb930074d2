/* Winsock 1.1's header name. The library is Winsock 2, so this is winsock2.h plus the parts that 1.1 kept
 * in one file (IP options, extension types); option numbers are therefore Winsock 2's. Page "winsock.h
 * header". */
#ifndef SPINDLE_WS_WINSOCK1_H
#define SPINDLE_WS_WINSOCK1_H



#include "winsock2.h"
#include "ws2ipdef.h"
#include "mswsock.h"

#endif
