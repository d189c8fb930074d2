/* A source that includes no header of Windows; its compiler defines _WIN32. */
#include <string.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <errno.h>
#include <time.h>

#ifdef _WIN32
int main(void)
{
    char text[16];
    errno_t error = strcpy_s(text, sizeof(text), "text");
    struct _stat facts;
    __int64 number = _atoi64("5");
    return error || _stat(text, &facts) || _O_BINARY == _O_TEXT || number != 5 || !_strdup(text);
}
#else
static int _stricmp(const char *one, const char *two)
{
    return strcmp(one, two);
}
int main(void)
{
    return _stricmp("a", "b");
}
#endif
