/* GetAddrInfoEx, connecting by name, name space look-ups and the IP helper, with the header's name in other case and the
 * generic names of the functions. */
#include <WinSock2.h>
#include <Ws2tcpip.h>
#include <IPHlpApi.h>
#include <svcguid.h>

static ULONG first_adapter(IP_ADAPTER_ADDRESSES *list, ULONG size)
{
    PIP_ADAPTER_UNICAST_ADDRESS own;
    ULONG count = 0;
    if (GetAdaptersAddresses(AF_UNSPEC, GAA_FLAG_INCLUDE_PREFIX, NULL, list, &size) != NO_ERROR) {
        return 0;
    }
    for (own = list->FirstUnicastAddress; own != NULL; own = own->Next) {
        count += own->Address.lpSockaddr->sa_family == AF_INET;
    }
    return count + list->IfIndex + list->Luid.Info.NetLuidIndex;
}

int main(void)
{
    static const GUID host = SVCID_INET_HOSTADDRBYNAME;
    IP_ADAPTER_ADDRESSES list;
    ADDRINFOEX *found = NULL;
    WSAQUERYSET query;
    HANDLE lookup = NULL;
    char name[IF_NAMESIZE];
    memset(&query, 0, sizeof(query));
    query.dwSize = sizeof(query);
    query.lpServiceClassId = (LPGUID)(ULONG_PTR)&host;
    if (GetAddrInfoEx(NULL, NULL, NS_ALL, NULL, NULL, &found, NULL, NULL, NULL, NULL) == NO_ERROR) {
        FreeAddrInfoEx(found);
    }
    if (WSALookupServiceBegin(&query, LUP_RETURN_ALL, &lookup) == 0) {
        WSALookupServiceEnd(lookup);
    }
    if (if_indextoname(if_nametoindex("lo"), name) == NULL) {
        return 1;
    }
    return (int)first_adapter(&list, sizeof(list)) +
           WSAConnectByName(INVALID_SOCKET, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
}
