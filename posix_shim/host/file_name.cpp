// Names and errors of files, see file_name.hpp.
#include "host/file_name.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace spindle::host {

namespace {

struct device_name {
    std::string_view name;
    const char* path;
};
constexpr device_name devices[] = {{"NUL", "/dev/null"}, {"CONIN$", "/dev/tty"}, {"CONOUT$", "/dev/tty"}};

char upper(char letter) noexcept
{
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

const char* device_path(std::string_view name) noexcept
{
    for (const auto& device : devices) {
        if (std::ranges::equal(name, device.name, {}, upper)) {
            return device.path;
        }
    }
    return nullptr;
}

struct error_pair {
    int system;
    int win32;
};
constexpr error_pair errors[] = {
    {EACCES, ERROR_ACCESS_DENIED},
    {EPERM, ERROR_ACCESS_DENIED},
    {EISDIR, ERROR_ACCESS_DENIED},
    {EBADF, ERROR_ACCESS_DENIED},
    {EROFS, ERROR_WRITE_PROTECT},
    {ETXTBSY, ERROR_SHARING_VIOLATION},
    {ENOENT, ERROR_FILE_NOT_FOUND},
    {ENOTDIR, ERROR_PATH_NOT_FOUND},
    {EEXIST, ERROR_FILE_EXISTS},
    {ENOTEMPTY, ERROR_DIR_NOT_EMPTY},
    {EXDEV, ERROR_NOT_SAME_DEVICE},
    {EMFILE, ERROR_TOO_MANY_OPEN_FILES},
    {ENFILE, ERROR_TOO_MANY_OPEN_FILES},
    {ENOMEM, ERROR_NOT_ENOUGH_MEMORY},
    {ENOSPC, ERROR_DISK_FULL},
    {EDQUOT, ERROR_DISK_FULL},
    {EFBIG, ERROR_FILE_TOO_LARGE},
    {EINVAL, ERROR_INVALID_PARAMETER},
    {EFAULT, ERROR_NOACCESS},
    {EPIPE, ERROR_BROKEN_PIPE},
    {EIO, ERROR_IO_DEVICE},
    {ENXIO, ERROR_NOT_READY},
    {ENODEV, ERROR_DEV_NOT_EXIST},
    {EBUSY, ERROR_BUSY},
    {ENAMETOOLONG, ERROR_FILENAME_EXCED_RANGE},
    {ELOOP, ERROR_CANT_RESOLVE_FILENAME},
    {ESPIPE, ERROR_INVALID_FUNCTION},
    {EOPNOTSUPP, ERROR_NOT_SUPPORTED},
};

}  // namespace

native_path to_native(const std::string& name)
{
    if (name.empty()) {
        return {{}, ERROR_PATH_NOT_FOUND};
    }
    const bool local_device = name.starts_with("\\\\.\\") || name.starts_with("\\\\?\\");
    if (const char* device = device_path(std::string_view(name).substr(local_device ? 4 : 0))) {
        return {device, 0};
    }
    if (name.find('\\') == std::string::npos || access(name.c_str(), F_OK) == 0) {
        return {name, 0};
    }
    if (name.starts_with("\\\\")) {
        return {{}, local_device ? ERROR_FILE_NOT_FOUND : ERROR_BAD_NETPATH};
    }
    std::string path = name;
    std::ranges::replace(path, '\\', '/');
    return {path, 0};
}

std::string directory_of(const std::string& path)
{
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos) {
        return ".";
    }
    return path.substr(0, slash == 0 ? 1 : slash);
}

int file_error(int error) noexcept
{
    const auto* found =
        std::ranges::find_if(errors, [error](const error_pair& each) { return each.system == error; });
    return found != std::end(errors) ? found->win32 : ERROR_GEN_FAILURE;
}

int file_error(int error, const std::string& path)
{
    struct stat facts {};
    if (error == ENOENT && stat(directory_of(path).c_str(), &facts) != 0) {
        return ERROR_PATH_NOT_FOUND;
    }
    return file_error(error);
}

}  // namespace spindle::host
