/* Many programs bring their own gettimeofday, usleep and friends for Windows; our headers must not have taken
 * the names. */
#include <winsock2.h>
#include <windows.h>

struct timezone;
int gettimeofday(struct timeval *tp, struct timezone *tzp);
void usleep(__int64 usec);

int gettimeofday(struct timeval *tp, struct timezone *tzp)
{
    const DWORD ticks = GetTickCount();
    (void)tzp;
    tp->tv_sec = (long)(ticks / 1000);
    tp->tv_usec = (long)(ticks % 1000) * 1000;
    return 0;
}

void usleep(__int64 usec)
{
    Sleep((DWORD)(usec / 1000));
}

int main(void)
{
    struct timeval tv;
    usleep(1000);
    return gettimeofday(&tv, 0) + max(tv.tv_usec, 0) - min(tv.tv_usec, 1);
}
