// Paths as text, and from relative to absolute. Both slashes separate; a letter and a colon at the front are a drive as
// text, which no file here has. Answers to the pages "_splitpath_s", "_makepath_s", "_fullpath".
#include "crt/crt.hpp"
#include "host/full_path.hpp"

#include <cstdlib>
#include <cstring>

using namespace spindle::crt;

namespace {

struct path_parts {
    std::string_view drive, directory, name, extension;
};

path_parts split(std::string_view path) noexcept
{
    path_parts parts;
    if (path.size() >= 2 && path[1] == ':') {
        parts.drive = path.substr(0, 2);
        path.remove_prefix(2);
    }
    const auto slash = path.find_last_of("/\\");
    const std::size_t start = slash == std::string_view::npos ? 0 : slash + 1;
    parts.directory = path.substr(0, start);
    path.remove_prefix(start);
    const auto dot = path.rfind('.');
    parts.name = path.substr(0, dot);
    parts.extension = dot == std::string_view::npos ? std::string_view() : path.substr(dot);
    return parts;
}

struct text_buffer {
    char* text;
    std::size_t size;
    std::string_view part;
};

std::string joined(const char* drive, const char* directory, const char* name, const char* extension)
{
    std::string path;
    if (drive != nullptr && *drive != 0) {
        path.append(1, *drive).append(1, ':');
    }
    if (directory != nullptr && *directory != 0) {
        path.append(directory);
        if (path.back() != '/' && path.back() != '\\') {
            path.append(1, path.find('/') != std::string::npos ? '/' : '\\');
        }
    }
    path.append(name != nullptr ? name : "");
    if (extension != nullptr && *extension != 0) {
        path.append(*extension != '.' ? "." : "").append(extension);
    }
    return path;
}

}  // namespace

errno_t _splitpath_s(const char* path, char* drive, std::size_t drive_size, char* directory, std::size_t directory_size,
                     char* name, std::size_t name_size, char* extension, std::size_t extension_size)
{
    const path_parts parts = split(path != nullptr ? path : "");
    const text_buffer buffers[] = {{drive, drive_size, parts.drive},
                                   {directory, directory_size, parts.directory},
                                   {name, name_size, parts.name},
                                   {extension, extension_size, parts.extension}};
    int error = path != nullptr ? 0 : EINVAL;
    for (const text_buffer& each : buffers) {
        error = (each.text == nullptr) != (each.size == 0) ? EINVAL : error;
    }
    for (const text_buffer& each : buffers) {
        error = error == 0 && each.text != nullptr && each.part.size() >= each.size ? ERANGE : error;
    }
    for (const text_buffer& each : buffers) {
        if (each.text != nullptr && each.size != 0) {
            spindle::host::copy_terminated<char>(error == 0 ? each.part : std::string_view(), each.text, each.size);
        }
    }
    if (error == ERANGE) {
        return fail(ERANGE, ERANGE);
    }
    return error == 0 ? 0 : invalid_error();
}

void _splitpath(const char* path, char* drive, char* directory, char* name, char* extension)
{
    const auto size = [](const char* text, std::size_t there) { return text != nullptr ? there : 0; };
    _splitpath_s(path, drive, size(drive, _MAX_DRIVE), directory, size(directory, _MAX_DIR), name,
                 size(name, _MAX_FNAME), extension, size(extension, _MAX_EXT));
}

errno_t _makepath_s(char* path, std::size_t size, const char* drive, const char* directory, const char* name,
                    const char* extension)
{
    if (path == nullptr || size == 0) {
        return invalid_error();
    }
    path[0] = 0;
    return memory_checked(ENOMEM, [&] {
        const std::string text = joined(drive, directory, name, extension);
        if (text.size() >= size) {
            return invalid_error(ERANGE);
        }
        std::memcpy(path, text.c_str(), text.size() + 1);
        return 0;
    });
}

void _makepath(char* path, const char* drive, const char* directory, const char* name, const char* extension)
{
    _makepath_s(path, _MAX_PATH, drive, directory, name, extension);
}

// Without an array the text is on the heap.
char* _fullpath(char* target, const char* path, std::size_t size)
{
    return memory_checked<char*>(nullptr, [&]() -> char* {
        const auto native = native_path(path != nullptr && *path != 0 ? path : ".");
        const std::string full = native ? spindle::host::full_path(*native) : std::string();
        if (full.empty()) {
            return nullptr;
        }
        char* text = target != nullptr ? target : static_cast<char*>(std::malloc(full.size() + 1));
        if (target != nullptr && full.size() >= size) {
            return fail<char*>(nullptr, ERANGE);
        }
        return text != nullptr ? std::strcpy(text, full.c_str()) : nullptr;
    });
}
