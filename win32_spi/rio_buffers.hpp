// Registered buffers: memory of the client's under an id, and slices of it. A registration pins nothing, since the
// system copies; a request has its slice's address from the call on, so that an id may go while requests use its memory.
// Answers to the pages "RIORegisterBuffer", "RIODeregisterBuffer", "RIO_BUF"; contract RIO-7 to RIO-9.
#pragma once

#include <atomic>
#include <cstdint>

#include <mswsock.h>

#include "rio_table.hpp"
#include "spindle/buffer.hpp"
#include "spindle/result.hpp"
#include "winsock.hpp"

namespace spindle::spi {

/// Read without a lock: the id is looked at before and after the rest, and changes first and last.
struct rio_registration : rio_entry {
    std::atomic<std::uintptr_t> id{0};
    std::atomic<char*> start{nullptr};
    std::atomic<DWORD> length{0};
};

/// Threads: every member from every thread.
class rio_buffers {
public:
    /// Errors: invalid_argument (no length), fault (null, or beyond the end of the address space). Throws bad_alloc.
    result<RIO_BUFFERID> add(char* start, DWORD length);
    void remove(RIO_BUFFERID id) noexcept;
    /// The memory of a slice. Errors: fault (null, or an id that is not registered), invalid_argument (not inside its
    /// registration, or shorter than `least`).
    [[nodiscard]] result<mutable_buffer> slice(const RIO_BUF* wanted, ULONG least) const noexcept;

private:
    rio_table<rio_registration, 1> table_;
};

}  // namespace spindle::spi
