// Files as spindle-catalog reads and writes them, by paths in UTF-8.
#pragma once

#include <string>

namespace spindle::catalog_tool {

enum class file_outcome : unsigned char { done, absent, failed };
/// At most `limit` bytes from the beginning.
[[nodiscard]] file_outcome read_file(const std::string& path, std::string& content, std::size_t limit = ~std::size_t{0});

/// A new file takes the place of the old one, in a folder that is made if need be. False: the old one is there still.
[[nodiscard]] bool replace_file(const std::string& path, const std::string& content);

/// The folder that the path's file is to be in, if it is not there.
void make_folder_of(const std::string& path);

}  // namespace spindle::catalog_tool
