// The Linux half of platform.hpp. Changes need a catalog file that can be written. See flock(2), rename(2), fsync(2).
#include "platform.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
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

// Of a file or a folder.
bool synchronise(const std::string& path) noexcept
{
    const int opened = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool done = opened >= 0 && fsync(opened) == 0;
    if (opened >= 0) {
        close(opened);
    }
    return done;
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

sole_use::sole_use(const std::string& file) : file_(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644))
{
    if (file_ >= 0) {
        const bool held = flock(static_cast<int>(file_), LOCK_EX | LOCK_NB) == 0;
        outcome_ = held ? outcome::held : errno == EWOULDBLOCK ? outcome::busy : outcome::failed;
    }
}

sole_use::~sole_use()
{
    if (file_ >= 0) {
        close(static_cast<int>(file_));
    }
}

bool replace_durably(const std::string& finished, const std::string& target)
{
    if (!synchronise(finished) || std::rename(finished.c_str(), target.c_str()) != 0) {
        return false;
    }
    (void)synchronise(folder_of(target));  // some file systems have nothing to synchronise and say so
    return true;
}

std::vector<std::string> command_line_words(int count, char** words)
{
    return {words + (count > 0 ? 1 : 0), words + count};
}

}  // namespace spindle::catalog_tool
