// Sections, the objects behind file mappings: a file or anonymous memory of a fixed size, and what views of it may do.
// Views are host/mapped_views.hpp's. Answers to the page "Creating a File Mapping Object".
#pragma once

#include "kernel/names.hpp"

#include <cstdint>

namespace spindle::kernel {

class section final : public nameable {
public:
    static constexpr object_kind static_kind = object_kind::section;

    /// Takes the descriptor over; it is open for writing if views may write.
    section(int descriptor, std::uint64_t size, bool writable, bool executable) noexcept
        : nameable(static_kind), descriptor_(descriptor), size_(size), writable_(writable),
          executable_(executable)
    {}

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] bool writable() const noexcept { return writable_; }
    [[nodiscard]] bool executable() const noexcept { return executable_; }

    [[nodiscard]] waitable* as_waitable() noexcept override { return nullptr; }

private:
    ~section() override;

    [[nodiscard]] bool signalled_locked() noexcept override { return false; }
    take_result take_locked() noexcept override { return take_result::taken; }

    const int descriptor_;
    const std::uint64_t size_;
    const bool writable_;
    const bool executable_;
};

}  // namespace spindle::kernel
