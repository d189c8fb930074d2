// Making, leaving and removing directories, and looking through them. Answers to the pages "_mkdir, _wmkdir", "_rmdir",
// "_chdir", "_getcwd", "_findfirst, _findfirst64", "_findnext", "_findclose".
#include "crt/crt.hpp"
#include "host/directory_search.hpp"

#include <climits>
#include <cstdlib>
#include <memory>
#include <unistd.h>

using namespace spindle;
using namespace spindle::crt;

namespace {

template <class Char, class Call>
int with_path(const Char* path, Call call) noexcept
{
    if (path == nullptr) {
        return invalid(-1);
    }
    return memory_checked(-1, [&] {
        const auto native = native_path(host::narrow_text(path));
        return native ? call(native->c_str()) : -1;
    });
}

template <class Char>
int make(const Char* path) noexcept
{
    return with_path(path, [](const char* name) { return mkdir(name, 0777); });
}

template <class Found>
int fill(Found* target, const host::found_file& file) noexcept
{
    using size = decltype(target->size);
    if (sizeof(size) == 4 && file.facts.st_size > UINT_MAX) {
        return fail(-1, EOVERFLOW);
    }
    target->attrib = (S_ISDIR(file.facts.st_mode) ? _A_SUBDIR : _A_NORMAL) |
                     ((file.facts.st_mode & 0222u) == 0 ? _A_RDONLY : _A_NORMAL);
    target->time_create = -1;  // as where a file system does not keep it
    target->time_access = file.facts.st_atime;
    target->time_write = file.facts.st_mtime;
    target->size = static_cast<size>(file.facts.st_size);
    host::copy_terminated<char>(file.name, target->name, sizeof target->name);
    return 0;
}

template <class Found>
int next(host::directory_search& search, Found* found)
{
    const auto file = search.next();
    return file ? fill(found, *file) : fail(-1, ENOENT);
}

template <class Found>
std::intptr_t first(const char* pattern, Found* found) noexcept
{
    if (pattern == nullptr || found == nullptr) {
        return invalid(std::intptr_t{-1});
    }
    return memory_checked(std::intptr_t{-1}, [&]() -> std::intptr_t {
        const auto path = native_path(pattern);
        if (!path) {
            return -1;
        }
        auto search = std::make_unique<host::directory_search>(*path);
        return next(*search, found) == 0 ? reinterpret_cast<std::intptr_t>(search.release()) : -1;
    });
}

host::directory_search* search_of(std::intptr_t handle) noexcept
{
    return handle != -1 ? reinterpret_cast<host::directory_search*>(handle) : nullptr;
}

template <class Found>
int following(std::intptr_t handle, Found* found) noexcept
{
    host::directory_search* search = search_of(handle);
    if (search == nullptr || found == nullptr) {
        return invalid(-1);
    }
    return memory_checked(-1, [&] { return next(*search, found); });
}

}  // namespace

int _mkdir(const char* path)
{
    return make(path);
}

int _wmkdir(const WCHAR* path)
{
    return make(path);
}

int _rmdir(const char* path)
{
    return with_path(path, [](const char* name) { return rmdir(name); });
}

int _chdir(const char* path)
{
    return with_path(path, [](const char* name) { return chdir(name); });
}

// Without an array the text is on the heap, in at least `size` characters.
char* _getcwd(char* target, int size)
{
    if (target != nullptr) {
        return size > 0 ? getcwd(target, static_cast<std::size_t>(size)) : invalid<char*>(nullptr);
    }
    const std::unique_ptr<char, decltype(&::free)> path(getcwd(nullptr, 0), &::free);
    if (!path) {
        return nullptr;
    }
    const std::size_t length = std::strlen(path.get()) + 1;
    const std::size_t least = size > 0 ? static_cast<std::size_t>(size) : 0;
    char* copy = static_cast<char*>(std::malloc(length > least ? length : least));
    return copy != nullptr ? std::strcpy(copy, path.get()) : nullptr;
}

std::intptr_t _findfirst64i32(const char* pattern, struct _finddata64i32_t* found)
{
    return first(pattern, found);
}

std::intptr_t _findfirst64(const char* pattern, struct __finddata64_t* found)
{
    return first(pattern, found);
}

int _findnext64i32(std::intptr_t search, struct _finddata64i32_t* found)
{
    return following(search, found);
}

int _findnext64(std::intptr_t search, struct __finddata64_t* found)
{
    return following(search, found);
}

int _findclose(std::intptr_t search)
{
    if (search_of(search) == nullptr) {
        return invalid(-1);
    }
    delete search_of(search);
    return 0;
}
