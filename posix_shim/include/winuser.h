/* The part of the window messages that WSAAsyncSelect's contract names, page "WSAAsyncSelect", types only;
 * and wsprintf, page "wsprintfW". */
#ifndef _WINUSER_
#define _WINUSER_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include <stdarg.h>

#include "windef.h"

#define WM_NULL 0x0000
#define WM_QUIT 0x0012
#define WM_USER 0x0400
#define WM_APP 0x8000
#define HWND_MESSAGE ((HWND)(LONG_PTR)-3)

typedef struct tagMSG {
    HWND hwnd;
    UINT message;
    WPARAM wParam;
    LPARAM lParam;
    DWORD time;
    POINT pt;
} MSG, *PMSG, *LPMSG;

typedef LRESULT(CALLBACK *WNDPROC)(HWND, UINT, WPARAM, LPARAM);

SPINDLE_WS_BEGIN
int WINAPIV wsprintfA(LPSTR text, LPCSTR format, ...);
int WINAPIV wsprintfW(LPWSTR text, LPCWSTR format, ...);
int WINAPI wvsprintfA(LPSTR text, LPCSTR format, va_list arguments);
int WINAPI wvsprintfW(LPWSTR text, LPCWSTR format, va_list arguments);
SPINDLE_WS_END

#ifdef UNICODE
#define wsprintf wsprintfW
#define wvsprintf wvsprintfW
#else
#define wsprintf wsprintfA
#define wvsprintf wvsprintfA
#endif

#endif
