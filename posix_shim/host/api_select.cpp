// select, WSAPoll, and membership in an fd_set. The host finds the provider by the first socket and checks what it must
// check to do so; which sockets are ready, and what to think of those it does not know, is the provider's answer.
// Answers to the pages "select", "WSAPoll", "Multiple Provider Restrictions on select" (clauses MAP-11, 20, 21; POL-1,
// 5, 6).
#include "host/dispatch.hpp"
#include "host/extension.hpp"

#include <algorithm>

using namespace spindle;
using namespace spindle::host;

namespace {

bool is_socket(SOCKET s) noexcept
{
    kernel::socket_entry ignored;
    return kernel::handles.find_socket(s, ignored);
}

// The member that decides the route, INVALID_SOCKET if the sets are empty; error: one of them is no socket.
SOCKET first_member(std::initializer_list<const fd_set*> sets, int& error) noexcept
{
    SOCKET first = INVALID_SOCKET;
    bool empty = true;
    for (const fd_set* set : sets) {
        for (u_int index = 0; set != nullptr && index < set->fd_count; ++index) {
            if (!is_socket(set->fd_array[index])) {
                error = WSAENOTSOCK;
                return INVALID_SOCKET;
            }
            first = empty ? set->fd_array[index] : first;
            empty = false;
        }
    }
    error = empty ? WSAEINVAL : 0;
    return first;
}

}  // namespace

int WSAAPI spindle_select(int nfds, fd_set* readfds, fd_set* writefds, fd_set* exceptfds,
                          const struct timeval* timeout)
{
    const call_scope scope;
    if (!scope) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    int error = 0;
    const SOCKET first = first_member({readfds, writefds, exceptfds}, error);
    if (error != 0) {
        return fail(SOCKET_ERROR, error);
    }
    return call_provider(first, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPSelect(nfds, readfds, writefds, exceptfds, timeout, lpErrno);
    });
}

int FAR PASCAL __WSAFDIsSet(SOCKET fd, fd_set FAR* set)
{
    SOCKET* const end = set->fd_array + set->fd_count;
    return std::find(set->fd_array, end, fd) != end ? 1 : 0;
}

int WSAAPI WSAPoll(LPWSAPOLLFD fdArray, ULONG fds, INT timeout)
{
    static constexpr GUID poll_function = WSAID_WSAPOLL;
    call_scope scope;
    if (!scope) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    if (fds == 0) {
        return fail(SOCKET_ERROR, WSAEINVAL);
    }
    if (fdArray == nullptr) {
        return fail(SOCKET_ERROR, WSAEFAULT);
    }
    const auto end = fdArray + fds;
    const auto first = std::find_if(fdArray, end, [](const WSAPOLLFD& each) { return is_socket(each.fd); });
    if (first == end) {
        std::for_each(fdArray, end, [](WSAPOLLFD& each) { each.revents = POLLNVAL; });
        return fail(SOCKET_ERROR, WSAENOTSOCK);
    }
    const auto poll = known_extension_function<LPFN_WSAPOLL>(scope, extension::poll, first->fd, poll_function);
    return poll == nullptr ? SOCKET_ERROR : poll(fdArray, fds, timeout);
}
