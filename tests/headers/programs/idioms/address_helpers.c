/* The inline helpers of the address headers. */
#include <WINSOCK2.H>
#include <ws2tcpip.h>
#include <mstcpip.h>
#include <wspiapi.h>

int main(void)
{
    SOCKADDR_STORAGE storage;
    char list[SIZEOF_SOCKET_ADDRESS_LIST(4)];
    SOCKET_ADDRESS_LIST *addresses = (SOCKET_ADDRESS_LIST *)list;
    IN6_ADDR any = in6addr_any;
    addresses->iAddressCount = 0;
    ZeroMemory(&storage, sizeof(storage));
    INETADDR_SETANY((PSOCKADDR)&storage);
    storage.ss_family = AF_INET6;
    INETADDR_SETLOOPBACK((PSOCKADDR)&storage);
    SS_PORT(&storage) = htons(80);
    return INETADDR_ISANY((PSOCKADDR)&storage) || INETADDR_ISLOOPBACK((PSOCKADDR)&storage) ||
           IN6_IS_ADDR_UNSPECIFIED(&any) || addresses->iAddressCount != 0;
}
