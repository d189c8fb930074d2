// Readiness: WSPSelect, which checks its sockets and refuses with WSAEOPNOTSUPP (START-13).
#include "thunk.hpp"
#include "thunks.hpp"

namespace spindle::spi {

namespace {

/// Every member of the set is a socket of ours; a null set has none.
bool knows_all(const fd_set* set) noexcept
{
    const u_int count = set == nullptr ? 0U : load(&set->fd_count);
    for (u_int index = 0; index < count; ++index) {
        const SOCKET member = load(&set->fd_array[0] + index);
        if (the_provider().find(static_cast<socket_handle>(member)) == nullptr) {
            return false;
        }
    }
    return true;
}

}  // namespace

int WSPAPI WSPSelect(int, fd_set* readfds, fd_set* writefds, fd_set* exceptfds, select_timeout,
                     LPINT lpErrno) noexcept
{
    return spi_call(call_failed, lpErrno, [&]() -> result<int> {
        const bool known = knows_all(readfds) && knows_all(writefds) && knows_all(exceptfds);
        return known ? errc::operation_not_supported : errc::not_socket;
    });
}

}  // namespace spindle::spi
