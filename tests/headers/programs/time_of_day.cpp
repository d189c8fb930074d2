// The C++ form of time_of_day.c: overloads instead of macros.
#ifdef WINSOCK_LAST
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>
#include <winsock2.h>
#else
#include <winsock2.h>
#include <unistd.h>
#include <sys/time.h>
#include <sys/resource.h>
#endif

typedef char timeval_is_two_longs[sizeof(struct timeval) == 8 && sizeof(TIMEVAL) == 8 ? 1 : -1];
typedef char libc_keeps_its_own[sizeof(struct itimerval) == 2 * sizeof(((struct rusage *)0)->ru_utime) ? 1
                                                                                                       : -1];
typedef char libc_structure_is_wide[sizeof(((struct rusage *)0)->ru_utime) == 2 * sizeof(time_t) ? 1 : -1];

int main(void)
{
    struct timeval now;
    struct rusage usage;
    char name[256];
    if (gettimeofday(&now, nullptr) != 0 || getrusage(RUSAGE_SELF, &usage) != 0)
        return 1;
    return gethostname(name, sizeof(name)) == 0 && now.tv_sec != 0 && usage.ru_utime.tv_sec >= 0 ? 0 : 1;
}
