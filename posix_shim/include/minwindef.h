/* Integer, pointer and handle types every Windows header builds on; page "Windows Data Types".
 * LONG, ULONG, DWORD, INT, UINT and BOOL are 32 bits on every target; window handles live in windef.h. */
#ifndef _MINWINDEF_
#define _MINWINDEF_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "basetsd.h"
#include "sal.h"
#include "sdkddkver.h"
#include "spindle_ws/conventions.h"
#include "winnt.h"

#ifndef FALSE
#define FALSE 0
#endif
#ifndef TRUE
#define TRUE 1
#endif
#ifndef NULL
#include <stddef.h>
#endif
#ifndef MAX_PATH
#define MAX_PATH 260
#endif

typedef int BOOL, *PBOOL, *LPBOOL;
typedef int WINBOOL, *PWINBOOL, *LPWINBOOL;
typedef unsigned char BYTE, *PBYTE, *LPBYTE;
typedef unsigned short WORD, *PWORD, *LPWORD;
typedef unsigned int DWORD, *PDWORD, *LPDWORD;
typedef float FLOAT, *PFLOAT;
typedef int INT, *PINT, *LPINT;
typedef unsigned int UINT, *PUINT;
typedef LONG *LPLONG;
typedef ULONG *LPULONG;
typedef void *LPVOID;
typedef const void *LPCVOID;

typedef UINT_PTR WPARAM;
typedef LONG_PTR LPARAM;
typedef LONG_PTR LRESULT;

typedef HANDLE HGLOBAL;
typedef HANDLE HLOCAL;
DECLARE_HANDLE(HINSTANCE);
typedef HINSTANCE HMODULE;
DECLARE_HANDLE(HKEY);
typedef HKEY *PHKEY;
typedef WORD ATOM;

typedef INT_PTR(WINAPI *FARPROC)();
typedef INT_PTR(WINAPI *NEARPROC)();
typedef INT_PTR(WINAPI *PROC)();

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

#define MAKEWORD(low, high) \
    ((WORD)(((BYTE)((DWORD_PTR)(low) & 0xff)) | ((WORD)((BYTE)((DWORD_PTR)(high) & 0xff))) << 8))
#define MAKELONG(low, high) \
    ((LONG)(((WORD)((DWORD_PTR)(low) & 0xffff)) | ((DWORD)((WORD)((DWORD_PTR)(high) & 0xffff))) << 16))
#define LOWORD(number) ((WORD)((DWORD_PTR)(number) & 0xffff))
#define HIWORD(number) ((WORD)(((DWORD_PTR)(number) >> 16) & 0xffff))
#define LOBYTE(number) ((BYTE)((DWORD_PTR)(number) & 0xff))
#define HIBYTE(number) ((BYTE)(((DWORD_PTR)(number) >> 8) & 0xff))

/* In C++ functions, since macros would destroy those of the standard library. */
#ifndef NOMINMAX
#ifndef __cplusplus
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#elif __cplusplus >= 201103L && !defined(max) && !defined(min)
extern "C++" {
template <class One, class Two>
constexpr auto max(const One &a, const Two &b) -> decltype(true ? a : b)
{
    return a > b ? a : b;
}
template <class One, class Two>
constexpr auto min(const One &a, const Two &b) -> decltype(true ? a : b)
{
    return a < b ? a : b;
}
}
#endif
#endif

#endif
