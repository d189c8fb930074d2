/* The part of rpc.h that is here: UUIDs, see rpcdce.h. */
#ifndef __RPC_H__
#define __RPC_H__

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "rpcdce.h"

#endif
