// Looking through a directory for the names of a pattern, in the order in which the system tells them. Answers to the
// pages "FindFirstFileW" and "_findfirst".
#pragma once

#include <sys/stat.h>

#include <dirent.h>

#include <memory>
#include <optional>
#include <string>

namespace spindle::host {

struct found_file {
    std::string name;
    struct stat facts;  // of what a symbolic link points to, when that is there
};

/// One thread at a time.
class directory_search {
public:
    /// The last part of the path is the pattern: `*` and `?` stand for any characters and any one, case does not
    /// matter, and "*.*" is every name.
    explicit directory_search(const std::string& path);

    /// Empty: no further file, or the directory could not be read, see error().
    [[nodiscard]] std::optional<found_file> next();
    /// An errno value, 0 when the directory was there.
    [[nodiscard]] int error() const noexcept { return error_; }

private:
    struct closer {
        void operator()(DIR* directory) const noexcept { closedir(directory); }
    };

    std::string pattern_;
    std::unique_ptr<DIR, closer> directory_;
    int error_ = 0;
};

/// Whether the name is one of the pattern's.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view name) noexcept;

}  // namespace spindle::host
