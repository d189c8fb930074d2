// select, WSAPoll, and membership in an fd_set. The host finds the provider by the first socket, checks what it must
// check to do so, and asks layers for what stands below their sockets; which sockets are ready, and what to think of
// those it does not know, is the provider's answer.
// Answers to the pages "select", "WSAPoll", "Multiple Provider Restrictions on select" (clauses MAP-11, 20, 21; POL-1,
// 5, 6; LSP-15).
#include "host/base_sockets.hpp"
#include "host/dispatch.hpp"
#include "host/extension.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <vector>

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

using three_sets = std::array<fd_set*, 3>;

int select_at(SOCKET first, int nfds, const three_sets& sets, const struct timeval* timeout)
{
    return call_provider(first, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        // Some headers have lost the const on the way to this slot.
        return table.lpWSPSelect(nfds, sets[0], sets[1], sets[2], const_cast<timeval*>(timeout), lpErrno);
    });
}

bool any_layered(const three_sets& sets) noexcept
{
    return a_layer_runs() && std::ranges::any_of(sets, [](const fd_set* set) {
        return set != nullptr && std::any_of(set->fd_array, set->fd_array + set->fd_count, &is_layered);
    });
}

// The program's set with the base sockets in place of its own.
class base_set {
public:
    base_set(fd_set* above, base_sockets& bases) : above_(above)
    {
        if (above == nullptr) {
            return;
        }
        const std::size_t extra = above->fd_count > FD_SETSIZE ? above->fd_count - FD_SETSIZE : 0;
        memory_.reset(::operator new(sizeof(fd_set) + extra * sizeof(SOCKET)));
        set_ = new (memory_.get()) fd_set;
        set_->fd_count = above->fd_count;
        std::transform(above->fd_array, above->fd_array + above->fd_count, set_->fd_array,
                       [&](SOCKET s) { return bases.base_of(s); });
    }

    [[nodiscard]] fd_set* get() const noexcept { return set_; }

    /// Leaves in the program's set what is left in this one.
    void hand_back(const base_sockets& bases) const
    {
        if (above_ != nullptr) {
            above_->fd_count = set_->fd_count;
            std::transform(set_->fd_array, set_->fd_array + set_->fd_count, above_->fd_array,
                           [&](SOCKET base) { return bases.above(base); });
        }
    }

private:
    struct release {
        void operator()(void* memory) const noexcept { ::operator delete(memory); }
    };
    fd_set* const above_;
    std::unique_ptr<void, release> memory_;
    fd_set* set_ = nullptr;
};

// LSP-15: at the base sockets, if one provider has them all; else the first socket's provider sees to it.
int select_through_layers(SOCKET first, int nfds, const three_sets& sets, const struct timeval* timeout) noexcept
try {
    base_sockets bases(SIO_BSP_HANDLE_SELECT);
    const std::array<base_set, 3> below{base_set(sets[0], bases), base_set(sets[1], bases),
                                        base_set(sets[2], bases)};
    if (!bases.of_one_provider()) {
        return select_at(first, nfds, sets, timeout);
    }
    const int ready = select_at(bases.base_of(first), nfds, {below[0].get(), below[1].get(), below[2].get()}, timeout);
    if (ready != SOCKET_ERROR) {
        std::ranges::for_each(below, [&](const base_set& each) { each.hand_back(bases); });
    }
    return ready;
} catch (const std::bad_alloc&) {
    return fail(SOCKET_ERROR, WSAENOBUFS);
}

int poll_at(call_scope& scope, SOCKET first, LPWSAPOLLFD fdArray, ULONG fds, INT timeout) noexcept
{
    static constexpr GUID poll_function = WSAID_WSAPOLL;
    const auto poll = known_extension_function<LPFN_WSAPOLL>(scope, extension::poll, first, poll_function);
    return poll == nullptr ? SOCKET_ERROR : poll(fdArray, fds, timeout);
}

int poll_through_layers(call_scope& scope, SOCKET first, LPWSAPOLLFD fdArray, ULONG fds, INT timeout) noexcept
try {
    base_sockets bases(SIO_BSP_HANDLE_POLL);
    std::vector<WSAPOLLFD> below(fdArray, fdArray + fds);
    std::ranges::for_each(below, [&](WSAPOLLFD& each) { each.fd = bases.base_of(each.fd); });
    if (!bases.of_one_provider()) {
        return poll_at(scope, first, fdArray, fds, timeout);
    }
    const int ready = poll_at(scope, bases.base_of(first), below.data(), fds, timeout);
    for (ULONG index = 0; ready != SOCKET_ERROR && index < fds; ++index) {
        fdArray[index].revents = below[index].revents;
    }
    return ready;
} catch (const std::bad_alloc&) {
    return fail(SOCKET_ERROR, WSAENOBUFS);
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
    const three_sets sets{readfds, writefds, exceptfds};
    return any_layered(sets) ? select_through_layers(first, nfds, sets, timeout)
                             : select_at(first, nfds, sets, timeout);
}

int FAR PASCAL __WSAFDIsSet(SOCKET fd, fd_set FAR* set)
{
    SOCKET* const end = set->fd_array + set->fd_count;
    return std::find(set->fd_array, end, fd) != end ? 1 : 0;
}

int WSAAPI WSAPoll(LPWSAPOLLFD fdArray, ULONG fds, INT timeout)
{
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
    const bool layered =
        a_layer_runs() && std::any_of(fdArray, end, [](const WSAPOLLFD& each) { return is_layered(each.fd); });
    return layered ? poll_through_layers(scope, first->fd, fdArray, fds, timeout)
                   : poll_at(scope, first->fd, fdArray, fds, timeout);
}
