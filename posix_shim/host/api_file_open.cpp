// Opening, deleting and looking at plain files by name. Transfers are in api_file_io.cpp, temporary names in
// api_file_temporary.cpp. Share modes are checked and not enforced: the system has no mandatory sharing.
// Attributes that the system cannot store are refused. Answers to the pages "CreateFileW", "DeleteFileW",
// "GetFileAttributesW", "CreateFile2".
#include "host/descriptor.hpp"
#include "host/file_name.hpp"
#include "host/full_path.hpp"
#include "host/kernel_objects.hpp"
#include "host/text_arguments.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace spindle;
using namespace spindle::host;

namespace {

constexpr DWORD reading = GENERIC_READ | GENERIC_ALL | FILE_READ_DATA;
constexpr DWORD writing = GENERIC_WRITE | GENERIC_ALL | FILE_WRITE_DATA;
constexpr DWORD sharing = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
// Hints, and what every file here has anyway.
constexpr DWORD attributes_without_effect = FILE_ATTRIBUTE_NORMAL | FILE_ATTRIBUTE_ARCHIVE |
                                            FILE_ATTRIBUTE_TEMPORARY | FILE_ATTRIBUTE_NOT_CONTENT_INDEXED;
constexpr DWORD attributes_refused =
    FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_OFFLINE | FILE_ATTRIBUTE_ENCRYPTED;
constexpr DWORD flags_known = FILE_FLAG_WRITE_THROUGH | FILE_FLAG_OVERLAPPED | FILE_FLAG_NO_BUFFERING |
                              FILE_FLAG_RANDOM_ACCESS | FILE_FLAG_SEQUENTIAL_SCAN |
                              FILE_FLAG_DELETE_ON_CLOSE | FILE_FLAG_BACKUP_SEMANTICS |
                              FILE_FLAG_POSIX_SEMANTICS;

struct open_request {
    DWORD access;
    DWORD disposition;
    DWORD flags;

    [[nodiscard]] bool reads() const noexcept { return (access & reading) != 0; }
    [[nodiscard]] bool writes() const noexcept { return (access & (writing | FILE_APPEND_DATA)) != 0; }
    [[nodiscard]] bool has(DWORD flag) const noexcept { return (flags & flag) != 0; }
};

int refusal(const open_request& request, DWORD share, HANDLE attribute_template) noexcept
{
    constexpr DWORD known =
        flags_known | attributes_without_effect | attributes_refused | FILE_ATTRIBUTE_READONLY;
    if ((share & ~sharing) != 0 || (request.flags & ~known) != 0 || request.disposition < CREATE_NEW ||
        request.disposition > TRUNCATE_EXISTING) {
        return ERROR_INVALID_PARAMETER;
    }
    if (request.disposition == TRUNCATE_EXISTING && (request.access & writing) == 0) {
        return ERROR_INVALID_PARAMETER;
    }
    const bool may_create = request.disposition != OPEN_EXISTING && request.disposition != TRUNCATE_EXISTING;
    if (may_create && (request.has(attributes_refused) || attribute_template != nullptr)) {
        return ERROR_NOT_SUPPORTED;
    }
    return 0;
}

int system_flags(const open_request& request) noexcept
{
    int flags = O_CLOEXEC | O_NOCTTY;
    if (request.writes()) {
        flags |= request.reads() ? O_RDWR : O_WRONLY;
    } else if (!request.reads() && request.disposition == OPEN_EXISTING) {
        flags |= O_PATH;  // no access but to the file's facts, which needs no permission on the file
    }
    if ((request.access & FILE_APPEND_DATA) != 0 && (request.access & writing) == 0) {
        flags |= O_APPEND;
    }
    flags |= request.has(FILE_FLAG_WRITE_THROUGH) ? O_DSYNC : 0;
    flags |= request.has(FILE_FLAG_NO_BUFFERING) ? O_DIRECT : 0;
    return flags;
}

int create_or_open(const char* path, int flags, int truncate, mode_t mode, bool& existed) noexcept
{
    int descriptor = open(path, flags | O_CREAT | O_EXCL, mode);
    if (descriptor >= 0 || errno != EEXIST) {
        return descriptor;
    }
    descriptor = open(path, flags | truncate);
    existed = descriptor >= 0;
    // There and not there: a symbolic link to nothing, or somebody deleted it just now.
    return existed || errno != ENOENT ? descriptor : open(path, flags | truncate | O_CREAT, mode);
}

int open_descriptor(const open_request& request, const char* path, bool& existed) noexcept
{
    const int flags = system_flags(request);
    const mode_t mode = request.has(FILE_ATTRIBUTE_READONLY) ? 0444 : 0666;
    switch (request.disposition) {
    case CREATE_NEW:
        return open(path, flags | O_CREAT | O_EXCL, mode);
    case CREATE_ALWAYS:
        return create_or_open(path, flags, O_TRUNC, mode, existed);
    case OPEN_ALWAYS:
        return create_or_open(path, flags, 0, mode, existed);
    case TRUNCATE_EXISTING:
        return open(path, flags | O_TRUNC);
    default:
        return open(path, flags);
    }
}

bool is_directory(int descriptor) noexcept
{
    struct stat facts {};
    return fstat(descriptor, &facts) == 0 && S_ISDIR(facts.st_mode);
}

void advise(const open_request& request, int descriptor) noexcept
{
    if (request.has(FILE_FLAG_SEQUENTIAL_SCAN)) {
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    } else if (request.has(FILE_FLAG_RANDOM_ACCESS)) {
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_RANDOM);
    }
}

HANDLE make_file(const open_request& request, descriptor& opened, const std::string& path)
{
    kernel::file_options options;
    options.readable = request.reads();
    options.writable = request.writes();
    options.overlapped = request.has(FILE_FLAG_OVERLAPPED);
    if (request.has(FILE_FLAG_DELETE_ON_CLOSE)) {
        // It must hold when the working directory changes.
        options.delete_on_close = resolved_path(path);
    }
    const kernel::object_ref<kernel::file> made(new kernel::file(opened.get(), std::move(options)));
    opened.detach();
    const HANDLE handle = handle_of(kernel::handles.add(*made));
    return handle != nullptr ? handle : fail(INVALID_HANDLE_VALUE, ERROR_NOT_ENOUGH_MEMORY);
}

HANDLE open_file(const std::string& name, const open_request& request)
{
    const native_path path = to_native(name);
    if (path.error != 0) {
        return fail(INVALID_HANDLE_VALUE, path.error);
    }
    bool existed = false;
    descriptor opened(open_descriptor(request, path.text.c_str(), existed));
    if (!opened) {
        return fail(INVALID_HANDLE_VALUE, file_error(errno, path.text));
    }
    if (!request.has(FILE_FLAG_BACKUP_SEMANTICS) && is_directory(opened.get())) {
        return fail(INVALID_HANDLE_VALUE, ERROR_ACCESS_DENIED);
    }
    advise(request, opened.get());
    const HANDLE handle = make_file(request, opened, path.text);
    const bool tells = request.disposition == CREATE_ALWAYS || request.disposition == OPEN_ALWAYS;
    if (handle != INVALID_HANDLE_VALUE && tells) {
        set_last_error(existed ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
    }
    return handle;
}

template <class Char>
HANDLE create_file(const Char* name, const open_request& request, DWORD share, const SECURITY_ATTRIBUTES* security,
                   HANDLE attribute_template) noexcept
{
    const int refused = name == nullptr ? ERROR_PATH_NOT_FOUND : refusal(request, share, attribute_template);
    if (refused != 0) {
        return fail(INVALID_HANDLE_VALUE, refused);
    }
    return memory_checked(INVALID_HANDLE_VALUE, [&] {
        const HANDLE opened = open_file(narrow_text(name), request);
        mark_inherited(opened, is_inherited(security));
        return opened;
    });
}

bool is_read_only(const struct stat& facts) noexcept
{
    return (facts.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0;
}

// What only the system would forbid on Windows is forbidden here too: a read-only file is not deleted.
template <class Char>
BOOL delete_file(const Char* name) noexcept
{
    if (name == nullptr) {
        return fail(FALSE, ERROR_PATH_NOT_FOUND);
    }
    return memory_checked(FALSE, [&]() -> BOOL {
        const native_path path = to_native(narrow_text(name));
        struct stat facts {};
        if (path.error != 0) {
            return fail(FALSE, path.error);
        }
        if (lstat(path.text.c_str(), &facts) != 0) {
            return fail(FALSE, file_error(errno, path.text));
        }
        if (S_ISDIR(facts.st_mode) || (S_ISREG(facts.st_mode) && is_read_only(facts))) {
            return fail(FALSE, ERROR_ACCESS_DENIED);
        }
        return unlink(path.text.c_str()) == 0 ? TRUE : fail(FALSE, file_error(errno, path.text));
    });
}

template <class Char>
DWORD file_attributes(const Char* name) noexcept
{
    if (name == nullptr) {
        return fail(INVALID_FILE_ATTRIBUTES, ERROR_PATH_NOT_FOUND);
    }
    return memory_checked(INVALID_FILE_ATTRIBUTES, [&] {
        const native_path path = to_native(narrow_text(name));
        struct stat facts {};
        if (path.error != 0) {
            return fail(INVALID_FILE_ATTRIBUTES, path.error);
        }
        if (stat(path.text.c_str(), &facts) != 0) {
            return fail(INVALID_FILE_ATTRIBUTES, file_error(errno, path.text));
        }
        const DWORD attributes = (S_ISDIR(facts.st_mode) ? FILE_ATTRIBUTE_DIRECTORY : 0u) |
                                 (is_read_only(facts) ? FILE_ATTRIBUTE_READONLY : 0u);
        return attributes != 0 ? attributes : DWORD{FILE_ATTRIBUTE_NORMAL};
    });
}

}  // namespace

HANDLE WINAPI CreateFileA(LPCSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                          LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition,
                          DWORD dwFlagsAndAttributes, HANDLE hTemplateFile)
{
    return create_file(lpFileName, {dwDesiredAccess, dwCreationDisposition, dwFlagsAndAttributes}, dwShareMode,
                       lpSecurityAttributes, hTemplateFile);
}

HANDLE WINAPI CreateFileW(LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                          LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition,
                          DWORD dwFlagsAndAttributes, HANDLE hTemplateFile)
{
    return create_file(lpFileName, {dwDesiredAccess, dwCreationDisposition, dwFlagsAndAttributes}, dwShareMode,
                       lpSecurityAttributes, hTemplateFile);
}

// Attributes and flags apart, otherwise CreateFile; dwSecurityQosFlags are for the server end of named pipes.
HANDLE WINAPI CreateFile2(LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode, DWORD dwCreationDisposition,
                          LPCREATEFILE2_EXTENDED_PARAMETERS pCreateExParams)
{
    const CREATEFILE2_EXTENDED_PARAMETERS none{sizeof none, FILE_ATTRIBUTE_NORMAL, 0, 0, nullptr, nullptr};
    const CREATEFILE2_EXTENDED_PARAMETERS& more = pCreateExParams != nullptr ? *pCreateExParams : none;
    constexpr DWORD attributes = attributes_without_effect | attributes_refused | FILE_ATTRIBUTE_READONLY;
    if (more.dwSize < sizeof more || (more.dwFileAttributes & ~attributes) != 0 || (more.dwFileFlags & attributes) != 0) {
        return fail(INVALID_HANDLE_VALUE, ERROR_INVALID_PARAMETER);
    }
    return create_file(lpFileName,
                       {dwDesiredAccess, dwCreationDisposition, more.dwFileAttributes | more.dwFileFlags}, dwShareMode,
                       more.lpSecurityAttributes, more.hTemplateFile);
}

BOOL WINAPI DeleteFileA(LPCSTR lpFileName)
{
    return delete_file(lpFileName);
}

BOOL WINAPI DeleteFileW(LPCWSTR lpFileName)
{
    return delete_file(lpFileName);
}

DWORD WINAPI GetFileAttributesA(LPCSTR lpFileName)
{
    return file_attributes(lpFileName);
}

DWORD WINAPI GetFileAttributesW(LPCWSTR lpFileName)
{
    return file_attributes(lpFileName);
}
