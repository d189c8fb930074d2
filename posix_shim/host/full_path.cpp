// Absolute paths, see full_path.hpp.
#include "host/full_path.hpp"

#include <cstdlib>
#include <memory>
#include <string_view>
#include <unistd.h>

namespace spindle::host {

std::string full_path(const std::string& path)
{
    std::string whole = path;
    if (path.empty() || path.front() != '/') {
        const std::unique_ptr<char, decltype(&::free)> directory(getcwd(nullptr, 0), &::free);
        if (!directory) {
            return {};
        }
        whole = std::string(directory.get()) + "/" + path;
    }
    std::string full;
    for (std::size_t position = 0; position <= whole.size();) {
        const auto end = std::min(whole.find('/', position), whole.size());
        const auto part = std::string_view(whole).substr(position, end - position);
        if (part == "..") {
            full.resize(full.empty() ? 0 : full.rfind('/'));
        } else if (!part.empty() && part != ".") {
            full.append(1, '/').append(part);
        }
        position = end + 1;
    }
    if (full.empty() || whole.back() == '/') {
        full.append(1, '/');
    }
    return full;
}

std::string resolved_path(const std::string& path)
{
    const std::unique_ptr<char, decltype(&::free)> resolved(realpath(path.c_str(), nullptr), &::free);
    return resolved ? resolved.get() : path;
}

}  // namespace spindle::host
