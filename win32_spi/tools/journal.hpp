// The record of changes that undo takes back: what was there before each of them and after. The file is replaced as a
// whole, and a change is in it before it begins, so that one that was broken off is found again.
#pragma once

#include "catalog_model.hpp"

namespace spindle::catalog_tool {

struct journal_record {
    std::string what;  // in words
    snapshot before;
    /// Empty: the change began and nobody knows how far it came.
    std::optional<snapshot> after;
};
using journal_records = std::vector<journal_record>;

[[nodiscard]] std::string journal_to_text(const journal_records& records);
/// Empty when the text is no journal or was cut off.
[[nodiscard]] std::optional<journal_records> journal_from_text(const std::string& text);

class journal {
public:
    explicit journal(std::string path) : path_(std::move(path)) {}

    /// Reads the file; one that is not there has no records. False: it cannot be read or is damaged.
    [[nodiscard]] bool load();
    /// False: the file is as it was.
    [[nodiscard]] bool save() const;

    [[nodiscard]] journal_records& records() noexcept { return records_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// The last change was broken off.
    [[nodiscard]] bool broken_off() const { return !records_.empty() && !records_.back().after; }

private:
    std::string path_;
    journal_records records_;
};

}  // namespace spindle::catalog_tool
