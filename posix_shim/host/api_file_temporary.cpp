// Where temporary files go and what they are called. Answers to the pages "GetTempPathW" and
// "GetTempFileNameW".
#include "host/file_name.hpp"
#include "host/text_arguments.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

using namespace spindle::host;

namespace {

// The page's variables after the system's own.
std::string temporary_directory()
{
    for (const char* name : {"TMPDIR", "TMP", "TEMP"}) {
        const char* value = secure_getenv(name);
        if (value != nullptr && *value != 0) {
            const std::string directory = value;
            return directory.ends_with('/') ? directory : directory + '/';
        }
    }
    return "/tmp/";
}

template <class Char>
DWORD temporary_path(DWORD size, Char* buffer) noexcept
{
    return memory_checked(DWORD{0}, [&] { return copy_or_tell_size(temporary_directory(), buffer, size); });
}

std::string numbered(const std::string& start, UINT number)
{
    char digits[16];
    std::snprintf(digits, sizeof digits, "%X.TMP", number);
    return start + digits;
}

// Creates the first free name from the time's number on; 0 and the last error when there is none.
UINT create_numbered(const std::string& start, std::string& path)
{
    struct timespec now {};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const UINT first = static_cast<UINT>(now.tv_nsec >> 8);
    for (UINT step = 0; step < 0x10000; ++step) {
        const UINT number = (first + step) & 0xFFFF;
        if (number == 0) {
            continue;
        }
        path = numbered(start, number);
        const int descriptor = open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
        if (descriptor >= 0) {
            close(descriptor);
            return number;
        }
        if (errno != EEXIST) {
            return fail(0u, file_error(errno, path));
        }
    }
    return fail(0u, ERROR_FILE_EXISTS);
}

template <class Char>
UINT temporary_name(const Char* directory, const Char* prefix, UINT unique, Char* buffer) noexcept
{
    constexpr std::size_t room_for_name = 14;
    if (directory == nullptr || buffer == nullptr) {
        return fail(0u, ERROR_INVALID_PARAMETER);
    }
    if (std::basic_string_view<Char>(directory).size() > MAX_PATH - room_for_name) {
        return fail(0u, ERROR_BUFFER_OVERFLOW);
    }
    return memory_checked(0u, [&] {
        const native_path place = to_native(narrow_text(directory));
        struct stat facts {};
        if (place.error != 0 || stat(place.text.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode)) {
            return fail(0u, ERROR_DIRECTORY);
        }
        const auto letters =
            prefix != nullptr ? std::basic_string<Char>(prefix).substr(0, 3) : std::basic_string<Char>();
        const std::string start =
            place.text + (place.text.ends_with('/') ? "" : "/") + narrow_text(letters.c_str());
        std::string path;
        const UINT number = (unique & 0xFFFF) != 0 ? unique & 0xFFFF : create_numbered(start, path);
        if (number != 0) {
            copy_terminated<Char>(text_in<Char>(numbered(start, number)), buffer, MAX_PATH);
        }
        return number;
    });
}

}  // namespace

DWORD WINAPI GetTempPathA(DWORD nBufferLength, LPSTR lpBuffer)
{
    return temporary_path(nBufferLength, lpBuffer);
}

DWORD WINAPI GetTempPathW(DWORD nBufferLength, LPWSTR lpBuffer)
{
    return temporary_path(nBufferLength, lpBuffer);
}

UINT WINAPI GetTempFileNameA(LPCSTR lpPathName, LPCSTR lpPrefixString, UINT uUnique, LPSTR lpTempFileName)
{
    return temporary_name(lpPathName, lpPrefixString, uUnique, lpTempFileName);
}

UINT WINAPI GetTempFileNameW(LPCWSTR lpPathName, LPCWSTR lpPrefixString, UINT uUnique, LPWSTR lpTempFileName)
{
    return temporary_name(lpPathName, lpPrefixString, uUnique, lpTempFileName);
}
