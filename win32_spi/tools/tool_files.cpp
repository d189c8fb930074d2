// Reading and replacing files, see tool_files.hpp.
#include "tool_files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace spindle::catalog_tool {

namespace {

std::filesystem::path file_path(const std::string& utf8)
{
    return std::u8string(utf8.begin(), utf8.end());
}

}  // namespace

file_outcome read_file(const std::string& path, std::string& content, std::size_t limit)
{
    std::error_code error;
    if (!std::filesystem::exists(file_path(path), error)) {
        return error ? file_outcome::failed : file_outcome::absent;
    }
    std::ifstream in(file_path(path), std::ios::binary);
    content.clear();
    char block[4096];
    while (in && content.size() < limit) {
        in.read(block, static_cast<std::streamsize>(std::min(sizeof block, limit - content.size())));
        content.append(block, static_cast<std::size_t>(in.gcount()));
    }
    return in.eof() || content.size() == limit ? file_outcome::done : file_outcome::failed;
}

bool replace_file(const std::string& path, const std::string& content)
{
    std::error_code error;
    const auto target = file_path(path);
    const auto made = file_path(path + ".new");
    if (target.has_parent_path()) {
        std::filesystem::create_directories(target.parent_path(), error);
    }
    std::ofstream out(made, std::ios::binary | std::ios::trunc);
    out << content;
    out.close();
    if (out) {
        std::filesystem::rename(made, target, error);
    }
    if (!out || error) {
        std::filesystem::remove(made, error);
        return false;
    }
    return true;
}

}  // namespace spindle::catalog_tool
