// The heap functions of Win32 on kernel::heap. HEAP_GENERATE_EXCEPTIONS: there are no structured exceptions that
// a program could handle here, so a failure ends the process, as an exception does that nobody handles. Answers
// to the pages "HeapCreate", "HeapAlloc", "HeapReAlloc", "HeapFree", "HeapSize", "HeapValidate".
#include "host/thread_state.hpp"
#include "kernel/heap.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

using namespace spindle;
using namespace spindle::host;

namespace {

constexpr DWORD create_options = HEAP_NO_SERIALIZE | HEAP_GROWABLE | HEAP_GENERATE_EXCEPTIONS;

// The exception flag of HeapCreate holds for every allocation; the heap's maximum is the kernel's to know, the
// flag is ours. A handle is the heap's address, and its lowest bit is free.
constexpr std::uintptr_t raises = 1;

struct heap_handle {
    kernel::heap* heap;
    bool raises_on_failure;
};

heap_handle opened(HANDLE handle) noexcept
{
    const auto value = reinterpret_cast<std::uintptr_t>(handle);
    return {kernel::heap::from_handle(reinterpret_cast<void*>(value & ~raises)), (value & raises) != 0};
}

// Failing allocations set no last error, says the page.
void* allocated(void* memory, const heap_handle& from, DWORD flags) noexcept
{
    if (memory == nullptr && (from.raises_on_failure || (flags & HEAP_GENERATE_EXCEPTIONS) != 0)) {
        constexpr std::string_view text = "a heap with HEAP_GENERATE_EXCEPTIONS has no memory left\n";
        [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
        std::abort();
    }
    return memory;
}

}  // namespace

HANDLE WINAPI GetProcessHeap(void)
{
    return &kernel::process_heap;
}

HANDLE WINAPI HeapCreate(DWORD flOptions, SIZE_T dwInitialSize, SIZE_T dwMaximumSize)
{
    if ((flOptions & HEAP_CREATE_ENABLE_EXECUTE) != 0) {
        return fail(HANDLE{nullptr}, ERROR_NOT_SUPPORTED);  // blocks come from libc, never executable
    }
    if ((flOptions & ~create_options) != 0 || (dwMaximumSize != 0 && dwInitialSize > dwMaximumSize)) {
        return fail(HANDLE{nullptr}, ERROR_INVALID_PARAMETER);
    }
    const auto made = reinterpret_cast<std::uintptr_t>(kernel::heap::create(dwMaximumSize));
    if (made == 0) {
        return fail(HANDLE{nullptr}, ERROR_NOT_ENOUGH_MEMORY);
    }
    return reinterpret_cast<HANDLE>(made | ((flOptions & HEAP_GENERATE_EXCEPTIONS) != 0 ? raises : 0));
}

BOOL WINAPI HeapDestroy(HANDLE hHeap)
{
    const auto address = reinterpret_cast<std::uintptr_t>(hHeap) & ~raises;
    return kernel::heap::destroy(reinterpret_cast<const void*>(address)) ? TRUE
                                                                         : fail(FALSE, ERROR_INVALID_HANDLE);
}

LPVOID WINAPI HeapAlloc(HANDLE hHeap, DWORD dwFlags, SIZE_T dwBytes)
{
    const heap_handle from = opened(hHeap);
    if (from.heap == nullptr) {
        return nullptr;
    }
    return allocated(from.heap->allocate(dwBytes, (dwFlags & HEAP_ZERO_MEMORY) != 0), from, dwFlags);
}

LPVOID WINAPI HeapReAlloc(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem, SIZE_T dwBytes)
{
    const heap_handle from = opened(hHeap);
    if (from.heap == nullptr || !from.heap->owns(lpMem)) {
        return nullptr;
    }
    void* moved = from.heap->resize(lpMem, dwBytes, (dwFlags & HEAP_ZERO_MEMORY) != 0,
                                    (dwFlags & HEAP_REALLOC_IN_PLACE_ONLY) != 0);
    return allocated(moved, from, dwFlags);
}

BOOL WINAPI HeapFree(HANDLE hHeap, DWORD, LPVOID lpMem)
{
    const heap_handle from = opened(hHeap);
    if (from.heap == nullptr) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    if (lpMem == nullptr) {
        return TRUE;
    }
    if (!from.heap->owns(lpMem)) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    from.heap->free(lpMem);
    return TRUE;
}

SIZE_T WINAPI HeapSize(HANDLE hHeap, DWORD, LPCVOID lpMem)
{
    const heap_handle from = opened(hHeap);
    return from.heap != nullptr && from.heap->owns(lpMem) ? kernel::heap::size_of(lpMem) : MAXSIZE_T;
}

BOOL WINAPI HeapValidate(HANDLE hHeap, DWORD, LPCVOID lpMem)
{
    const heap_handle from = opened(hHeap);
    return from.heap != nullptr && from.heap->validate(lpMem) ? TRUE : FALSE;
}
