// Sockets come and go: each has a handle of the program's, made by the host for this layer, and one of the provider's
// below. Answers to the pages "WPUCreateSocketHandle", "WPUCloseSocketHandle", "LPWSPSOCKET", "LPWSPACCEPT",
// "LPWSPDUPLICATESOCKET" and "LPWSPCLOSESOCKET".
#include "layer.hpp"

#include <unordered_map>

namespace layer {

namespace {

struct socket_map {
    std::mutex mutex;
    std::unordered_map<SOCKET, context_ptr> above;
    std::unordered_map<SOCKET, context_ptr> below;
    std::vector<context_ptr> left;  // closed by the last cleanup, handles not returned yet
};

socket_map& map()
{
    static socket_map it;
    return it;
}

context_ptr found_in(const std::unordered_map<SOCKET, context_ptr>& sockets, SOCKET s)
{
    const auto found = sockets.find(s);
    return found != sockets.end() ? found->second : nullptr;
}

void remove(const socket_context& context)
{
    const std::lock_guard<std::mutex> lock(map().mutex);
    map().above.erase(context.above);
    const auto found = map().below.find(context.below);
    if (found != map().below.end() &&
        found->second.get() == &context) {  // else the value is another socket's by now
        map().below.erase(found);
    }
}

void return_handle(const socket_context& context)
{
    int ignored = 0;
    upcalls().lpWPUCloseSocketHandle(context.above, &ignored);
}

// The handle stays the program's until its last request was told of.
void mark_closed(socket_context& context)
{
    bool idle = false;
    {
        const std::lock_guard<std::mutex> lock(context.mutex);
        context.closed = true;
        idle = context.requests == 0;
    }
    write_log("closed protocol %d: %llu bytes sent, %llu received\n", context.where->chain.iProtocol,
              static_cast<unsigned long long>(context.sent),
              static_cast<unsigned long long>(context.received));
    if (idle) {
        return_handle(context);
    }
}

// A close that would have to wait is made to: there is no later.
void close_for_good(socket_context& context)
{
    int error = 0;
    while (context.table().lpWSPCloseSocket(context.below, &error) != 0 && error == WSAEWOULDBLOCK) {
        u_long blocking = 0;
        DWORD returned = 0;
        context.table().lpWSPIoctl(context.below, static_cast<DWORD>(FIONBIO), &blocking, sizeof blocking,
                                   nullptr, 0, &returned, nullptr, nullptr, nullptr, &error);
    }
}

}  // namespace

context_ptr find_socket(SOCKET above)
{
    const std::lock_guard<std::mutex> lock(map().mutex);
    return found_in(map().above, above);
}

context_ptr find_by_lower(SOCKET below)
{
    const std::lock_guard<std::mutex> lock(map().mutex);
    return found_in(map().below, below);
}

SOCKET adopt(SOCKET below, const place& where, bool overlapped, const socket_context* like, int* error,
             bool duplicate)
{
    const auto made = std::make_shared<socket_context>();
    made->below = below;
    made->where = &where;
    made->overlapped = overlapped;
    made->duplicate = duplicate;
    if (like != nullptr) {
        made->window = like->window;
        made->message = like->message;
    }
    made->above =
        upcalls().lpWPUCreateSocketHandle(where.own_id, reinterpret_cast<DWORD_PTR>(made.get()), error);
    if (made->above == INVALID_SOCKET) {
        int ignored = 0;
        where.below->table.lpWSPCloseSocket(below, &ignored);
        return INVALID_SOCKET;
    }
    {
        const std::lock_guard<std::mutex> lock(map().mutex);
        map().above[made->above] = made;
        map().below[below] = made;
    }
    deliver_early_messages(below);
    return made->above;
}

void end_request(socket_context& context)
{
    bool last = false;
    {
        const std::lock_guard<std::mutex> lock(context.mutex);
        last = --context.requests == 0 && context.closed;
    }
    if (last) {
        return_handle(context);
    }
}

void close_all_sockets()
{
    std::vector<context_ptr> open;
    {
        const std::lock_guard<std::mutex> lock(map().mutex);
        for (const auto& each : map().above) {
            open.push_back(each.second);
            map().left.push_back(each.second);
        }
        map().above.clear();
        map().below.clear();
    }
    for (const context_ptr& each : open) {
        close_for_good(*each);
    }
}

void return_all_handles()
{
    const std::lock_guard<std::mutex> lock(map().mutex);
    for (const context_ptr& each : map().left) {
        return_handle(*each);
    }
    map().left.clear();
}

}  // namespace layer

namespace layer::spi {

SOCKET WSPAPI WSPSocket(int af, int type, int protocol, LPWSAPROTOCOL_INFOW lpProtocolInfo, GROUP g,
                        DWORD dwFlags, LPINT lpErrno)
{
    const call_in_progress entered;
    if (!entered) {
        *lpErrno = WSANOTINITIALISED;
        return INVALID_SOCKET;
    }
    const place* where = place_in(*lpProtocolInfo, lpErrno);
    if (where == nullptr) {
        return INVALID_SOCKET;
    }
    // A duplicate's structure carries the lower provider's token.
    WSAPROTOCOL_INFOW passed = where->passed;
    passed.dwProviderReserved = lpProtocolInfo->dwProviderReserved;
    const SOCKET below = where->below->table.lpWSPSocket(af, type, protocol, &passed, g, dwFlags, lpErrno);
    return below == INVALID_SOCKET ? INVALID_SOCKET
                                   : adopt(below, *where, (dwFlags & WSA_FLAG_OVERLAPPED) != 0, nullptr,
                                           lpErrno, passed.dwProviderReserved != 0);
}

SOCKET WSPAPI WSPAccept(SOCKET s, sockaddr* addr, LPINT addrlen, LPCONDITIONPROC lpfnCondition,
                        DWORD_PTR dwCallbackData, LPINT lpErrno)
{
    return on_socket(s, SOCKET{INVALID_SOCKET}, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        const SOCKET below =
            table.lpWSPAccept(it.below, addr, addrlen, lpfnCondition, dwCallbackData, lpErrno);
        return below == INVALID_SOCKET ? below : adopt(below, *it.where, it.overlapped, &it, lpErrno);
    });
}

SOCKET WSPAPI WSPJoinLeaf(SOCKET s, const sockaddr* name, int namelen, LPWSABUF lpCallerData,
                          LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS, DWORD dwFlags, LPINT lpErrno)
{
    return on_socket(s, SOCKET{INVALID_SOCKET}, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        const SOCKET leaf = table.lpWSPJoinLeaf(it.below, name, namelen, lpCallerData, lpCalleeData, lpSQOS,
                                                lpGQOS, dwFlags, lpErrno);
        if (leaf == INVALID_SOCKET || leaf == it.below) {
            return leaf == it.below ? s : leaf;
        }
        return adopt(leaf, *it.where, it.overlapped, &it, lpErrno);
    });
}

int WSPAPI WSPDuplicateSocket(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOW lpProtocolInfo, LPINT lpErrno)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        WSAPROTOCOL_INFOW below{};
        const int result = table.lpWSPDuplicateSocket(it.below, dwProcessId,
                                                      lpProtocolInfo != nullptr ? &below : nullptr, lpErrno);
        if (result == 0) {
            *lpProtocolInfo = it.where->chain;
            lpProtocolInfo->dwProviderReserved = below.dwProviderReserved;
        }
        return result;
    });
}

int WSPAPI WSPCloseSocket(SOCKET s, LPINT lpErrno)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        const int result = table.lpWSPCloseSocket(it.below, lpErrno);
        if (result == 0) {
            remove(it);
            mark_closed(it);
        }
        return result;
    });
}

}  // namespace layer::spi
