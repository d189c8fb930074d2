// Library paths in UTF-8, see host/module_path.hpp.
#include "host/module_path.hpp"

#include "host/text.hpp"

#include <vector>

namespace spindle::host {

namespace {

wide_string file_of_module(HMODULE module)
{
    std::vector<WCHAR> path(MAX_PATH);
    for (;;) {
        const DWORD length = GetModuleFileNameW(module, path.data(), static_cast<DWORD>(path.size()));
        if (length < path.size()) {
            return {path.data(), length};
        }
        path.resize(path.size() * 2);
    }
}

}  // namespace

std::string beside_this_library(const char* file_name)
{
    static const char marker = 0;
    HMODULE self = nullptr;
    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                       reinterpret_cast<LPCWSTR>(&marker), &self);
    std::string directory = to_utf8(file_of_module(self));
    const auto slash = directory.find_last_of("\\/");
    directory.resize(slash == std::string::npos ? 0 : slash + 1);
    return directory + file_name;
}

std::string program_file()
{
    return to_utf8(file_of_module(nullptr));
}

// What follows the program's name, which may stand in quotation marks.
std::string program_arguments()
{
    const wide_view line = GetCommandLineW();
    const auto end = line.find(line.starts_with(L'"') ? L'"' : L' ', 1);
    const auto begin = end == wide_view::npos ? end : line.find_first_not_of(L' ', end + 1);
    return begin == wide_view::npos ? std::string() : to_utf8(line.substr(begin));
}

std::string expand_environment(const std::string& path)
{
    const wide_string wide = to_wide(path);
    std::vector<WCHAR> expanded(ExpandEnvironmentStringsW(wide.c_str(), nullptr, 0));
    const DWORD length =
        ExpandEnvironmentStringsW(wide.c_str(), expanded.data(), static_cast<DWORD>(expanded.size()));
    return length == 0 || length > expanded.size() ? path : to_utf8({expanded.data(), length - 1});
}

void* open_library(const std::string& path) noexcept
try {
    return LoadLibraryW(to_wide(expand_environment(path)).c_str());
} catch (...) {
    return nullptr;
}

void* find_function(void* library, const char* name) noexcept
{
    return reinterpret_cast<void*>(GetProcAddress(static_cast<HMODULE>(library), name));
}

void release_library(void* library) noexcept
{
    FreeLibrary(static_cast<HMODULE>(library));
}

}  // namespace spindle::host
