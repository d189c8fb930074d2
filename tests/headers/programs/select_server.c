/* A select loop with its own FD_SETSIZE, non-blocking mode set in every spelling, and a null timeout. */
#define FD_SETSIZE 512
#include <stdlib.h>
#include <sys/types.h>
#include <winsock2.h>

#if FD_SETSIZE != 512
#error "the program's FD_SETSIZE must survive libc's headers"
#endif
typedef char array_has_the_programs_size[sizeof(((fd_set *)0)->fd_array) / sizeof(SOCKET) == 512 ? 1 : -1];
typedef char u_long_is_32_bits[sizeof(u_long) == 4 ? 1 : -1];

static int make_non_blocking(SOCKET s)
{
    u_long narrow = 1;
    unsigned long wide = 1;
    DWORD word = 1;
    return ioctlsocket(s, FIONBIO, &narrow) | ioctlsocket(s, (long)FIONBIO, &wide) |
           ioctlsocket(s, FIONBIO, &word) | ioctlsocket(s, FIONREAD, NULL);
}

int main(void)
{
    SOCKET listener = socket(PF_INET, SOCK_STREAM, 0);
    SOCKET clients[FD_SETSIZE];
    size_t count = 0;
    struct timeval tv;
    TIMEVAL also_tv = {0, 500000};
    PTIMEVAL pointer = &tv;

    make_non_blocking(listener);
    listen(listener, SOMAXCONN);
    for (;;) {
        fd_set readers;
        struct fd_set failed;
        size_t i;
        FD_ZERO(&readers);
        FD_ZERO(&failed);
        FD_SET(listener, &readers);
        for (i = 0; i < count; ++i)
            FD_SET(clients[i], &readers);
        tv.tv_sec = 1;
        tv.tv_usec = 0;
        if (select(0, &readers, NULL, &failed, &tv) == SOCKET_ERROR)
            break;
        if (select((int)listener + 1, &readers, NULL, NULL, pointer) == 0)
            continue;
        if (select(0, &readers, 0, 0, &also_tv) == 0)
            continue;
        if (select(0, &readers, NULL, NULL, NULL) == SOCKET_ERROR)
            break;
        if (FD_ISSET(listener, &readers) && count < FD_SETSIZE) {
            struct sockaddr_in from;
            int size = sizeof(from);
            clients[count] = accept(listener, (struct sockaddr *)&from, &size);
            if (clients[count] != INVALID_SOCKET)
                ++count;
        }
        FD_CLR(listener, &readers);
        if (readers.fd_count == 0 && timerisset(&tv))
            break;
    }
    return (int)closesocket(listener);
}
