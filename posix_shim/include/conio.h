/* Keys without echo and Enter; pages "_getch, _getwch", "_kbhit", "_putch", "_cprintf". The console is standard input and
 * output: on a terminal a key counts when it is pressed, from a file or a pipe the next byte is the next key, and at the
 * end of the input _getch returns EOF. */
#ifndef _INC_CONIO
#define _INC_CONIO

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "spindle_ws/crt/base.h"

SPINDLE_WS_BEGIN
SPINDLE_CRT(int, _getch, (void));
SPINDLE_CRT(int, _getche, (void));
SPINDLE_CRT(int, _ungetch, (int letter));
SPINDLE_CRT(int, _kbhit, (void));
SPINDLE_CRT(int, _putch, (int letter));
SPINDLE_CRT(int, _cputs, (const char *text));
SPINDLE_CRT(int, _cprintf, (const char *format, ...));
SPINDLE_CRT_ALIAS(int, getch, (void), spindle__getch);
SPINDLE_CRT_ALIAS(int, getche, (void), spindle__getche);
SPINDLE_CRT_ALIAS(int, ungetch, (int letter), spindle__ungetch);
SPINDLE_CRT_ALIAS(int, kbhit, (void), spindle__kbhit);
SPINDLE_CRT_ALIAS(int, putch, (int letter), spindle__putch);
SPINDLE_CRT_ALIAS(int, cputs, (const char *text), spindle__cputs);
SPINDLE_CRT_ALIAS(int, cprintf, (const char *format, ...), spindle__cprintf);
SPINDLE_WS_END

#endif
