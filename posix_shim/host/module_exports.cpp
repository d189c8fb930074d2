// Names and ordinals, see module_exports.hpp.
#include "host/module_exports.hpp"

#include <algorithm>
#include <iterator>

namespace spindle::host {

namespace {

// Winsock 1.1: the functions that both ws2_32 and wsock32 export, under the same numbers.
struct ordinal_name {
    unsigned ordinal;
    const char* name;
};
constexpr ordinal_name ordinals[] = {
    {1, "accept"},
    {2, "bind"},
    {3, "closesocket"},
    {4, "connect"},
    {5, "getpeername"},
    {6, "getsockname"},
    {7, "getsockopt"},
    {8, "htonl"},
    {9, "htons"},
    {10, "ioctlsocket"},
    {11, "inet_addr"},
    {12, "inet_ntoa"},
    {13, "listen"},
    {14, "ntohl"},
    {15, "ntohs"},
    {16, "recv"},
    {17, "recvfrom"},
    {18, "select"},
    {19, "send"},
    {20, "sendto"},
    {21, "setsockopt"},
    {22, "shutdown"},
    {23, "socket"},
    {51, "gethostbyaddr"},
    {52, "gethostbyname"},
    {53, "getprotobyname"},
    {54, "getprotobynumber"},
    {55, "getservbyname"},
    {56, "getservbyport"},
    {57, "gethostname"},
    {101, "WSAAsyncSelect"},
    {102, "WSAAsyncGetHostByAddr"},
    {103, "WSAAsyncGetHostByName"},
    {104, "WSAAsyncGetProtoByNumber"},
    {105, "WSAAsyncGetProtoByName"},
    {106, "WSAAsyncGetServByPort"},
    {107, "WSAAsyncGetServByName"},
    {108, "WSACancelAsyncRequest"},
    {109, "WSASetBlockingHook"},
    {110, "WSAUnhookBlockingHook"},
    {111, "WSAGetLastError"},
    {112, "WSASetLastError"},
    {113, "WSACancelBlockingCall"},
    {114, "WSAIsBlocking"},
    {115, "WSAStartup"},
    {116, "WSACleanup"},
    {151, "__WSAFDIsSet"},
};

constexpr std::string_view mswsock_names[] = {"AcceptEx", "GetAcceptExSockaddrs", "TransmitFile", "WSARecvEx"};

// The first rule whose beginning the name has says where it comes from; names that none knows are kernel32's, or the
// C run-time's when they begin like C names.
struct name_rule {
    std::string_view beginning;
    windows_library library;
};
constexpr name_rule rules[] = {
    {"freeaddrinfo", windows_library::ws2_32},
    {"getaddrinfo", windows_library::ws2_32},
    {"getnameinfo", windows_library::ws2_32},
    {"inet_", windows_library::ws2_32},
    {"FreeAddrInfo", windows_library::ws2_32},
    {"GetAddrInfo", windows_library::ws2_32},
    {"GetHostName", windows_library::ws2_32},
    {"GetNameInfo", windows_library::ws2_32},
    {"Inet", windows_library::ws2_32},
    {"SetAddrInfo", windows_library::ws2_32},
    {"WPU", windows_library::ws2_32},
    {"WSA", windows_library::ws2_32},
    {"WSC", windows_library::ws2_32},
    {"CancelMib", windows_library::iphlpapi},
    {"CancelIPChange", windows_library::iphlpapi},
    {"ConvertInterface", windows_library::iphlpapi},
    {"FreeMib", windows_library::iphlpapi},
    {"GetAdapt", windows_library::iphlpapi},
    {"GetBest", windows_library::iphlpapi},
    {"GetIf", windows_library::iphlpapi},
    {"GetInterfaceInfo", windows_library::iphlpapi},
    {"GetIp", windows_library::iphlpapi},
    {"GetNetworkParams", windows_library::iphlpapi},
    {"GetNumberOfInterfaces", windows_library::iphlpapi},
    {"GetUnicastIp", windows_library::iphlpapi},
    {"if_", windows_library::iphlpapi},
    {"Notify", windows_library::iphlpapi},
    {"BCrypt", windows_library::bcrypt},
    {"Crypt", windows_library::advapi32},
    {"GetUserName", windows_library::advapi32},
    {"Rpc", windows_library::rpcrt4},
    {"SHGet", windows_library::shell32},
    {"Uuid", windows_library::rpcrt4},
    {"time", windows_library::winmm},
    {"CallWindowProc", windows_library::user32},
    {"CreateWindow", windows_library::user32},
    {"DefWindowProc", windows_library::user32},
    {"DestroyWindow", windows_library::user32},
    {"DispatchMessage", windows_library::user32},
    {"FindWindow", windows_library::user32},
    {"GetClass", windows_library::user32},
    {"GetMessage", windows_library::user32},
    {"GetQueueStatus", windows_library::user32},
    {"GetWindow", windows_library::user32},
    {"InSendMessage", windows_library::user32},
    {"IsWindow", windows_library::user32},
    {"KillTimer", windows_library::user32},
    {"MsgWait", windows_library::user32},
    {"PeekMessage", windows_library::user32},
    {"PostMessage", windows_library::user32},
    {"PostQuitMessage", windows_library::user32},
    {"PostThreadMessage", windows_library::user32},
    {"Register", windows_library::user32},
    {"ReplyMessage", windows_library::user32},
    {"SendMessage", windows_library::user32},
    {"SendNotifyMessage", windows_library::user32},
    {"SetTimer", windows_library::user32},
    {"SetWindow", windows_library::user32},
    {"TranslateMessage", windows_library::user32},
    {"UnregisterClass", windows_library::user32},
    {"WaitMessage", windows_library::user32},
    {"wsprintf", windows_library::user32},
    {"wvsprintf", windows_library::user32},
    {"lstr", windows_library::kernel32},
};

template <class Names>
bool lists(const Names& names, std::string_view name) noexcept
{
    return std::ranges::find(names, name) != std::end(names);
}

bool is_winsock_1(std::string_view name) noexcept
{
    return std::ranges::any_of(ordinals, [name](const ordinal_name& each) { return each.name == name; });
}

windows_library library_of(std::string_view name) noexcept
{
    if (is_winsock_1(name)) {
        return windows_library::ws2_32;
    }
    if (lists(mswsock_names, name)) {
        return windows_library::mswsock;
    }
    const auto* rule =
        std::ranges::find_if(rules, [name](const name_rule& each) { return name.starts_with(each.beginning); });
    if (rule != std::end(rules)) {
        return rule->library;
    }
    const bool like_c = !name.empty() && ((name[0] >= 'a' && name[0] <= 'z') || name[0] == '_');
    return like_c ? windows_library::msvcrt : windows_library::kernel32;
}

}  // namespace

bool exports_name(windows_library library, std::string_view name) noexcept
{
    if (library == windows_library::wsock32) {
        return is_winsock_1(name) || lists(mswsock_names, name);
    }
    return library_of(name) == library;
}

const char* name_of_ordinal(windows_library library, unsigned ordinal) noexcept
{
    if (library != windows_library::ws2_32 && library != windows_library::wsock32) {
        return nullptr;
    }
    const auto* found =
        std::ranges::find_if(ordinals, [ordinal](const ordinal_name& each) { return each.ordinal == ordinal; });
    return found != std::end(ordinals) ? found->name : nullptr;
}

}  // namespace spindle::host
