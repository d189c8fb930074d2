// Handles turned into what is waited for, and the waits' answers into the numbers that programs get. What
// WaitForMultipleObjects and MsgWaitForMultipleObjects have in common.
#pragma once

#include "host/winsock.hpp"
#include "kernel/wait.hpp"

#include <array>

namespace spindle::host {

/// The WAIT_* number of a wait's end.
[[nodiscard]] DWORD wait_code(const kernel::wait_result& result) noexcept;

/// A mutex belongs to the thread that takes it, so that there has to be an object of the thread. False: memory is short.
[[nodiscard]] bool can_wait_for(const kernel::object& target) noexcept;

class wait_handles {
public:
    /// Adds the objects behind the handles. Returns 0 or why they cannot be waited for: ERROR_INVALID_HANDLE,
    /// ERROR_INVALID_PARAMETER (no array; for wait_mode::all the same object twice), ERROR_NOT_ENOUGH_MEMORY.
    /// Ranges: count <= kernel::maximum_wait_objects.
    [[nodiscard]] int add(DWORD count, const HANDLE* wanted, kernel::wait_mode mode) noexcept;
    /// Adds an object that the caller keeps alive. There must be room.
    void add(kernel::waitable& object) noexcept { objects_[count_++] = &object; }

    /// Runs queued calls of the thread if alertable, which may unwind it.
    [[nodiscard]] DWORD wait(kernel::wait_mode mode, DWORD milliseconds, bool alertable) const;

private:
    std::array<kernel::object_ref<kernel::waitable>, kernel::maximum_wait_objects> held_;
    std::array<kernel::waitable*, kernel::maximum_wait_objects> objects_{};
    std::size_t count_ = 0;
};

}  // namespace spindle::host
