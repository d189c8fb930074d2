// Opening streams with Microsoft's mode strings, reading lines, what streams have beside libc. Answers to the pages
// "fopen, _wfopen", "fopen_s", "_fsopen", "freopen_s", "tmpfile_s", "_fdopen", "_fileno", "gets_s", "fread_s".
#include "crt/crt.hpp"

#include <cstdio>
#include <cstring>

using namespace spindle::crt;

namespace {

// What libc makes of a mode; empty when Microsoft's grammar does not have it. Text, caching and temporary files need
// nothing here; text of another encoding than UTF-8 is not to be had.
std::string native_mode(const char* mode)
{
    std::string native;
    for (; *mode != 0 && *mode != ','; ++mode) {
        if (std::strchr("rwa+x", *mode) != nullptr) {
            native += *mode;
        } else if (*mode == 'N') {
            native += 'e';
        } else if (std::strchr("btcnSRTD ", *mode) == nullptr) {
            return {};
        }
    }
    if (*mode == ',') {
        const char* encoding = mode + 1 + std::strspn(mode + 1, " ");
        if (strncasecmp(encoding, "ccs=", 4) != 0 || strcasecmp(encoding + 4, "UTF-8") != 0) {
            return {};
        }
    }
    const bool begins = !native.empty() && std::strchr("rwa", native[0]) != nullptr;
    return begins && native.find_first_of("rwa", 1) == std::string::npos ? native : std::string();
}

struct arguments {
    std::string path;
    std::string mode;
};

std::optional<arguments> native_arguments(const std::string& path, const char* mode)
{
    std::string native = native_mode(mode);
    auto name = native_path(path);
    if (native.empty()) {
        return invalid(std::optional<arguments>());
    }
    if (!name) {
        return std::nullopt;
    }
    return arguments{std::move(*name), std::move(native)};
}

FILE* open_stream(const std::string& path, const char* mode)
{
    const auto native = native_arguments(path, mode);
    return native ? std::fopen(native->path.c_str(), native->mode.c_str()) : nullptr;
}

template <class Char>
FILE* open_any(const Char* path, const Char* mode) noexcept
{
    if (path == nullptr || mode == nullptr || *mode == 0) {
        return invalid<FILE*>(nullptr);
    }
    return memory_checked<FILE*>(nullptr, [&] {
        return open_stream(spindle::host::narrow_text(path), spindle::host::narrow_text(mode).c_str());
    });
}

template <class Char>
errno_t open_checked(FILE** stream, const Char* path, const Char* mode) noexcept
{
    if (stream == nullptr) {
        return invalid_error();
    }
    *stream = open_any(path, mode);
    return *stream != nullptr ? 0 : errno;
}

}  // namespace

errno_t fopen_s(FILE** stream, const char* path, const char* mode)
{
    return open_checked(stream, path, mode);
}

errno_t _wfopen_s(FILE** stream, const WCHAR* path, const WCHAR* mode)
{
    return open_checked(stream, path, mode);
}

FILE* _wfopen(const WCHAR* path, const WCHAR* mode)
{
    return open_any(path, mode);
}

FILE* _fsopen(const char* path, const char* mode, int share)
{
    if (share != _SH_COMPAT && share != _SH_DENYRW && share != _SH_DENYWR && share != _SH_DENYRD &&
        share != _SH_DENYNO) {
        return invalid<FILE*>(nullptr);
    }
    return open_any(path, mode);
}

errno_t freopen_s(FILE** stream, const char* path, const char* mode, FILE* old)
{
    if (stream == nullptr) {
        return invalid_error();
    }
    *stream = nullptr;
    if (path == nullptr || mode == nullptr || old == nullptr) {
        return invalid_error();
    }
    *stream = memory_checked<FILE*>(nullptr, [&]() -> FILE* {
        const auto native = native_arguments(path, mode);
        return native ? std::freopen(native->path.c_str(), native->mode.c_str(), old) : nullptr;
    });
    return *stream != nullptr ? 0 : errno;
}

errno_t tmpfile_s(FILE** stream)
{
    if (stream == nullptr) {
        return invalid_error();
    }
    *stream = std::tmpfile();
    return *stream != nullptr ? 0 : errno;
}

FILE* _fdopen(int descriptor, const char* mode)
{
    if (mode == nullptr) {
        return invalid<FILE*>(nullptr);
    }
    return memory_checked<FILE*>(nullptr, [&]() -> FILE* {
        const std::string native = native_mode(mode);
        return native.empty() ? invalid<FILE*>(nullptr) : fdopen(descriptor, native.c_str());
    });
}

int _fileno(FILE* stream)
{
    return stream != nullptr ? fileno(stream) : invalid(-1);
}

// A line that does not fit is an invalid parameter; the rest of it has been read by then.
char* gets_s(char* target, rsize_t size)
{
    if (target == nullptr || size == 0) {
        return invalid<char*>(nullptr);
    }
    std::size_t length = 0;
    int letter = std::getchar();
    if (letter == EOF) {
        return nullptr;
    }
    for (; letter != EOF && letter != '\n'; letter = std::getchar()) {
        if (length < size) {
            target[length] = static_cast<char>(letter);
        }
        ++length;
    }
    if (length >= size) {
        target[0] = 0;
        return invalid<char*>(nullptr, ERANGE);
    }
    target[length] = 0;
    return target;
}

std::size_t fread_s(void* target, std::size_t size, std::size_t element, std::size_t count, FILE* stream)
{
    if (element == 0 || count == 0) {
        return 0;
    }
    if (target == nullptr || stream == nullptr) {
        return invalid(std::size_t{0});
    }
    if (count > size / element) {
        std::memset(target, 0, size);
        return invalid(std::size_t{0}, ERANGE);
    }
    return std::fread(target, element, count, stream);
}
