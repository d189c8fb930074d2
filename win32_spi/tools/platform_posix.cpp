// The Linux half of platform.hpp. Changes need a catalog file that can be written.
#include "platform.hpp"

#include <stdlib.h>
#include <unistd.h>

namespace spindle::catalog_tool {

namespace {

const char* catalog_file() noexcept
{
    const char* name = secure_getenv("SPINDLE_CATALOG");
    return name != nullptr && *name != 0 ? name : nullptr;
}

std::string folder_of(const std::string& path)
{
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

}  // namespace

std::string expanded_path(const std::string& path)
{
    std::string expanded;
    std::string::size_type position = 0;
    for (;;) {
        const auto open = path.find('%', position);
        const auto close = open == std::string::npos ? open : path.find('%', open + 1);
        if (close == std::string::npos) {
            return expanded + path.substr(position);
        }
        const char* value = secure_getenv(path.substr(open + 1, close - open - 1).c_str());
        expanded.append(path, position, (value != nullptr ? open : close) - position);
        expanded.append(value != nullptr ? value : "");
        position = close + (value != nullptr ? 1 : 0);
    }
}

bool is_absolute_path(const std::string& expanded)
{
    return expanded.starts_with('/');
}

std::string path_for_32_bit_programs(const std::string&)
{
    return {};
}

library_format native_library_format() noexcept
{
    return library_format::elf;
}

std::string reason_against_changes()
{
    if (catalog_file() == nullptr) {
        return "SPINDLE_CATALOG names no catalog file, and a process's own catalog ends with the process";
    }
    const std::string folder = folder_of(catalog_file());
    return access(folder.c_str(), W_OK) == 0 ? "" : "the folder of the catalog file cannot be written: " + folder;
}

std::string default_journal()
{
    return catalog_file() != nullptr ? std::string(catalog_file()) + ".journal" : std::string();
}

std::vector<std::string> command_line_words(int count, char** words)
{
    return {words + (count > 0 ? 1 : 0), words + count};
}

}  // namespace spindle::catalog_tool
