/* Wide functions of the standard, for 16-bit units. */
#include <stdio.h>
#include <wchar.h>
#include <stdlib.h>
#include <windows.h>
#include <sys/stat.h>

int wmain(int argc, wchar_t **argv);
int wmain(int argc, wchar_t **argv)
{
    wchar_t path[MAX_PATH];
    char narrow[64];
    size_t converted;
    struct _stat64 facts;
    FILE *file = argc > 1 ? _wfopen(argv[1], L"rb") : NULL;
    wcscpy(path, L"prefix");
    wcscat(path, L"-suffix");
    if (wcslen(path) != 13 || wcscmp(path, L"x") == 0 || wcsstr(path, L"suf") == NULL || _wstat64(path, &facts) == 0) {
        wprintf(L"%s %d\n", path, _wtoi(L"5"));
    }
    swprintf(path, MAX_PATH, L"%ls", L"text");
    _snwprintf(path, MAX_PATH, L"%I64u", 5ULL);
    wcsncpy_s(path, MAX_PATH, L"abc", _TRUNCATE);
    wcstombs_s(&converted, narrow, sizeof(narrow), path, _TRUNCATE);
    fwprintf(stderr, L"%S", narrow);
    return file == NULL;
}
