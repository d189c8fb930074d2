/* WSAMSG and the control message macros, socket storage, address helpers: all of C99's view of ws2tcpip.h. */
#include <ws2tcpip.h>
#include <mswsock.h>
#include <string.h>

static int walk(WSAMSG *message)
{
    WSACMSGHDR *header;
    int packets = 0;
    for (header = WSA_CMSG_FIRSTHDR(message); header != NULL; header = WSA_CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
            IN_PKTINFO info;
            memcpy(&info, WSA_CMSG_DATA(header), sizeof(info));
            packets += info.ipi_ifindex != 0;
        }
    }
    return packets;
}

int main(void)
{
    char control[WSA_CMSG_SPACE(sizeof(IN_PKTINFO))];
    SOCKADDR_INET address;
    SOCKADDR_STORAGE storage;
    struct addrinfo hints, *found = NULL;
    char text[INET6_ADDRSTRLEN];
    WSABUF buffer;
    WSAMSG message;

    memset(&hints, 0, sizeof(hints));
    memset(&message, 0, sizeof(message));
    memset(&storage, 0, sizeof(storage));
    memset(control, 0, sizeof(control));
    buffer.buf = text;
    buffer.len = sizeof(text);
    message.lpBuffers = &buffer;
    message.dwBufferCount = 1;
    message.Control.buf = control;
    message.Control.len = sizeof(control);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST;
    if (getaddrinfo("::1", "80", &hints, &found) != 0)
        return gai_strerror(1) != NULL;
    storage.ss_family = AF_INET6;
    INETADDR_SETLOOPBACK((PSOCKADDR)&storage);
    INETADDR_SET_PORT((PSOCKADDR)&storage, htons(80));
    address.si_family = AF_INET;
    address.Ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    inet_ntop(AF_INET, &address.Ipv4.sin_addr, text, sizeof(text));
    inet_pton(AF_INET, text, &address.Ipv4.sin_addr);
    freeaddrinfo(found);
    return walk(&message) + INETADDR_ISLOOPBACK((PSOCKADDR)&storage) + (SS_PORT(&storage) == htons(80)) +
           (htonll(1) == 1);
}
