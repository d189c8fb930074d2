// Handles of descriptors and descriptors of handles, and locks on parts of files. The handle of a descriptor stands for its
// number and is the same each time. Answers to the pages "_get_osfhandle", "_open_osfhandle" and "_locking".
#include "crt/os_handles.hpp"

#include "crt/crt.hpp"
#include "host/kernel_objects.hpp"
#include "kernel/fork_lock.hpp"

#include <map>
#include <sys/locking.h>
#include <time.h>
#include <unistd.h>

using namespace spindle;
using namespace spindle::crt;

namespace {

constinit std::mutex mutex;
using locked = kernel::fork_safe_lock<mutex>;

// By descriptor. Never destroyed: the program's last words may be written when static objects are gone.
std::map<int, HANDLE>& known()
{
    static auto* const made = new std::map<int, HANDLE>;
    return *made;
}

// One that was closed behind our back, and opened for another purpose, has a new handle.
bool still_stands(HANDLE handle, int mode) noexcept
{
    const auto file = host::file_of(handle);
    const int access = mode & O_ACCMODE;
    return file && file->readable() == (access != O_WRONLY) && file->writable() == (access != O_RDONLY);
}

HANDLE make_handle(int descriptor, int mode)
{
    kernel::file_options options;
    options.readable = (mode & O_ACCMODE) != O_WRONLY;
    options.writable = (mode & O_ACCMODE) != O_RDONLY;
    options.borrowed = true;
    const kernel::object_ref<kernel::file> made(new kernel::file(descriptor, std::move(options)));
    const HANDLE handle = host::handle_of(kernel::handles.add(*made));
    if (handle == nullptr) {
        throw std::bad_alloc();
    }
    host::mark_inherited(handle, (fcntl(descriptor, F_GETFD) & FD_CLOEXEC) == 0);
    return handle;
}

intptr_t handle_of_descriptor(int descriptor, int mode)
{
    const locked lock;
    const auto found = known().find(descriptor);
    if (found != known().end() && still_stands(found->second, mode)) {
        return reinterpret_cast<intptr_t>(found->second);
    }
    const HANDLE made = make_handle(descriptor, mode);
    known()[descriptor] = made;
    return reinterpret_cast<intptr_t>(made);
}

constexpr int lock_attempts = 10;

// Until it is free, once a second; false with errno set.
bool lock_part(int descriptor, struct flock part, bool wait) noexcept
{
    for (int attempt = 1;; ++attempt) {
        if (fcntl(descriptor, F_OFD_SETLK, &part) == 0) {
            return true;
        }
        if (errno != EACCES && errno != EAGAIN) {
            return false;
        }
        if (!wait || attempt == lock_attempts) {
            errno = wait ? EDEADLK : EACCES;
            return false;
        }
        const timespec second{1, 0};
        nanosleep(&second, nullptr);
    }
}

}  // namespace

void spindle::crt::forget_handle(int descriptor) noexcept
{
    const locked lock;
    if (const auto found = known().find(descriptor); found != known().end()) {
        kernel::handles.remove(host::handle_value(found->second), kernel::object_kind::file);
        known().erase(found);
    }
}

intptr_t _get_osfhandle(int descriptor)
{
    constexpr intptr_t none = -1;
    const int mode = fcntl(descriptor, F_GETFL);
    if (mode < 0) {
        return invalid(none, EBADF);
    }
    if (descriptor <= 2) {
        return reinterpret_cast<intptr_t>(GetStdHandle(STD_INPUT_HANDLE - static_cast<DWORD>(descriptor)));
    }
    return memory_checked(none, [&] { return handle_of_descriptor(descriptor, mode); });
}

// The handle goes when the descriptor is closed with _close; until then both can be used.
int _open_osfhandle(intptr_t handle, int)
{
    const int made = kernel::duplicate_descriptor(static_cast<std::uintptr_t>(handle));
    if (made < 0) {
        return fail(-1, EBADF);
    }
    const int kept = memory_checked(-1, [&] {
        const locked lock;
        known()[made] = reinterpret_cast<HANDLE>(handle);
        return made;
    });
    if (kept < 0) {
        close(made);
    }
    return kept;
}

int _locking(int descriptor, int mode, long bytes)
{
    if (fcntl(descriptor, F_GETFD) < 0) {
        return invalid(-1, EBADF);
    }
    if (bytes < 0 || mode < _LK_UNLCK || mode > _LK_NBRLCK) {
        return invalid(-1, EINVAL);
    }
    if (bytes == 0) {
        return 0;  // to the system that would be everything
    }
    const off_t position = lseek(descriptor, 0, SEEK_CUR);
    if (position < 0) {
        return -1;
    }
    struct flock part {};
    part.l_type = mode == _LK_UNLCK ? F_UNLCK : F_WRLCK;
    part.l_whence = SEEK_SET;
    part.l_start = position;
    part.l_len = bytes;
    return lock_part(descriptor, part, mode == _LK_LOCK || mode == _LK_RLCK) ? 0 : -1;
}
