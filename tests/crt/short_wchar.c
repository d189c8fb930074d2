/* Compiled with -fshort-wchar: the standard's wide functions work on 16-bit units. */
#include <winsock2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "short_wchar.h"

#define EXPECT(condition) \
    if (!(condition)) { \
        return #condition; \
    }

static const char *strings_fail(void)
{
    wchar_t text[16];
    wchar_t *end = NULL;
    EXPECT(sizeof(wchar_t) == 2 && wcslen(L"hello") == 5);
    EXPECT(wcscmp(wcscpy(text, L"abc"), L"abc") == 0 && wcscmp(L"a", L"b") < 0);
    EXPECT(wcscmp(wcscat(text, L"def"), L"abcdef") == 0);
    EXPECT(wcschr(text, L'c') == text + 2 && wcsrchr(text, L'z') == NULL);
    EXPECT(wcsstr(text, L"de") == text + 3 && wcspbrk(text, L"xfe") == text + 4);
    EXPECT(wcsncmp(L"abx", text, 2) == 0 && wcsspn(text, L"cba") == 3);
    wmemset(text, L'.', 15);
    wcsncpy(text, L"12", 4);
    EXPECT(text[1] == L'2' && text[3] == 0 && text[4] == L'.');
    EXPECT(wcstol(L"-42 rest", &end, 10) == -42 && wcscmp(end, L" rest") == 0);
    EXPECT(wcstod(L"2.5", NULL) == 2.5 && _wtoi(L"17") == 17);
    EXPECT(_wcsicmp(L"WinSock", L"wINsOCK") == 0 && wcscpy_s(text, 4, L"abc") == 0);
    return NULL;
}

static const char *formats_fail(void)
{
    wchar_t text[32];
    char narrow[16];
    EXPECT(swprintf(text, 32, L"%s-%d-%S", L"wide", 7, "narrow") == 13 && wcscmp(text, L"wide-7-narrow") == 0);
    EXPECT(swprintf(text, 4, L"%d", 12345) < 0);
    EXPECT(swprintf_s(text, 32, L"%ls", L"x") == 1 && _snwprintf(text, 32, L"%I64d", 1LL << 40) == 13);
    EXPECT(wcstombs(narrow, L"\x00e9", sizeof narrow) == 2 && (unsigned char)narrow[0] == 0xC3);
    EXPECT(mbstowcs(text, "\xc3\xa9", 32) == 1 && text[0] == 0xE9);
    return NULL;
}

static const char *streams_fail(void)
{
    wchar_t line[32];
    FILE *stream = tmpfile();
    EXPECT(stream != NULL);
    EXPECT(fwprintf(stream, L"%s %d\n", L"\x00e9", 5) == 4 && fputws(L"last", stream) >= 0);
    rewind(stream);
    EXPECT(fgetws(line, 32, stream) == line && wcscmp(line, L"\x00e9 5\n") == 0);
    EXPECT(fgetws(line, 3, stream) == line && wcscmp(line, L"la") == 0);
    EXPECT(fgetws(line, 32, stream) == line && wcscmp(line, L"st") == 0);
    EXPECT(fgetws(line, 32, stream) == NULL);
    fclose(stream);
    return NULL;
}

const char *short_wchar_failure(void)
{
    const char *failure = strings_fail();
    failure = failure ? failure : formats_fail();
    return failure ? failure : streams_fail();
}
