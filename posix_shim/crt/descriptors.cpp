// Transfers and positions on descriptors. Answers to the pages "_read", "_write", "_close", "_lseek, _lseeki64", "_tell",
// "_eof", "_filelength", "_chsize_s", "_commit", "_dup", "_isatty", "_setmode".
#include "crt/crt.hpp"
#include "crt/os_handles.hpp"

#include <atomic>
#include <climits>
#include <sys/stat.h>
#include <unistd.h>

using namespace spindle::crt;

namespace {

bool is_open(int descriptor) noexcept
{
    return fcntl(descriptor, F_GETFD) != -1;
}

// Checks the descriptor as the run-time does and calls.
template <class Result, class Call>
Result on_open(int descriptor, Result failure, Call call) noexcept
{
    return is_open(descriptor) ? call() : invalid(failure, EBADF);
}

// Windows' long ends at 2 GB.
long as_long(long long value) noexcept
{
    return value <= INT_MAX ? static_cast<long>(value) : fail(-1L, EOVERFLOW);
}

// Text or binary, as _setmode was told; makes no difference, since lines end in \n here.
constexpr int remembered = 1024;
constinit std::atomic<bool> binary[remembered]{};

}  // namespace

int _close(int descriptor)
{
    return on_open(descriptor, -1, [&] {
        if (descriptor < remembered) {
            binary[descriptor] = false;
        }
        forget_handle(descriptor);
        return close(descriptor);
    });
}

int _read(int descriptor, void* buffer, unsigned count)
{
    if ((buffer == nullptr && count != 0) || count > INT_MAX) {
        return invalid(-1);
    }
    return on_open(descriptor, -1, [&] { return static_cast<int>(read(descriptor, buffer, count)); });
}

int _write(int descriptor, const void* buffer, unsigned count)
{
    if ((buffer == nullptr && count != 0) || count > INT_MAX) {
        return invalid(-1);
    }
    return on_open(descriptor, -1, [&] { return static_cast<int>(write(descriptor, buffer, count)); });
}

long long _lseeki64(int descriptor, long long offset, int origin)
{
    return on_open(descriptor, -1LL, [&] { return static_cast<long long>(lseek(descriptor, offset, origin)); });
}

long _lseek(int descriptor, long offset, int origin)
{
    return as_long(_lseeki64(descriptor, offset, origin));
}

long long _telli64(int descriptor)
{
    return _lseeki64(descriptor, 0, SEEK_CUR);
}

long _tell(int descriptor)
{
    return as_long(_telli64(descriptor));
}

long long _filelengthi64(int descriptor)
{
    return on_open(descriptor, -1LL, [&]() -> long long {
        struct stat facts {};
        return fstat(descriptor, &facts) == 0 ? facts.st_size : -1;
    });
}

long _filelength(int descriptor)
{
    return as_long(_filelengthi64(descriptor));
}

int _eof(int descriptor)
{
    const long long length = _filelengthi64(descriptor);
    if (length < 0) {
        return -1;
    }
    const long long position = _telli64(descriptor);
    return position < 0 ? -1 : static_cast<int>(position >= length);
}

errno_t _chsize_s(int descriptor, long long size)
{
    if (size < 0) {
        return invalid_error();
    }
    return on_open(descriptor, EBADF, [&] { return ftruncate(descriptor, size) == 0 ? 0 : errno; });
}

int _chsize(int descriptor, long size)
{
    return _chsize_s(descriptor, size) == 0 ? 0 : -1;
}

int _commit(int descriptor)
{
    return on_open(descriptor, -1, [&] { return fsync(descriptor); });
}

int _dup(int descriptor)
{
    return on_open(descriptor, -1, [&] { return dup(descriptor); });
}

int _dup2(int descriptor, int target)
{
    if (target < 0) {
        return invalid(-1, EBADF);
    }
    return on_open(descriptor, -1, [&] { return dup2(descriptor, target) < 0 ? -1 : 0; });
}

// Microsoft's also counts other character devices, a printer for one.
int _isatty(int descriptor)
{
    return on_open(descriptor, 0, [&] {
        struct stat facts {};
        return fstat(descriptor, &facts) == 0 && S_ISCHR(facts.st_mode) ? 0x40 : fail(0, ENOTTY);
    });
}

int _setmode(int descriptor, int mode)
{
    if (mode != _O_TEXT && mode != _O_BINARY) {
        return invalid(-1);
    }
    return on_open(descriptor, -1, [&] {
        if (descriptor >= remembered) {
            return fail(-1, EBADF);
        }
        return binary[descriptor].exchange(mode == _O_BINARY) ? _O_BINARY : _O_TEXT;
    });
}
