// Registration of a descriptor with Asio's reactor. The descriptor stays the socket's: it is lent and taken
// back.
#include "event_source.hpp"

#include <array>
#include <utility>

namespace spindle {
namespace {

struct condition_row {
    readiness condition;
    asio::posix::descriptor_base::wait_type wait;
};

// Asio watches urgent data (EPOLLPRI) under the name of errors.
constexpr std::array<condition_row, event_source::slot_count> condition_rows{{
    {readiness::readable, asio::posix::descriptor_base::wait_read},
    {readiness::writable, asio::posix::descriptor_base::wait_write},
    {readiness::urgent, asio::posix::descriptor_base::wait_error},
}};

}  // namespace

std::size_t event_source::slot_of(readiness condition) noexcept
{
    std::size_t slot = 0;
    while (slot + 1 < condition_rows.size() && condition_rows[slot].condition != condition) {
        ++slot;
    }
    return slot;
}

bool event_source::arm(readiness condition, wait_event event) noexcept
try {
    if (!registration_) {
        registration_.emplace(loop_);
        asio::error_code error;
        registration_->assign(static_cast<int>(socket_), error);
        if (error) {
            registration_.reset();
            return false;
        }
    }
    registration_->async_wait(condition_rows[slot_of(condition)].wait, std::move(event));
    return true;
} catch (...) {
    return false;
}

void event_source::release() noexcept
{
    if (registration_) {
        registration_->release();
        registration_.reset();
    }
}

}  // namespace spindle
