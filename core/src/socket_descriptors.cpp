// Several handles of one socket: closing one of them is closing the socket only if it is the last (clauses DUP-8, DUP-11,
// DUP-12, decision D-23).
#include "provider_life.hpp"

namespace spindle {

bool basic_socket::add_descriptor(const socket_descriptor& made, bool reserved)
{
    const std::scoped_lock lock(state_mutex_);
    if (is_retired()) {
        return false;
    }
    descriptors_.add(made);
    if (reserved) {
        descriptors_.drop_reservation();
    }
    return true;
}

bool basic_socket::reserve_descriptor() noexcept
{
    const std::scoped_lock lock(state_mutex_);
    if (is_retired()) {
        return false;
    }
    descriptors_.reserve();
    return true;
}

void basic_socket::drop_reservation()
{
    {
        const std::scoped_lock lock(state_mutex_);
        descriptors_.drop_reservation();
        if (descriptors_.keeps_open() || is_retired()) {
            return;
        }
    }
    (void)close_last();
}

result<void> basic_socket::close(socket_handle which)
{
    std::optional<socket_descriptor> released;
    {
        const use guard(*this);
        if (!guard) {
            return guard.error();
        }
        const std::scoped_lock lock(state_mutex_);
        if (!descriptors_.has(which)) {
            return errc::not_socket;
        }
        if (!descriptors_.is_last()) {
            released = descriptors_.take(which);
        }
    }
    if (!released) {
        return close_last();
    }
    life_->sockets.erase(which, this);
    life_->services().close_socket_handle(released->catalog_entry_id, which);
    return {};
}

void basic_socket::release_handles() noexcept
{
    std::optional<socket_descriptor> next;
    do {
        {
            const std::scoped_lock lock(state_mutex_);
            next = descriptors_.take_oldest();
        }
        if (next) {
            life_->services().close_socket_handle(next->catalog_entry_id, next->handle);
        }
    } while (next);
}

}  // namespace spindle
