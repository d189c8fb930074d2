/* Sending console control events, and the look of a terminal; pages "GenerateConsoleCtrlEvent",
 * "SetConsoleTextAttribute", "SetConsoleCursorPosition", "SetConsoleTitleW". Positions count from the window's corner,
 * since a terminal tells nothing of what has scrolled out of it. */
#ifndef _APISETCONSOLEL2_
#define _APISETCONSOLEL2_

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "minwinbase.h"

#define FOREGROUND_BLUE 0x0001
#define FOREGROUND_GREEN 0x0002
#define FOREGROUND_RED 0x0004
#define FOREGROUND_INTENSITY 0x0008
#define BACKGROUND_BLUE 0x0010
#define BACKGROUND_GREEN 0x0020
#define BACKGROUND_RED 0x0040
#define BACKGROUND_INTENSITY 0x0080
#define COMMON_LVB_REVERSE_VIDEO 0x4000
#define COMMON_LVB_UNDERSCORE 0x8000

typedef struct _COORD {
    SHORT X;
    SHORT Y;
} COORD, *PCOORD;

SPINDLE_WS_BEGIN
BOOL WINAPI SetConsoleTextAttribute(HANDLE hConsoleOutput, WORD wAttributes);
BOOL WINAPI SetConsoleCursorPosition(HANDLE hConsoleOutput, COORD dwCursorPosition);
BOOL WINAPI SetConsoleTitleA(LPCSTR lpConsoleTitle);
BOOL WINAPI SetConsoleTitleW(LPCWSTR lpConsoleTitle);
BOOL WINAPI GenerateConsoleCtrlEvent(DWORD dwCtrlEvent, DWORD dwProcessGroupId);
SPINDLE_WS_END

#ifdef UNICODE
#define SetConsoleTitle SetConsoleTitleW
#else
#define SetConsoleTitle SetConsoleTitleA
#endif

#endif
