// Many descriptors in one poll(). A negative one (no_handle) is left out by the system.
#pragma once

#include <cstddef>
#include <poll.h>
#include <vector>

#include "asio/native.hpp"

namespace spindle::native {

/// What poll_set promises, of plain handles.
class poll_group {
public:
    poll_group() : entries_(1) {}

    void clear() noexcept { entries_.resize(1); }
    void add(handle socket, readiness wanted);
    result<readiness> wait(interrupter* wake, clock::time_point deadline) noexcept;
    [[nodiscard]] std::size_t next_seen(std::size_t from) const noexcept;
    [[nodiscard]] readiness seen(std::size_t index) const noexcept;

private:
    std::vector<pollfd> entries_;  // the first is the interrupter's
};

}  // namespace spindle::native
