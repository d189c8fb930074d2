// Bytes from a file, for requests that send them (pages "TransmitFile", "TransmitPackets"). Core reads at offsets; a
// transport that can send from the system's file without reading it does so by the native handle.
#pragma once

#include <cstdint>
#include <memory>

#include "spindle/buffer.hpp"
#include "spindle/result.hpp"

namespace spindle {

/// A file with a beginning and an end, open for as long as the object lives.
///
/// Threads: all members from any thread. The position belongs to the file that others may have open, too.
class file_source {
public:
    virtual ~file_source() = default;

    /// Bytes from the beginning to the present end. Errors: invalid_handle (a pipe, a terminal, a directory).
    [[nodiscard]] virtual result<std::uint64_t> size() = 0;
    /// Reads at the offset: fewer bytes than the buffer has only before the end, 0 behind it. Waits for the disk.
    /// Errors: access_denied (not open for reading), system_call_failure.
    virtual result<std::size_t> read_at(std::uint64_t offset, mutable_buffer into) = 0;
    /// Where the next read without an offset begins. Errors: as size().
    [[nodiscard]] virtual result<std::uint64_t> position() = 0;
    virtual result<void> move_to(std::uint64_t position) = 0;
    /// The system's handle, or -1 when the bytes come from somewhere else.
    [[nodiscard]] virtual std::intptr_t native() const noexcept = 0;
};

/// Takes over an open file of the system's: a descriptor, or a HANDLE on Windows. Throws bad_alloc, with the file closed.
[[nodiscard]] std::unique_ptr<file_source> make_file_source(std::intptr_t native);

}  // namespace spindle
