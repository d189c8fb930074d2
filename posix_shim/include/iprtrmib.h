/* The tables of the IP helper; page "iprtrmib.h header". Only that of IPv4 addresses is served. */
#include "ipmib.h"
