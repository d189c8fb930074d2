// Files as kernel objects: a descriptor and what its handle may do with it. Opening by name, with everything
// that CreateFile decides, is in host/api_file_open.cpp. Transfers are done before they return, so a file is
// always signalled. Answers to the pages "File Objects", "ReadFile", "WriteFile".
#pragma once

#include "kernel/object.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace spindle::kernel {

enum class file_type : std::uint8_t { unknown, disk, character, pipe };

struct file_options {
    bool readable = false;
    bool writable = false;
    bool overlapped = false;  // FILE_FLAG_OVERLAPPED: every transfer names its offset
    bool borrowed = false;    // the descriptor is libc's (0, 1, 2) and outlives the object
    /// Not empty: the name that goes when the object does, unless it stands for another file by then.
    std::string delete_on_close = {};
};

/// `error` is an errno value, 0 for success; `bytes` counts what was moved before the error too.
struct file_transfer {
    std::size_t bytes = 0;
    int error = 0;
};

/// A write at this offset goes to the end of the file, wherever that is by then.
inline constexpr std::uint64_t end_of_file_offset = ~std::uint64_t{0};

/// Threads: any, at any time; two transfers at the file pointer take turns in the kernel.
class file final : public waitable {
public:
    static constexpr object_kind static_kind = object_kind::file;

    /// Takes the descriptor over, unless it is borrowed.
    file(int descriptor, file_options options) noexcept;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] bool readable() const noexcept { return options_.readable; }
    [[nodiscard]] bool writable() const noexcept { return options_.writable; }
    [[nodiscard]] bool overlapped() const noexcept { return options_.overlapped; }
    [[nodiscard]] file_type type() const noexcept { return type_; }

    /// Blocks until something is there; fills the buffer only from disk. 0 bytes and no error: the end.
    /// Without an offset at the file pointer, which moves; with one there, and the pointer of a file that is
    /// not overlapped moves as well.
    [[nodiscard]] file_transfer read(void* buffer, std::size_t size,
                                     std::optional<std::uint64_t> offset) noexcept;
    /// Blocks until everything is written. A reader that has gone is EPIPE and never SIGPIPE.
    [[nodiscard]] file_transfer write(const void* buffer, std::size_t size,
                                      std::optional<std::uint64_t> offset) noexcept;

private:
    ~file() override;

    [[nodiscard]] bool signalled_locked() noexcept override { return true; }
    take_result take_locked() noexcept override { return take_result::taken; }

    const int descriptor_;
    const file_options options_;
    const file_type type_;
};

/// A descriptor of its own for the file behind the handle, closed on exec, sharing the file pointer; the caller
/// closes it. -1 when the handle is no file or no descriptor is left.
[[nodiscard]] int duplicate_descriptor(std::uintptr_t handle) noexcept;

}  // namespace spindle::kernel
