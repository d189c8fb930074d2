// Thread-local values by index: plain ones (TLS) and ones with a callback at the thread's end (FLS). A value
// takes memory only in threads that set one. Answers to the pages "Thread Local Storage" and "FlsAlloc".
#pragma once

#include <cstdint>

namespace spindle::kernel {

inline constexpr std::uint32_t no_index = 0xFFFFFFFF;

/// TLS_MINIMUM_AVAILABLE of them and 1024 more, as on Windows.
inline constexpr std::uint32_t tls_index_count = 64 + 1024;
inline constexpr std::uint32_t fls_index_count = 128;

/// A new index whose value is null in every thread; no_index when all are taken.
[[nodiscard]] std::uint32_t take_tls_index() noexcept;
/// False when the index is not taken.
[[nodiscard]] bool give_tls_index(std::uint32_t index) noexcept;
/// index < tls_index_count. Null where nothing was set since the index was taken.
[[nodiscard]] void* tls_value(std::uint32_t index) noexcept;
/// index < tls_index_count. False when memory is short.
[[nodiscard]] bool set_tls_value(std::uint32_t index, void* value) noexcept;

using fls_callback = void (*)(void* value);

/// The same with a callback, which may be null. It is called with each value that is not null: when a thread
/// ends, on that thread; when the index is given back, with every thread's, on the caller's. Indexes begin
/// with 1.
[[nodiscard]] std::uint32_t take_fls_index(fls_callback callback) noexcept;
[[nodiscard]] bool give_fls_index(std::uint32_t index);
[[nodiscard]] bool is_fls_index(std::uint32_t index) noexcept;
/// is_fls_index(index).
[[nodiscard]] void* fls_value(std::uint32_t index) noexcept;
[[nodiscard]] bool set_fls_value(std::uint32_t index, void* value) noexcept;

/// The calling thread ends: its callbacks run, its memory goes.
void end_local_storage();

/// Around fork.
void lock_local_storage_for_fork() noexcept;
void unlock_local_storage_after_fork(bool in_child) noexcept;

}  // namespace spindle::kernel
