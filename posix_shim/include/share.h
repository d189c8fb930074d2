/* Share modes of _sopen_s and _fsopen; page "_sopen_s". They are checked and not enforced. */
#ifndef _INC_SHARE
#define _INC_SHARE

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#define _SH_COMPAT 0x00
#define _SH_DENYRW 0x10
#define _SH_DENYWR 0x20
#define _SH_DENYRD 0x30
#define _SH_DENYNO 0x40
#define _SH_SECURE 0x80

#endif
