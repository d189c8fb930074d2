// The standard handles. Each is made when first asked for and stands for libc's descriptor 0, 1 or 2; closing
// the handle leaves the descriptor alone, which libc goes on using. Answers to the pages "GetStdHandle" and
// "SetStdHandle".
#include "host/kernel_objects.hpp"
#include "host/thread_state.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <iterator>

using namespace spindle;
using namespace spindle::host;

namespace {

constexpr std::uintptr_t not_made_yet = 1;  // no handle has this value

constinit std::atomic<std::uintptr_t> standard_handles[3] = {not_made_yet, not_made_yet, not_made_yet};

// STD_INPUT_HANDLE is -10; output and error follow downwards.
bool index_of(DWORD name, std::size_t& index) noexcept
{
    index = STD_INPUT_HANDLE - name;
    return index < std::size(standard_handles);
}

std::uint32_t make_standard_handle(int descriptor) noexcept
{
    const int mode = fcntl(descriptor, F_GETFL);
    if (mode < 0) {
        return 0;
    }
    kernel::file_options options;
    options.readable = (mode & O_ACCMODE) != O_WRONLY;
    options.writable = (mode & O_ACCMODE) != O_RDONLY;
    options.borrowed = true;
    const kernel::object_ref<kernel::file> made(new (std::nothrow)
                                                    kernel::file(descriptor, std::move(options)));
    const std::uint32_t handle = made ? kernel::handles.add(*made) : 0;
    mark_inherited(handle_of(handle), true);
    return handle;
}

}  // namespace

// NULL, without an error, when the process has no such descriptor: it "does not have associated standard
// handles".
HANDLE WINAPI GetStdHandle(DWORD nStdHandle)
{
    std::size_t index = 0;
    if (!index_of(nStdHandle, index)) {
        return fail(INVALID_HANDLE_VALUE, ERROR_INVALID_HANDLE);
    }
    std::uintptr_t value = standard_handles[index].load();
    if (value == not_made_yet) {
        const std::uint32_t made = make_standard_handle(static_cast<int>(index));
        if (made == 0) {
            return nullptr;
        }
        if (standard_handles[index].compare_exchange_strong(value, made)) {
            return handle_of(made);
        }
        kernel::handles.remove(made, kernel::object_kind::file);
    }
    return reinterpret_cast<HANDLE>(value);
}

BOOL WINAPI SetStdHandle(DWORD nStdHandle, HANDLE hHandle)
{
    std::size_t index = 0;
    if (!index_of(nStdHandle, index)) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    standard_handles[index].store(reinterpret_cast<std::uintptr_t>(hHandle));
    return TRUE;
}
