// Processes as objects: this one, for handles that programs make of GetCurrentProcess(), and children that were started.
// This one never becomes signalled, since whoever waits for it is part of it; a child does when it has ended. How one is
// started is in host/process_start.cpp. Answers to the pages "Process Handles and Identifiers" and "Terminating a Process".
#pragma once

#include "kernel/object.hpp"

#include <optional>

namespace spindle::kernel {

class process final : public waitable {
public:
    static constexpr object_kind static_kind = object_kind::process;

    /// This process.
    process() noexcept;
    /// A child of this process, which is yet to be started.
    struct child {};
    explicit process(child) noexcept : waitable(static_kind), child_(true) {}

    [[nodiscard]] int id() const noexcept { return id_; }
    [[nodiscard]] bool is_child() const noexcept { return child_; }

    /// The child has been started and nobody else waits for it. From here on a thread waits for its end; false: there is
    /// none to be had, and the child is killed. Once, before anybody else sees the object.
    [[nodiscard]] bool begin(int id) noexcept;

    /// Empty: it still runs.
    [[nodiscard]] std::optional<std::uint32_t> exit_code() noexcept;

    /// Kills the child, which ends with this code. False: it has ended already.
    bool terminate(std::uint32_t code) noexcept;

private:
    static void* wait_for_end(void* self) noexcept;
    void collect() noexcept;

    [[nodiscard]] bool signalled_locked() noexcept override { return exit_code_.has_value(); }
    take_result take_locked() noexcept override { return take_result::taken; }

    int id_ = 0;
    const bool child_;
    std::optional<std::uint32_t> demanded_code_;  // these two: under mutex_
    std::optional<std::uint32_t> exit_code_;
};

}  // namespace spindle::kernel
