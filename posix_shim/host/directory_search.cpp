// Searches, see directory_search.hpp.
#include "host/directory_search.hpp"

#include "host/file_name.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

namespace spindle::host {

namespace {

char folded(char letter) noexcept
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
}

}  // namespace

// After a star the shortest match comes first; when it leads nowhere, the star takes one character more.
bool matches_pattern(std::string_view pattern, std::string_view name) noexcept
{
    std::size_t at = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    for (std::size_t position = 0; position < name.size();) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            resume = position;
        } else if (at < pattern.size() && (pattern[at] == '?' || folded(pattern[at]) == folded(name[position]))) {
            ++at;
            ++position;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            position = ++resume;
        } else {
            return false;
        }
    }
    while (at < pattern.size() && pattern[at] == '*') {
        ++at;
    }
    return at == pattern.size();
}

directory_search::directory_search(const std::string& path)
    : pattern_(path.substr(path.rfind('/') + 1)), directory_(opendir(directory_of(path).c_str()))
{
    if (!directory_) {
        error_ = errno;
    }
    if (pattern_ == "*.*") {
        pattern_ = "*";
    }
}

std::optional<found_file> directory_search::next()
{
    while (directory_) {
        errno = 0;
        const dirent* entry = readdir(directory_.get());
        if (entry == nullptr) {
            error_ = errno;
            break;
        }
        found_file found{entry->d_name, {}};
        const int folder = dirfd(directory_.get());
        if (matches_pattern(pattern_, found.name) &&
            (fstatat(folder, entry->d_name, &found.facts, 0) == 0 ||
             fstatat(folder, entry->d_name, &found.facts, AT_SYMLINK_NOFOLLOW) == 0)) {
            return found;
        }
    }
    return std::nullopt;
}

}  // namespace spindle::host
