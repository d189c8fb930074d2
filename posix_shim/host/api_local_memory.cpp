// LocalAlloc and GlobalAlloc, which are the same, as on Windows. Fixed memory is a block of the process heap and
// its handle is its address; movable memory has a record of its own, and the handle is the record's address
// with a bit that no address of a block has. Answers to the pages "LocalAlloc", "LocalReAlloc", "LocalLock",
// "GlobalAlloc", "GlobalUnlock".
#include "host/thread_state.hpp"
#include "kernel/heap.hpp"

#include <atomic>
#include <new>

using namespace spindle;
using namespace spindle::host;

namespace {

// GMEM_SHARE and the flags about compacting mean nothing since 32-bit Windows, and are accepted.
constexpr UINT valid_flags = 0x7F72 | LMEM_MODIFY;
constexpr std::uintptr_t movable_bit = 2;
constexpr std::uintptr_t tag_bits = 15;
constexpr std::uint64_t live_mark = 0x6C626176'6F6D6E73;

struct alignas(16) movable_memory {
    std::uint64_t mark = live_mark;
    void* data = nullptr;  // nullptr: discarded, or of size 0
    std::atomic<unsigned> locks{0};
};

movable_memory* movable_of(HANDLE handle) noexcept
{
    const auto value = reinterpret_cast<std::uintptr_t>(handle);
    if ((value & tag_bits) != movable_bit) {
        return nullptr;
    }
    auto* record = reinterpret_cast<movable_memory*>(value - movable_bit);
    return record->mark == live_mark ? record : nullptr;
}

bool is_fixed(HANDLE handle) noexcept
{
    return kernel::process_heap.owns(handle);
}

HANDLE handle_of(movable_memory* record) noexcept
{
    return reinterpret_cast<HANDLE>(reinterpret_cast<std::uintptr_t>(record) | movable_bit);
}

HANDLE make_movable(void* data) noexcept
{
    auto* record = new (std::nothrow) movable_memory;
    if (record == nullptr) {
        return nullptr;
    }
    record->data = data;
    return handle_of(record);
}

HANDLE allocate_movable(std::size_t size, bool zero) noexcept
{
    void* data = size == 0 ? nullptr : kernel::process_heap.allocate(size, zero);
    const HANDLE made = size != 0 && data == nullptr ? nullptr : make_movable(data);
    if (made == nullptr && data != nullptr) {
        kernel::process_heap.free(data);
    }
    return made;
}

HANDLE allocate(UINT flags, std::size_t size) noexcept
{
    if ((flags & ~valid_flags) != 0) {
        return fail(HANDLE{nullptr}, ERROR_INVALID_PARAMETER);
    }
    const bool zero = (flags & LMEM_ZEROINIT) != 0;
    const HANDLE made = (flags & LMEM_MOVEABLE) != 0 ? allocate_movable(size, zero)
                                                     : kernel::process_heap.allocate(size, zero);
    return made != nullptr ? made : fail(HANDLE{nullptr}, ERROR_NOT_ENOUGH_MEMORY);
}

// The handle again when it is none: "if the function fails, the return value is equal to a handle".
HANDLE release(HANDLE handle) noexcept
{
    if (handle == nullptr) {
        return nullptr;
    }
    if (auto* record = movable_of(handle)) {
        if (record->data != nullptr) {
            kernel::process_heap.free(record->data);
        }
        record->mark = 0;
        delete record;
        return nullptr;
    }
    if (!is_fixed(handle)) {
        return fail(handle, ERROR_INVALID_HANDLE);
    }
    kernel::process_heap.free(handle);
    return nullptr;
}

// Only the attributes: fixed memory may become movable, the reverse does not exist.
HANDLE modify(HANDLE handle, UINT flags) noexcept
{
    if (movable_of(handle) != nullptr || (flags & LMEM_MOVEABLE) == 0) {
        return handle;
    }
    const HANDLE made = make_movable(handle);
    return made != nullptr ? made : fail(HANDLE{nullptr}, ERROR_NOT_ENOUGH_MEMORY);
}

bool resize_movable(movable_memory& record, std::size_t size, UINT flags) noexcept
{
    const bool may_move = record.locks == 0 || (flags & LMEM_MOVEABLE) != 0;
    if (size == 0 && record.locks == 0) {
        if (record.data != nullptr) {
            kernel::process_heap.free(record.data);
        }
        record.data = nullptr;
        return true;
    }
    const bool zero = (flags & LMEM_ZEROINIT) != 0;
    void* moved = record.data == nullptr ? kernel::process_heap.allocate(size, zero)
                                         : kernel::process_heap.resize(record.data, size, zero, !may_move);
    record.data = moved != nullptr ? moved : record.data;
    return moved != nullptr;
}

HANDLE reallocate(HANDLE handle, std::size_t size, UINT flags) noexcept
{
    auto* record = movable_of(handle);
    if (record == nullptr && !is_fixed(handle)) {
        return fail(HANDLE{nullptr}, ERROR_INVALID_HANDLE);
    }
    if ((flags & ~valid_flags) != 0) {
        return fail(HANDLE{nullptr}, ERROR_INVALID_PARAMETER);
    }
    if ((flags & LMEM_MODIFY) != 0) {
        return modify(handle, flags);
    }
    HANDLE resized = nullptr;
    if (record != nullptr) {
        resized = resize_movable(*record, size, flags) ? handle : nullptr;
    } else {
        resized = kernel::process_heap.resize(handle, size, (flags & LMEM_ZEROINIT) != 0,
                                              (flags & LMEM_MOVEABLE) == 0);
    }
    return resized != nullptr ? resized : fail(HANDLE{nullptr}, ERROR_NOT_ENOUGH_MEMORY);
}

SIZE_T size_of(HANDLE handle) noexcept
{
    if (const auto* record = movable_of(handle)) {
        return record->data != nullptr ? kernel::heap::size_of(record->data) : 0;
    }
    return is_fixed(handle) ? kernel::heap::size_of(handle) : fail(SIZE_T{0}, ERROR_INVALID_HANDLE);
}

void* lock(HANDLE handle) noexcept
{
    auto* record = movable_of(handle);
    if (record == nullptr) {
        return is_fixed(handle) ? handle : fail(HANDLE{nullptr}, ERROR_INVALID_HANDLE);
    }
    if (record->data == nullptr) {
        return fail(HANDLE{nullptr}, ERROR_DISCARDED);
    }
    record->locks.fetch_add(1);
    return record->data;
}

// TRUE while locks remain; FALSE and NO_ERROR when the last one went.
BOOL unlock(HANDLE handle, BOOL fixed_result) noexcept
{
    auto* record = movable_of(handle);
    if (record == nullptr) {
        if (!is_fixed(handle)) {
            return fail(FALSE, ERROR_INVALID_HANDLE);
        }
        return fixed_result != FALSE ? TRUE : fail(FALSE, ERROR_NOT_LOCKED);
    }
    unsigned locks = record->locks.load();
    while (locks != 0 && !record->locks.compare_exchange_weak(locks, locks - 1)) {
    }
    if (locks > 1) {
        return TRUE;
    }
    return fail(FALSE, locks == 0 ? ERROR_NOT_LOCKED : NO_ERROR);
}

}  // namespace

HLOCAL WINAPI LocalAlloc(UINT uFlags, SIZE_T uBytes)
{
    return allocate(uFlags, uBytes);
}

HLOCAL WINAPI LocalReAlloc(HLOCAL hMem, SIZE_T uBytes, UINT uFlags)
{
    return reallocate(hMem, uBytes, uFlags);
}

HLOCAL WINAPI LocalFree(HLOCAL hMem)
{
    return release(hMem);
}

SIZE_T WINAPI LocalSize(HLOCAL hMem)
{
    return size_of(hMem);
}

LPVOID WINAPI LocalLock(HLOCAL hMem)
{
    return lock(hMem);
}

// Fixed memory always has a lock count of 0.
BOOL WINAPI LocalUnlock(HLOCAL hMem)
{
    return unlock(hMem, FALSE);
}

HGLOBAL WINAPI GlobalAlloc(UINT uFlags, SIZE_T dwBytes)
{
    return allocate(uFlags, dwBytes);
}

HGLOBAL WINAPI GlobalReAlloc(HGLOBAL hMem, SIZE_T dwBytes, UINT uFlags)
{
    return reallocate(hMem, dwBytes, uFlags);
}

HGLOBAL WINAPI GlobalFree(HGLOBAL hMem)
{
    return release(hMem);
}

SIZE_T WINAPI GlobalSize(HGLOBAL hMem)
{
    return size_of(hMem);
}

LPVOID WINAPI GlobalLock(HGLOBAL hMem)
{
    return lock(hMem);
}

// Of fixed memory the page says: "this function always returns TRUE".
BOOL WINAPI GlobalUnlock(HGLOBAL hMem)
{
    return unlock(hMem, TRUE);
}
