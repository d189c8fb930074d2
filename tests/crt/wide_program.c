/* A program that begins in wmain, by tchar.h's name for it; compiled with -fshort-wchar and UNICODE. Its arguments: two
 * words and a letter that is not ASCII. */
#include <windows.h>

#include <tchar.h>

int _tmain(int argc, TCHAR *argv[])
{
    if (argc != 4 || argv[4] != NULL || _tcscmp(argv[1], _T("two words")) != 0) {
        return 1;
    }
    return argv[2][0] == 0xE9 && argv[2][1] == 0 && _tcslen(argv[3]) == 5 ? 0 : 2;
}
