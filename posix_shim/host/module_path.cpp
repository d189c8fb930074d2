// Library paths, see module_path.hpp.
#include "host/module_path.hpp"

#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <vector>

namespace spindle::host {

std::string beside_this_library(const char* file_name)
{
    Dl_info info{};
    static const char marker = 0;
    if (dladdr(&marker, &info) == 0 || info.dli_fname == nullptr) {
        return file_name;
    }
    const std::unique_ptr<char, decltype(&::free)> absolute(realpath(info.dli_fname, nullptr), &::free);
    // The name as loaded first: an installation may link to each library from a directory of its own.
    std::string directory = info.dli_fname[0] == '/' || !absolute ? info.dli_fname : absolute.get();
    const auto slash = directory.rfind('/');
    directory.resize(slash == std::string::npos ? 0 : slash + 1);
    return directory + file_name;
}

std::string expand_environment(const std::string& path)
{
    std::string expanded;
    std::string::size_type position = 0;
    while (position < path.size()) {
        const auto open = path.find('%', position);
        const auto close = open == std::string::npos ? open : path.find('%', open + 1);
        if (close == std::string::npos) {
            break;
        }
        const std::string name = path.substr(open + 1, close - open - 1);
        const char* value = name.empty() ? nullptr : secure_getenv(name.c_str());
        if (value == nullptr) {
            // The second sign may open the next name.
            expanded.append(path, position, close - position);
            position = close;
        } else {
            expanded.append(path, position, open - position).append(value);
            position = close + 1;
        }
    }
    return expanded.append(path, position);
}

std::string program_file()
{
    std::vector<char> path(256);
    for (;;) {
        const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
        if (length < 0) {
            return {};
        }
        if (static_cast<std::size_t>(length) < path.size()) {
            return {path.data(), static_cast<std::size_t>(length)};
        }
        path.resize(path.size() * 2);
    }
}

std::string program_arguments()
{
    std::ifstream source("/proc/self/cmdline", std::ios::binary);
    std::string name;
    std::string arguments;
    std::string each;
    std::getline(source, name, '\0');
    while (std::getline(source, each, '\0')) {
        arguments.append(arguments.empty() ? "" : " ").append(each);
    }
    return arguments;
}

void* open_library(const std::string& path) noexcept
try {
    return dlopen(expand_environment(path).c_str(), RTLD_NOW | RTLD_LOCAL);
} catch (...) {
    return nullptr;
}

void* find_function(void* library, const char* name) noexcept
{
    return dlsym(library, name);
}

void release_library(void* library) noexcept
{
    dlclose(library);
}

}  // namespace spindle::host
