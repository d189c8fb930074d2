/* One text for narrow and wide programs. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <tchar.h>
#include <stdio.h>
#include <strsafe.h>

#pragma comment(lib, "ws2_32.lib")

static void fail(LPCTSTR what)
{
    TCHAR text[128];
    StringCchPrintf(text, _countof(text), TEXT("%s: %d"), what, WSAGetLastError());
    _tprintf(_T("%s\n"), text);
}

int _tmain(int argc, TCHAR *argv[])
{
    TCHAR name[64];
    size_t length = 0;
    ADDRINFOT hints, *found = NULL;
    ZeroMemory(&hints, sizeof(hints));
    if (argc > 1 && _tcsicmp(argv[1], _T("-q")) == 0) {
        return _tstoi(argv[1]);
    }
    _tcscpy_s(name, _countof(name), _T("local"));
    StringCchCat(name, _countof(name), _T("host"));
    StringCbLength(name, sizeof(name), &length);
    if (_tcslen(name) != 9 || _tcschr(name, _T('l')) == NULL || GetAddrInfo(name, NULL, &hints, &found) != 0) {
        fail(_T("GetAddrInfo"));
        return 1;
    }
    FreeAddrInfo(found);
    return 0;
}
