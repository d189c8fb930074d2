// The file that holds a catalog, as bytes: read whole, replaced whole, with one writer at a time. Knows nothing of what is
// in it. Answers to rename(2), flock(2).
#pragma once

#include "host/descriptor.hpp"

#include <string>
#include <string_view>

namespace spindle::host {

enum class file_state : unsigned char { read, absent, unreadable };
/// Reads the whole file; a file that is being replaced is read as it was or as it will be.
[[nodiscard]] file_state read_catalog_file(const std::string& path, std::string& content);

/// On return true the file has this content, for whoever opens it from now on; false: it is as it was.
[[nodiscard]] bool replace_catalog_file(const std::string& path, std::string_view content);

/// Keeps other writers of the file away, in this process and in others, while it lives. A process that ends gives it
/// back.
class catalog_file_lock {
public:
    enum class outcome : unsigned char { locked, busy, failed };
    /// `wait`: tries again for a few seconds while somebody else has it.
    catalog_file_lock(const std::string& path, bool wait);
    catalog_file_lock(const catalog_file_lock&) = delete;
    catalog_file_lock& operator=(const catalog_file_lock&) = delete;

    [[nodiscard]] outcome result() const noexcept { return outcome_; }

private:
    descriptor file_;
    outcome outcome_ = outcome::failed;
};

}  // namespace spindle::host
