// Looking through directories. A search is an object of the handle table. Answers to the pages "FindFirstFileW",
// "FindNextFileW", "FindClose", "GetFullPathNameW", "GetLongPathNameW".
#include "host/directory_search.hpp"
#include "host/file_name.hpp"
#include "host/full_path.hpp"
#include "host/kernel_objects.hpp"
#include "host/text_arguments.hpp"
#include "kernel/file_time.hpp"

#include <unistd.h>

#include <cerrno>
#include <mutex>

using namespace spindle;
using namespace spindle::host;

namespace {

class file_search final : public kernel::object {
public:
    static constexpr kernel::object_kind static_kind = kernel::object_kind::file_search;

    explicit file_search(const std::string& path) : object(static_kind), search_(path) {}

    std::optional<found_file> next()
    {
        const std::lock_guard lock(mutex_);
        return search_.next();
    }
    [[nodiscard]] int error() const noexcept { return search_.error(); }

private:
    ~file_search() override = default;

    std::mutex mutex_;
    directory_search search_;
};

FILETIME file_time_of(const struct timespec& time) noexcept
{
    const auto since_epoch = std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    const auto units = static_cast<std::uint64_t>(
        (std::chrono::duration_cast<kernel::file_time_units>(since_epoch) + kernel::file_time_of_epoch).count());
    return {static_cast<DWORD>(units), static_cast<DWORD>(units >> 32)};
}

// Linux tells no time of creation here; the field is 0, as where a file system does not keep it.
template <class Data>
void fill(Data& data, const found_file& file)
{
    using Char = std::remove_reference_t<decltype(data.cFileName[0])>;
    const auto size = static_cast<std::uint64_t>(S_ISDIR(file.facts.st_mode) ? 0 : file.facts.st_size);
    data = Data{};
    data.dwFileAttributes = (S_ISDIR(file.facts.st_mode) ? FILE_ATTRIBUTE_DIRECTORY : 0) |
                            ((file.facts.st_mode & 0222u) == 0 ? FILE_ATTRIBUTE_READONLY : 0);
    if (data.dwFileAttributes == 0) {
        data.dwFileAttributes = FILE_ATTRIBUTE_NORMAL;
    }
    data.ftLastAccessTime = file_time_of(file.facts.st_atim);
    data.ftLastWriteTime = file_time_of(file.facts.st_mtim);
    data.nFileSizeHigh = static_cast<DWORD>(size >> 32);
    data.nFileSizeLow = static_cast<DWORD>(size);
    copy_terminated<Char>(text_in<Char>(file.name), data.cFileName, MAX_PATH);
}

template <class Char, class Data>
HANDLE find_first(const Char* name, Data* data) noexcept
{
    if (name == nullptr || data == nullptr) {
        return fail(INVALID_HANDLE_VALUE, ERROR_INVALID_PARAMETER);
    }
    return memory_checked(INVALID_HANDLE_VALUE, [&] {
        const native_path path = to_native(narrow_text(name));
        if (path.error != 0) {
            return fail(INVALID_HANDLE_VALUE, path.error);
        }
        const kernel::object_ref<file_search> search(new file_search(path.text));
        const auto file = search->next();
        if (!file) {
            return fail(INVALID_HANDLE_VALUE,
                        search->error() == 0 ? ERROR_FILE_NOT_FOUND
                        : search->error() == ENOENT ? ERROR_PATH_NOT_FOUND
                                                    : file_error(search->error()));
        }
        fill(*data, *file);
        const HANDLE handle = add_program_handle(*search);
        return handle != nullptr ? handle : fail(INVALID_HANDLE_VALUE, ERROR_NOT_ENOUGH_MEMORY);
    });
}

template <class Data>
BOOL find_next(HANDLE handle, Data* data) noexcept
{
    const auto search = object_of<file_search>(handle);
    if (!search || data == nullptr) {
        return fail(FALSE, search ? ERROR_INVALID_PARAMETER : ERROR_INVALID_HANDLE);
    }
    return memory_checked(FALSE, [&]() -> BOOL {
        const auto file = search->next();
        if (!file) {
            return fail(FALSE, search->error() == 0 ? ERROR_NO_MORE_FILES : file_error(search->error()));
        }
        fill(*data, *file);
        return TRUE;
    });
}

// The part behind the last separator; none for a directory that ends in one.
template <class Char>
DWORD full_path_name(const Char* name, DWORD size, Char* buffer, Char** part) noexcept
{
    if (part != nullptr) {
        *part = nullptr;
    }
    if (name == nullptr || *name == 0) {
        return fail(DWORD{0}, ERROR_INVALID_NAME);
    }
    return memory_checked(DWORD{0}, [&] {
        const native_path path = to_native(narrow_text(name));
        const std::string full = path.error == 0 ? full_path(path.text) : std::string();
        if (full.empty()) {
            return fail(DWORD{0}, path.error != 0 ? path.error : ERROR_PATH_NOT_FOUND);
        }
        const DWORD length = copy_or_tell_size(full, buffer, size);
        if (length < size && part != nullptr && full.back() != '/') {
            *part = buffer + text_in<Char>(full.substr(0, full.rfind('/') + 1)).size();
        }
        return length;
    });
}

// No file system here has short names: what exists is its own long name.
template <class Char>
DWORD long_path_name(const Char* name, Char* buffer, DWORD size) noexcept
{
    if (name == nullptr) {
        return fail(DWORD{0}, ERROR_INVALID_PARAMETER);
    }
    return memory_checked(DWORD{0}, [&] {
        const std::string given = narrow_text(name);
        const native_path path = to_native(given);
        if (path.error != 0) {
            return fail(DWORD{0}, path.error);
        }
        if (access(path.text.c_str(), F_OK) != 0) {
            return fail(DWORD{0}, file_error(errno, path.text));
        }
        return copy_or_tell_size(given, buffer, size);
    });
}

}  // namespace

HANDLE WINAPI FindFirstFileA(LPCSTR lpFileName, LPWIN32_FIND_DATAA lpFindFileData)
{
    return find_first(lpFileName, lpFindFileData);
}

HANDLE WINAPI FindFirstFileW(LPCWSTR lpFileName, LPWIN32_FIND_DATAW lpFindFileData)
{
    return find_first(lpFileName, lpFindFileData);
}

BOOL WINAPI FindNextFileA(HANDLE hFindFile, LPWIN32_FIND_DATAA lpFindFileData)
{
    return find_next(hFindFile, lpFindFileData);
}

BOOL WINAPI FindNextFileW(HANDLE hFindFile, LPWIN32_FIND_DATAW lpFindFileData)
{
    return find_next(hFindFile, lpFindFileData);
}

BOOL WINAPI FindClose(HANDLE hFindFile)
{
    return kernel::handles.remove(handle_value(hFindFile), kernel::object_kind::file_search)
               ? TRUE
               : fail(FALSE, ERROR_INVALID_HANDLE);
}

DWORD WINAPI GetFullPathNameA(LPCSTR lpFileName, DWORD nBufferLength, LPSTR lpBuffer, LPSTR* lpFilePart)
{
    return full_path_name(lpFileName, nBufferLength, lpBuffer, lpFilePart);
}

DWORD WINAPI GetFullPathNameW(LPCWSTR lpFileName, DWORD nBufferLength, LPWSTR lpBuffer, LPWSTR* lpFilePart)
{
    return full_path_name(lpFileName, nBufferLength, lpBuffer, lpFilePart);
}

DWORD WINAPI GetLongPathNameA(LPCSTR lpszShortPath, LPSTR lpszLongPath, DWORD cchBuffer)
{
    return long_path_name(lpszShortPath, lpszLongPath, cchBuffer);
}

DWORD WINAPI GetLongPathNameW(LPCWSTR lpszShortPath, LPWSTR lpszLongPath, DWORD cchBuffer)
{
    return long_path_name(lpszShortPath, lpszLongPath, cchBuffer);
}
