/* The *_s functions and the underscore functions as C programs use them. */
#define _CRT_SECURE_NO_WARNINGS
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <conio.h>
#include <direct.h>
#include <io.h>
#include <process.h>
#include <sys/timeb.h>

#pragma comment(lib, "ws2_32")

static int __cdecl log_line(FILE *file, const char *format, ...)
{
    char line[256], stamp[32];
    time_t now = time(NULL);
    struct tm parts;
    va_list arguments;
    int length;
    if (localtime_s(&parts, &now) != 0 || asctime_s(stamp, sizeof(stamp), &parts) != 0) {
        return -1;
    }
    va_start(arguments, format);
    length = _vsnprintf(line, sizeof(line) - 1, format, arguments);
    va_end(arguments);
    line[sizeof(line) - 1] = '\0';
    fprintf_s(file, "%s %s (%I64d bytes)\n", strtok(stamp, "\n"), line, (__int64)length);
    return length;
}

int __cdecl main(int argc, char **argv)
{
    char host[NI_MAXHOST], path[_MAX_PATH], number[16];
    FILE *file = NULL;
    errno_t error;
    struct _timeb before;
    _ftime(&before);
    if (argc < 2 || _stricmp(argv[1], "/?") == 0 || _strnicmp(argv[1], "-help", 5) == 0) {
        sprintf_s(path, sizeof(path), "usage: %s host [port]", argv[0]);
        puts(path);
        return 1;
    }
    strcpy_s(host, sizeof(host), argv[1]);
    strcat_s(host, _countof(host), ".");
    strncpy_s(path, sizeof(path), host, _TRUNCATE);
    _snprintf_s(path, sizeof(path), _TRUNCATE, "%s.log", host);
    _mkdir("logs");
    if (_access(path, 0) != 0) {
        error = fopen_s(&file, path, "wt");
        if (error != 0) {
            char text[80];
            strerror_s(text, sizeof(text), error);
            return 1;
        }
    }
    _itoa_s(_getpid(), number, sizeof(number), 10);
    memcpy_s(host, sizeof(host), number, sizeof(number));
    log_line(file, "%s %lu %u", _strupr(number), GetTickCount(), before.millitm);
    if (_kbhit()) {
        _getch();
    }
    sscanf_s(argv[1], "%15s", number, (unsigned)sizeof(number));
    fclose(file);
    return _fileno(stdout) == 1 && _isatty(1) ? 0 : min(argc, 2);
}
