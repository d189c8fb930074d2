// What all waits for handles have in common, see wait_handles.hpp.
#include "host/wait_handles.hpp"

#include "host/kernel_objects.hpp"
#include "host/provider_exchange.hpp"

namespace spindle::host {

DWORD wait_code(const kernel::wait_result& result) noexcept
{
    switch (result.status) {
    case kernel::wait_status::signalled:
        return WAIT_OBJECT_0 + static_cast<DWORD>(result.index);
    case kernel::wait_status::abandoned:
        return WAIT_ABANDONED_0 + static_cast<DWORD>(result.index);
    case kernel::wait_status::timed_out:
        return WAIT_TIMEOUT;
    case kernel::wait_status::apcs_ran:
        return WAIT_IO_COMPLETION;
    }
    return WAIT_FAILED;
}

bool can_wait_for(const kernel::object& target) noexcept
{
    return target.kind() != kernel::object_kind::mutex || kernel::current_thread_object() != nullptr;
}

int wait_handles::add(DWORD count, const HANDLE* wanted, kernel::wait_mode mode) noexcept
{
    if (count != 0 && wanted == nullptr) {
        return ERROR_INVALID_PARAMETER;
    }
    {
        kernel::handle_table::look_ups table(kernel::handles);
        for (DWORD index = 0; index < count; ++index) {
            held_[index] = waitable_of(wanted[index], table);
        }
    }
    for (; count_ < count; ++count_) {
        objects_[count_] = held_[count_].get();
        if (objects_[count_] == nullptr) {
            return ERROR_INVALID_HANDLE;
        }
        if (!can_wait_for(*objects_[count_])) {
            return ERROR_NOT_ENOUGH_MEMORY;
        }
        for (std::size_t earlier = 0; mode == kernel::wait_mode::all && earlier < count_; ++earlier) {
            if (objects_[earlier] == objects_[count_]) {
                return ERROR_INVALID_PARAMETER;
            }
        }
    }
    return 0;
}

DWORD wait_handles::wait(kernel::wait_mode mode, DWORD milliseconds, bool alertable) const
{
    // A thread that only looks at its events may do so often: the provider's own thread tells it.
    const auto look = milliseconds != 0 ? &look_for_news : nullptr;
    return wait_code(
        kernel::wait({objects_.data(), count_}, mode, kernel::deadline_after(milliseconds), alertable, look));
}

}  // namespace spindle::host
