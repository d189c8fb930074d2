// The process itself as an object, for handles that programs make of GetCurrentProcess(). It never becomes
// signalled, since whoever waits for it is part of it. Answers to the page "Process Handles and Identifiers".
#pragma once

#include "kernel/object.hpp"

namespace spindle::kernel {

class process final : public waitable {
public:
    static constexpr object_kind static_kind = object_kind::process;

    process() noexcept : waitable(static_kind) {}

private:
    [[nodiscard]] bool signalled_locked() noexcept override { return false; }
    take_result take_locked() noexcept override { return take_result::none; }
};

}  // namespace spindle::kernel
