// Command lines and the search for programs, see command_line.hpp.
#include "host/command_line.hpp"

#include "host/environment.hpp"
#include "host/file_name.hpp"
#include "host/full_path.hpp"
#include "host/module_path.hpp"

#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

namespace spindle::host {

namespace {

constexpr std::string_view program_extension = ".exe";

bool is_space(char letter) noexcept
{
    return letter == ' ' || letter == '\t';
}

// The name of the program: quotes are quotes there and a backslash is itself.
std::string take_name(std::string_view line, std::size_t& position)
{
    std::string name;
    bool quoted = false;
    for (; position < line.size() && (quoted || !is_space(line[position])); ++position) {
        if (line[position] == '"') {
            quoted = !quoted;
        } else {
            name += line[position];
        }
    }
    return name;
}

// Backslashes before a quote: half of them stay, and an odd one makes the quote a letter.
bool take_backslashes(std::string_view line, std::size_t& position, std::string& argument)
{
    const std::size_t end = std::min(line.find_first_not_of('\\', position), line.size());
    const std::size_t count = end - position;
    const bool before_quote = end < line.size() && line[end] == '"';
    argument.append(before_quote ? count / 2 : count, '\\');
    position = end;
    return before_quote && count % 2 != 0;
}

std::string take_argument(std::string_view line, std::size_t& position)
{
    std::string argument;
    bool quoted = false;
    while (position < line.size() && (quoted || !is_space(line[position]))) {
        if (line[position] == '\\') {
            if (take_backslashes(line, position, argument)) {
                argument += line[position++];
            }
        } else if (line[position] != '"') {
            argument += line[position++];
        } else if (quoted && position + 1 < line.size() && line[position + 1] == '"') {
            argument += '"';  // two of them within quotes are one
            position += 2;
        } else {
            quoted = !quoted;
            ++position;
        }
    }
    return argument;
}

void skip_spaces(std::string_view line, std::size_t& position) noexcept
{
    while (position < line.size() && is_space(line[position])) {
        ++position;
    }
}

bool is_file(const std::string& path) noexcept
{
    struct stat facts {};
    return stat(path.c_str(), &facts) == 0 && !S_ISDIR(facts.st_mode);
}

bool ends_as_program(const std::string& name) noexcept
{
    return name.size() > program_extension.size() &&
           strcasecmp(name.c_str() + name.size() - program_extension.size(), program_extension.data()) == 0;
}

std::string without_extension(const std::string& name)
{
    return name.substr(0, name.size() - program_extension.size());
}

bool has_directory(const std::string& name) noexcept
{
    return name.find('/') != std::string::npos || name.find('\\') != std::string::npos;
}

std::string find_named_program(const std::string& name)
{
    const auto directories = search_directories();
    std::string found = find_file(directories, name, {});
    if (found.empty() && ends_as_program(name)) {
        found = find_file(directories, without_extension(name), {});
    }
    return found;
}

}  // namespace

std::vector<std::string> split_command_line(std::string_view line)
{
    std::vector<std::string> arguments;
    std::size_t position = 0;
    arguments.push_back(take_name(line, position));
    for (skip_spaces(line, position); position < line.size(); skip_spaces(line, position)) {
        arguments.push_back(take_argument(line, position));
    }
    return arguments;
}

std::vector<std::string> search_directories()
{
    std::vector<std::string> directories{directory_of(program_file()), "."};
    const std::string path = environment::value_of("PATH").value_or(std::string());
    for (std::size_t position = 0; position <= path.size();) {
        const std::size_t end = std::min(path.find(':', position), path.size());
        directories.push_back(path.substr(position, end - position));
        position = end + 1;
    }
    return directories;
}

std::string find_file(const std::vector<std::string>& directories, const std::string& name,
                      const std::string& extension)
{
    const std::size_t last_part = name.find_last_of("/\\") + 1;  // 0 when there is no separator
    const std::string whole = name.find('.', last_part) == std::string::npos ? name + extension : name;
    if (has_directory(whole)) {
        const native_path path = to_native(whole);
        return path.error == 0 && access(path.text.c_str(), F_OK) == 0 ? full_path(path.text) : std::string();
    }
    for (const std::string& each : directories) {
        const std::string path = (each.empty() ? "." : each) + "/" + whole;
        if (is_file(path)) {
            return full_path(path);
        }
    }
    return {};
}

std::string program_at(const std::string& path)
{
    const native_path exact = to_native(path);
    if (exact.error == 0 && access(exact.text.c_str(), F_OK) == 0) {
        return full_path(exact.text);
    }
    if (!ends_as_program(path)) {
        return {};
    }
    const native_path bare = to_native(without_extension(path));
    return bare.error == 0 && access(bare.text.c_str(), F_OK) == 0 ? full_path(bare.text) : std::string();
}

std::string find_program(std::string_view line)
{
    if (line.starts_with('"')) {
        const std::size_t end = std::min(line.find('"', 1), line.size());
        return find_named_program(std::string(line.substr(1, end - 1)));
    }
    for (std::size_t position = 0; position < line.size();) {
        position = std::min(line.find_first_of(" \t", position + 1), line.size());
        if (const std::string found = find_named_program(std::string(line.substr(0, position)));
            !found.empty()) {
            return found;
        }
    }
    return {};
}

}  // namespace spindle::host
