/* libc's promise not to throw, which stands before the symbol's name in C++ and is left away in C. */
#ifndef SPINDLE_WS_THROW
#ifdef __cplusplus
#define SPINDLE_WS_THROW __THROW
#else
#define SPINDLE_WS_THROW
#endif
#endif
