/* The names without underscore. */
#include <winsock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <conio.h>
#include <io.h>
#include <fcntl.h>
#include <process.h>

int main(int argc, char *argv[])
{
    char text[32];
    int file = open(argv[0], O_RDONLY | O_BINARY);
    long size = filelength(file);
    close(file);
    setmode(1, O_BINARY);
    itoa((int)size, text, 10);
    strlwr(strupr(strrev(text)));
    while (!kbhit() && argc > 1) {
        Sleep(10);
    }
    return stricmp(text, "x") == 0 || strcmpi(text, "y") == 0 || strnicmp(text, "z", 1) == 0 ? getch() : getpid() == 0;
}
