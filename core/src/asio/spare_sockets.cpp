// See the header.
#include "asio/spare_sockets.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace spindle {

native::handle spare_sockets::take(const socket_kind& kind, bool inheritable) noexcept
{
    const std::scoped_lock lock{mutex_};
    const auto end = spares_.begin() + static_cast<std::ptrdiff_t>(count_);
    const auto found = std::find_if(spares_.begin(), end, [&](const spare& each) {
        return each.kind == kind && each.inheritable == inheritable;
    });
    if (found == end) {
        return native::no_handle;
    }
    const auto socket = found->socket;
    *found = spares_[--count_];
    return socket;
}

void spare_sockets::give(const socket_kind& kind, bool inheritable, native::handle socket) noexcept
{
    {
        const std::scoped_lock lock{mutex_};
        if (count_ < capacity) {
            spares_[count_++] = {kind, inheritable, socket};
            return;
        }
    }
    native::close(socket);
}

bool spare_sockets::clear() noexcept
{
    std::array<spare, capacity> closing;
    std::size_t count = 0;
    {
        const std::scoped_lock lock{mutex_};
        std::copy_n(spares_.begin(), count_, closing.begin());
        count = std::exchange(count_, 0);
    }
    std::for_each_n(closing.begin(), count, [](const spare& each) { native::close(each.socket); });
    return count != 0;
}

}  // namespace spindle
