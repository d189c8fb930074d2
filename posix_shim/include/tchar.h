/* One source for narrow and for wide text; page "Generic-text mappings in tchar.h". With _UNICODE text is 16 bits wide,
 * of wchar_t under -fshort-wchar and else of WCHAR; UNICODE alone means the same here. A wide program begins in wmain,
 * and needs -fshort-wchar and libspindle_wmain for it. */
#ifndef _INC_TCHAR
#define _INC_TCHAR

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "direct.h"
#include "io.h"
#include "spindle_ws/crt/stdio.h"
#include "spindle_ws/crt/stdlib.h"
#include "spindle_ws/crt/string.h"
#include "spindle_ws/crt/wide.h"

#if defined(UNICODE) || defined(_UNICODE)

typedef spindle_wchar _TCHAR;
typedef spindle_wchar _TSCHAR;
typedef spindle_wchar _TUCHAR;
#define __T(text) SPINDLE_WS_WIDE(text)
#define _tmain wmain
#define _tcslen spindle_wcslen
#define _tcsnlen spindle_wcsnlen
#define _tcscpy spindle_wcscpy
#define _tcsncpy spindle_wcsncpy
#define _tcscat spindle_wcscat
#define _tcsncat spindle_wcsncat
#define _tcscmp spindle_wcscmp
#define _tcsncmp spindle_wcsncmp
#define _tcschr spindle_wcschr
#define _tcsrchr spindle_wcsrchr
#define _tcsstr spindle_wcsstr
#define _tcspbrk spindle_wcspbrk
#define _tcsspn spindle_wcsspn
#define _tcscspn spindle_wcscspn
#define _tcscpy_s wcscpy_s
#define _tcsncpy_s wcsncpy_s
#define _tcscat_s wcscat_s
#define _tcsncat_s wcsncat_s
#define _tcstok_s wcstok_s
#define _tcsicmp _wcsicmp
#define _tcsnicmp _wcsnicmp
#define _tcsdup _wcsdup
#define _tcslwr _wcslwr
#define _tcsupr _wcsupr
#define _tcsrev _wcsrev
#define _tcslwr_s _wcslwr_s
#define _tcsupr_s _wcsupr_s
#define _tcstol spindle_wcstol
#define _tcstoul spindle_wcstoul
#define _tcstod spindle_wcstod
#define _tstoi _wtoi
#define _ttoi _wtoi
#define _ttol _wtol
#define _tstol _wtol
#define _tstof _wtof
#define _tstoi64 _wtoi64
#define _ttoi64 _wtoi64
#define _itot _itow
#define _itot_s _itow_s
#define _tprintf spindle_wprintf
#define _ftprintf spindle_fwprintf
#define _vtprintf spindle_vwprintf
#define _vftprintf spindle_vfwprintf
#define _tprintf_s wprintf_s
#define _ftprintf_s fwprintf_s
#define _stprintf_s swprintf_s
#define _vstprintf_s vswprintf_s
#define _sntprintf _snwprintf
#define _vsntprintf _vsnwprintf
#define _sntprintf_s _snwprintf_s
#define _vsntprintf_s _vsnwprintf_s
#define _sctprintf _scwprintf
#define _vsctprintf _vscwprintf
#define _putts _putws
#define _fputts spindle_fputws
#define _fgetts spindle_fgetws
#define _tfopen _wfopen
#define _tfopen_s _wfopen_s
#define _topen _wopen
#define _taccess _waccess
#define _tmkdir _wmkdir
#define _tstat64 _wstat64

#else

typedef char _TCHAR;
typedef signed char _TSCHAR;
typedef unsigned char _TUCHAR;
#define __T(text) text
#define _tmain main
#define _tcslen strlen
#define _tcsnlen strnlen
#define _tcscpy strcpy
#define _tcsncpy strncpy
#define _tcscat strcat
#define _tcsncat strncat
#define _tcscmp strcmp
#define _tcsncmp strncmp
#define _tcschr strchr
#define _tcsrchr strrchr
#define _tcsstr strstr
#define _tcspbrk strpbrk
#define _tcsspn strspn
#define _tcscspn strcspn
#define _tcscpy_s strcpy_s
#define _tcsncpy_s strncpy_s
#define _tcscat_s strcat_s
#define _tcsncat_s strncat_s
#define _tcstok_s strtok_s
#define _tcsicmp _stricmp
#define _tcsnicmp _strnicmp
#define _tcsdup _strdup
#define _tcslwr _strlwr
#define _tcsupr _strupr
#define _tcsrev _strrev
#define _tcslwr_s _strlwr_s
#define _tcsupr_s _strupr_s
#define _tcstol strtol
#define _tcstoul strtoul
#define _tcstod strtod
#define _tstoi atoi
#define _ttoi atoi
#define _ttol atol
#define _tstol atol
#define _tstof atof
#define _tstoi64 _atoi64
#define _ttoi64 _atoi64
#define _itot _itoa
#define _itot_s _itoa_s
#define _tprintf printf
#define _ftprintf fprintf
#define _vtprintf vprintf
#define _vftprintf vfprintf
#define _tprintf_s printf_s
#define _ftprintf_s fprintf_s
#define _stprintf_s sprintf_s
#define _vstprintf_s vsprintf_s
#define _sntprintf _snprintf
#define _vsntprintf _vsnprintf
#define _sntprintf_s _snprintf_s
#define _vsntprintf_s _vsnprintf_s
#define _sctprintf _scprintf
#define _vsctprintf _vscprintf
#define _putts puts
#define _fputts fputs
#define _fgetts fgets
#define _tfopen fopen
#define _tfopen_s fopen_s
#define _topen _open
#define _taccess _access
#define _tmkdir _mkdir
#define _tstat64 _stat64

#endif

#ifndef _WINNT_
typedef _TCHAR TCHAR, *PTCHAR;
#endif
#define _T(text) __T(text)
#define _TEXT(text) __T(text)
#define _TEOF EOF

#endif
