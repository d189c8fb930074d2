// Reading and replacing files, see tool_files.hpp.
#include "tool_files.hpp"

#include "platform.hpp"

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
    make_folder_of(path);
    const std::string made = path + ".new";
    std::ofstream out(file_path(made), std::ios::binary | std::ios::trunc);
    out << content;
    out.close();
    if (out && replace_durably(made, path)) {
        return true;
    }
    std::error_code ignored;
    std::filesystem::remove(file_path(made), ignored);
    return false;
}

void make_folder_of(const std::string& path)
{
    std::error_code ignored;  // what needs the folder finds out
    if (const auto target = file_path(path); target.has_parent_path()) {
        std::filesystem::create_directories(target.parent_path(), ignored);
    }
}

}  // namespace spindle::catalog_tool
