// Many sockets in one WSAPoll(). Failed connects are reported by Windows 10 2004 and later (page "WSAPoll").
#pragma once

#include <winsock2.h>

#include <cstddef>
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
    std::vector<WSAPOLLFD> entries_;  // the first is the interrupter's
};

}  // namespace spindle::native
