// Files by name: opening, asking, changing, deleting. Answers to the pages "_open, _wopen", "_sopen_s", "_creat",
// "_access_s, _waccess_s", "_chmod", "_unlink", "_stat", "_fstat", "_umask".
#include "crt/crt.hpp"

#include <climits>
#include <cstdarg>
#include <type_traits>
#include <unistd.h>

using namespace spindle::crt;

namespace {

// Calls with the path for the system; `failure` for a name that is none.
template <class Char, class Result, class Call>
Result with_path(const Char* path, Result failure, Call call) noexcept
{
    if (path == nullptr) {
        return invalid(failure);
    }
    return memory_checked(failure, [&] {
        const auto native = native_path(spindle::host::narrow_text(path));
        return native ? call(native->c_str()) : failure;
    });
}

// Permissions are the owner's to read and write; the others get what the umask leaves of the same.
mode_t native_permissions(int mode) noexcept
{
    return ((mode & _S_IWRITE) != 0 ? 0222u : 0u) | 0444u;
}

template <class Char>
int open_file(const Char* path, int flags, int mode) noexcept
{
    const int native = flags & ~(_O_TEXT | _O_BINARY);
    return with_path(path, -1, [&](const char* name) {
        const int descriptor = open(name, native, native_permissions(mode));
        if (descriptor >= 0 && (flags & _O_BINARY) != 0) {
            _setmode(descriptor, _O_BINARY);
        }
        return descriptor;
    });
}

template <class Char>
int check_access(const Char* path, int mode) noexcept
{
    if ((mode & ~6) != 0) {
        return invalid(-1);
    }
    return with_path(path, -1, [&](const char* name) { return access(name, mode); });
}

unsigned short status_mode(mode_t mode) noexcept
{
    const unsigned kind = S_ISDIR(mode)    ? _S_IFDIR
                          : S_ISCHR(mode)  ? _S_IFCHR
                          : S_ISFIFO(mode) ? _S_IFIFO
                                           : _S_IFREG;
    return static_cast<unsigned short>(kind | (mode & 0777u));
}

template <class Status>
int fill(Status* target, const struct stat& facts) noexcept
{
    using size = decltype(target->st_size);
    if (sizeof(size) == sizeof(int) && facts.st_size > INT_MAX) {
        return fail(-1, EOVERFLOW);
    }
    *target = Status{};
    target->st_dev = target->st_rdev = static_cast<unsigned>(facts.st_dev);
    target->st_mode = status_mode(facts.st_mode);
    target->st_nlink = static_cast<short>(facts.st_nlink);
    target->st_size = static_cast<size>(facts.st_size);
    target->st_atime = facts.st_atime;
    target->st_mtime = facts.st_mtime;
    target->st_ctime = facts.st_ctime;
    return 0;
}

template <class Char, class Status>
int status_of(const Char* path, Status* target) noexcept
{
    if (target == nullptr) {
        return invalid(-1);
    }
    return with_path(path, -1, [&](const char* name) {
        struct stat facts {};
        return stat(name, &facts) == 0 ? fill(target, facts) : -1;
    });
}

template <class Status>
int status_of(int descriptor, Status* target) noexcept
{
    if (target == nullptr) {
        return invalid(-1);
    }
    struct stat facts {};
    if (fstat(descriptor, &facts) != 0) {
        return errno == EBADF ? invalid(-1, EBADF) : -1;
    }
    return fill(target, facts);
}

// Only there when the flags ask for a new file.
#define PERMISSIONS_BEHIND(flags, mode) \
    int mode = 0; \
    if (((flags) & _O_CREAT) != 0) { \
        va_list arguments; \
        va_start(arguments, flags); \
        mode = va_arg(arguments, int); \
        va_end(arguments); \
    }

}  // namespace

int _open(const char* path, int flags, ...)
{
    PERMISSIONS_BEHIND(flags, mode)
    return open_file(path, flags, mode);
}

int _wopen(const WCHAR* path, int flags, ...)
{
    PERMISSIONS_BEHIND(flags, mode)
    return open_file(path, flags, mode);
}

errno_t _sopen_s(int* descriptor, const char* path, int flags, int share, int mode)
{
    if (descriptor == nullptr) {
        return invalid_error();
    }
    *descriptor = -1;
    const bool known = share == _SH_DENYRW || share == _SH_DENYWR || share == _SH_DENYRD || share == _SH_DENYNO ||
                       share == _SH_COMPAT;
    if (path == nullptr || !known || ((flags & _O_CREAT) != 0 && (mode & ~(_S_IREAD | _S_IWRITE)) != 0)) {
        return invalid_error();
    }
    *descriptor = open_file(path, flags, mode);
    return *descriptor >= 0 ? 0 : errno;
}

int _creat(const char* path, int mode)
{
    return open_file(path, _O_CREAT | _O_TRUNC | _O_RDWR, mode);
}

int _access(const char* path, int mode)
{
    return check_access(path, mode);
}

int _waccess(const WCHAR* path, int mode)
{
    return check_access(path, mode);
}

errno_t _access_s(const char* path, int mode)
{
    return check_access(path, mode) == 0 ? 0 : errno;
}

// Who may read stays as it is: a file of Windows can always be read.
int _chmod(const char* path, int mode)
{
    return with_path(path, -1, [&](const char* name) {
        struct stat facts {};
        if (stat(name, &facts) != 0) {
            return -1;
        }
        const mode_t kept = facts.st_mode & 07777u & ~0222u;
        return chmod(name, kept | ((mode & _S_IWRITE) != 0 ? 0200u : 0u));
    });
}

int _unlink(const char* path)
{
    return with_path(path, -1, [](const char* name) { return unlink(name); });
}

int _umask(int mode)
{
    return static_cast<int>(umask(static_cast<mode_t>(mode) & 0777u));
}

int _stat64(const char* path, struct _stat64* facts)
{
    return status_of(path, facts);
}

int _wstat64(const WCHAR* path, struct _stat64* facts)
{
    return status_of(path, facts);
}

int _fstat64(int descriptor, struct _stat64* facts)
{
    return status_of(descriptor, facts);
}

int _stat64i32(const char* path, struct _stat64i32* facts)
{
    return status_of(path, facts);
}

int _wstat64i32(const WCHAR* path, struct _stat64i32* facts)
{
    return status_of(path, facts);
}

int _fstat64i32(int descriptor, struct _stat64i32* facts)
{
    return status_of(descriptor, facts);
}
