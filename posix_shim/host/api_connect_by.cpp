// WSAConnectByName and WSAConnectByList: addresses tried one after the other with ordinary socket calls (clause MAP-10).
// ConnectEx makes the attempts, since these functions wait whatever mode the socket is in, and for a limited time.
// Answers to the pages "WSAConnectByNameW" and "WSAConnectByList" (clauses NSV-16 to NSV-20).
#include "host/background_look_up.hpp"
#include "host/extension.hpp"
#include "host/kernel_objects.hpp"
#include "host/time_limit.hpp"

#include <atomic>

using namespace spindle;
using namespace spindle::host;

namespace {

struct target {
    SOCKADDR_STORAGE address{};
    int length = 0;
};

// Where the program wants to have an address of the connection.
struct address_output {
    LPSOCKADDR address;
    LPDWORD length;

    [[nodiscard]] bool has_room(int family) const noexcept
    {
        const DWORD needed = family == AF_INET6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN);
        return address == nullptr || (length != nullptr && *length >= needed);
    }
    void give(const SOCKADDR_STORAGE& from, int size) const noexcept
    {
        if (address != nullptr) {
            std::memcpy(address, &from, static_cast<std::size_t>(size));
            *length = static_cast<DWORD>(size);
        }
    }
};

struct connect_call {
    SOCKET s;
    address_output local;
    address_output remote;
    kernel::clock::time_point deadline;
    int family = AF_UNSPEC;
    bool takes_mapped = false;
};

int check_socket(connect_call& call) noexcept
{
    WSAPROTOCOL_INFOW info{};
    int length = sizeof info;
    if (getsockopt(call.s, SOL_SOCKET, SO_PROTOCOL_INFOW, reinterpret_cast<char*>(&info), &length) != 0) {
        return WSAGetLastError();
    }
    const bool internet = info.iAddressFamily == AF_INET || info.iAddressFamily == AF_INET6;
    if (!internet || (info.dwServiceFlags1 & XP1_CONNECTIONLESS) != 0) {
        return WSAEINVAL;
    }
    call.family = info.iAddressFamily;
    DWORD only_v6 = 1;
    length = sizeof only_v6;
    call.takes_mapped =
        call.family == AF_INET6 &&
        getsockopt(call.s, IPPROTO_IPV6, IPV6_V6ONLY, reinterpret_cast<char*>(&only_v6), &length) == 0 &&
        only_v6 == 0;
    return call.local.has_room(call.family) && call.remote.has_room(call.family) ? 0 : WSAEFAULT;
}

// ConnectEx wants a bound socket; one that the program has bound stays where it is.
int ensure_bound(const connect_call& call) noexcept
{
    SOCKADDR_STORAGE any{};
    int length = sizeof any;
    if (getsockname(call.s, reinterpret_cast<sockaddr*>(&any), &length) == 0) {
        return 0;
    }
    any = {};
    any.ss_family = static_cast<ADDRESS_FAMILY>(call.family);
    length = call.family == AF_INET6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN);
    return bind(call.s, reinterpret_cast<sockaddr*>(&any), length) == 0 ? 0 : WSAGetLastError();
}

bool pending(const OVERLAPPED& request) noexcept
{
    return std::atomic_ref(const_cast<ULONG_PTR&>(request.Internal)).load(std::memory_order_acquire) ==
           STATUS_PENDING;
}

// The last cleanup settles requests without telling anybody, hence the slices.
constexpr DWORD slice_milliseconds = 100;

DWORD next_slice(kernel::clock::time_point deadline) noexcept
{
    if (deadline == kernel::no_deadline) {
        return slice_milliseconds;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - kernel::clock::now()).count();
    return static_cast<DWORD>(std::clamp<long long>(left, 0, slice_milliseconds));
}

// False: the time is over and the request still pending.
bool wait_for(OVERLAPPED& request, kernel::clock::time_point deadline) noexcept
{
    while (pending(request)) {
        const DWORD slice = next_slice(deadline);
        if (slice == 0) {
            return false;
        }
        (void)WaitForSingleObjectEx(request.hEvent, slice, TRUE);
    }
    return true;
}

bool start_connect(const connect_call& call, const target& where, OVERLAPPED& request)
{
    static constexpr GUID connect_ex_id = WSAID_CONNECTEX;
    call_scope scope;
    if (!scope) {
        return fail(false, WSANOTINITIALISED);
    }
    const auto connect_ex = extension_function<LPFN_CONNECTEX>(scope, call.s, connect_ex_id);
    return connect_ex != nullptr && connect_ex(call.s, reinterpret_cast<const sockaddr*>(&where.address),
                                               where.length, nullptr, 0, nullptr, &request) != FALSE;
}

int outcome_of(const connect_call& call, OVERLAPPED& request)
{
    DWORD transferred = 0;
    DWORD flags = 0;
    if (WSAGetOverlappedResult(call.s, &request, &transferred, FALSE, &flags) != FALSE) {
        return 0;
    }
    const int error = WSAGetLastError();
    return error == WSANOTINITIALISED ? int{WSAEINTR} : error;  // the last cleanup woke this call (CLEAN-8)
}

int try_one(const connect_call& call, const target& where)
{
    OVERLAPPED request{};
    const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    if (event == nullptr) {
        return WSAENOBUFS;
    }
    // The low bit keeps the completion away from a port that the socket may belong to (OVL-15).
    request.hEvent = reinterpret_cast<HANDLE>(reinterpret_cast<std::uintptr_t>(event) | 1);
    int error = 0;
    if (start_connect(call, where, request) || WSAGetLastError() == ERROR_IO_PENDING) {
        const bool in_time = wait_for(request, call.deadline);
        if (!in_time) {
            (void)CancelIoEx(reinterpret_cast<HANDLE>(call.s), &request);
            (void)wait_for(request, kernel::no_deadline);
        }
        error = outcome_of(call, request);
        error = error != 0 && !in_time ? int{WSAETIMEDOUT} : error;
    } else {
        error = WSAGetLastError();
    }
    CloseHandle(event);
    return error;
}

// ConnectEx leaves a socket that does not know its own address; the program is to have that address, so the update
// that is its duty after ConnectEx is done here. Doing it again does no harm.
int finish(const connect_call& call, const target& where)
{
    if (setsockopt(call.s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, nullptr, 0) != 0) {
        return WSAGetLastError();
    }
    SOCKADDR_STORAGE local{};
    int length = sizeof local;
    if (getsockname(call.s, reinterpret_cast<sockaddr*>(&local), &length) != 0) {
        return WSAGetLastError();
    }
    call.local.give(local, length);
    call.remote.give(where.address, where.length);
    return 0;
}

int connect_to_any(const connect_call& call, const std::vector<target>& targets)
{
    int error = ensure_bound(call);
    if (error != 0) {
        return error;
    }
    for (const target& each : targets) {
        error = try_one(call, each);
        if (error == 0) {
            return finish(call, each);
        }
        if (error == WSAENOTSOCK || error == WSAEINTR || error == WSAEISCONN) {
            return error;  // no other address will do better
        }
        if (kernel::clock::now() >= call.deadline) {
            return WSAETIMEDOUT;
        }
    }
    return error;
}

target to_target(const resolver::found_address& found, bool mapped) noexcept
{
    resolver::address where = found.where;
    if (mapped && where.kind == resolver::family::ipv4) {
        const auto v4 = where.bytes;
        where.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, v4[0], v4[1], v4[2], v4[3]};
        where.kind = resolver::family::ipv6;
    }
    target made;
    made.length = static_cast<int>(store_address(where, made.address));
    return made;
}

// Looks the name up for the families that the socket can reach.
int find_targets(const connect_call& call, std::string node, std::string service, bool limited,
                 std::vector<target>& targets)
{
    name_request request;
    request.host = std::move(node);
    request.service = std::move(service);
    request.has_host = true;
    request.has_service = true;
    request.wanted.socket_type = SOCK_STREAM;
    request.wanted.kind = call.takes_mapped ? resolver::family::any : family_of(call.family);
    const auto asked = std::make_shared<background_look_up>(std::move(request));
    resolver::answer found;
    if (!limited) {
        if (const auto failure = answer_request(asked->request(), found);
            failure != resolver::failure::none) {
            return code_of(failure);
        }
    } else {
        if (!background_look_up::start(asked)) {
            return WSAENOBUFS;
        }
        if (!asked->wait_until(call.deadline)) {
            return WSAETIMEDOUT;
        }
        if (asked->code() != 0) {
            return asked->code();
        }
        found = asked->answer();
    }
    for (const auto& each : found.addresses) {
        targets.push_back(to_target(each, call.takes_mapped));
    }
    return 0;
}

// `find` fills the targets; what is common to both functions stands around it.
template <class Find>
BOOL connect_by(connect_call call, const timeval* timeout, const OVERLAPPED* reserved, Find&& find) noexcept
try {
    if (!started()) {
        return fail(FALSE, WSANOTINITIALISED);
    }
    int error = check_socket(call);
    if (error == 0 && (reserved != nullptr || !read_limit(timeout, call.deadline))) {
        error = WSAEINVAL;
    }
    std::vector<target> targets;
    error = error != 0 ? error : find(call, targets);
    error = error != 0 ? error : connect_to_any(call, targets);
    return error == 0 ? TRUE : fail(FALSE, error);
} catch (const std::bad_alloc&) {
    return fail(FALSE, WSAENOBUFS);
}

template <class Char>
BOOL connect_by_name(SOCKET s, const Char* node, const Char* service, address_output local,
                     address_output remote, const timeval* timeout, const OVERLAPPED* reserved) noexcept
{
    return connect_by(
        {s, local, remote, {}}, timeout, reserved, [=](const connect_call& call, auto& targets) -> int {
            if (node == nullptr || service == nullptr) {
                return WSAEINVAL;
            }
            return find_targets(call, narrow_text(node), narrow_text(service), timeout != nullptr, targets);
        });
}

int copy_targets(const SOCKET_ADDRESS_LIST* list, std::vector<target>& targets)
{
    if (list == nullptr || list->iAddressCount <= 0) {
        return WSAEINVAL;
    }
    for (INT index = 0; index < list->iAddressCount; ++index) {
        const SOCKET_ADDRESS& each = list->Address[index];
        target made;
        if (each.lpSockaddr == nullptr || each.iSockaddrLength <= 0 ||
            each.iSockaddrLength > static_cast<INT>(sizeof made.address)) {
            return WSAEFAULT;
        }
        made.length = each.iSockaddrLength;
        std::memcpy(&made.address, each.lpSockaddr, static_cast<std::size_t>(made.length));
        targets.push_back(made);
    }
    return 0;
}

}  // namespace

BOOL PASCAL WSAConnectByNameA(SOCKET s, LPCSTR nodename, LPCSTR servicename, LPDWORD LocalAddressLength,
                              LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength, LPSOCKADDR RemoteAddress,
                              const timeval* timeout, LPWSAOVERLAPPED Reserved)
{
    return connect_by_name(s, nodename, servicename, {LocalAddress, LocalAddressLength},
                           {RemoteAddress, RemoteAddressLength}, timeout, Reserved);
}

BOOL PASCAL WSAConnectByNameW(SOCKET s, LPWSTR nodename, LPWSTR servicename, LPDWORD LocalAddressLength,
                              LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength, LPSOCKADDR RemoteAddress,
                              const timeval* timeout, LPWSAOVERLAPPED Reserved)
{
    return connect_by_name<WCHAR>(s, nodename, servicename, {LocalAddress, LocalAddressLength},
                                  {RemoteAddress, RemoteAddressLength}, timeout, Reserved);
}

BOOL PASCAL WSAConnectByList(SOCKET s, PSOCKET_ADDRESS_LIST SocketAddress, LPDWORD LocalAddressLength,
                             LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength, LPSOCKADDR RemoteAddress,
                             const timeval* timeout, LPWSAOVERLAPPED Reserved)
{
    return connect_by(
        {s, {LocalAddress, LocalAddressLength}, {RemoteAddress, RemoteAddressLength}, {}}, timeout, Reserved,
        [=](const connect_call&, auto& targets) { return copy_targets(SocketAddress, targets); });
}
