/* The main of a program that begins in wmain: the arguments as 16-bit text, which live as long as the program. A library
 * of its own, since a program without a main must not find one by accident; in C, so that a C program needs nothing of
 * C++. C programs define wmain, C++ programs a function of one of these mangled names. Answers to the page "main function
 * and command-line arguments". */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>

typedef int wide_entry(int count, WCHAR **arguments);
extern wide_entry c_wmain __asm__("wmain") __attribute__((weak));
extern wide_entry cxx_wmain __asm__("_Z5wmainiPPw") __attribute__((weak));
extern wide_entry cxx_const_wmain __asm__("_Z5wmainiPPKw") __attribute__((weak));
extern wide_entry cxx_wmain_alone __asm__("_Z5wmainv") __attribute__((weak)); /* takes no notice of the arguments */

static WCHAR *widened(const char *argument)
{
    const int length = MultiByteToWideChar(CP_UTF8, 0, argument, -1, NULL, 0);
    WCHAR *text = (WCHAR *)calloc((size_t)length, sizeof *text);
    if (text != NULL) {
        MultiByteToWideChar(CP_UTF8, 0, argument, -1, text, length);
    }
    return text;
}

static WCHAR **texts; /* nobody gives them back */

int main(int count, char **arguments)
{
    wide_entry *const entries[] = {c_wmain, cxx_wmain, cxx_const_wmain, cxx_wmain_alone};
    size_t entry = 0;
    texts = (WCHAR **)calloc((size_t)count + 1, sizeof *texts);
    for (int index = 0; texts != NULL && index < count; ++index) {
        texts[index] = widened(arguments[index]);
        if (texts[index] == NULL) {
            texts = NULL;
        }
    }
    if (texts == NULL) {
        fputs("not enough memory for the arguments\n", stderr);
        return 255;
    }
    while (entry < sizeof entries / sizeof entries[0]) {
        if (entries[entry] != NULL) {
            return entries[entry](count, texts);
        }
        ++entry;
    }
    fputs("the program has no wmain\n", stderr);
    return 255;
}
