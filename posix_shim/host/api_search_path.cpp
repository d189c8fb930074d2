// The search for a file. Answers to the page "SearchPathW".
#include "host/command_line.hpp"
#include "host/file_name.hpp"
#include "host/text_arguments.hpp"

using namespace spindle::host;

namespace {

// The directories of a list for one search, which ';' separates on Windows and ':' here.
std::vector<std::string> listed(const std::string& list)
{
    std::vector<std::string> directories;
    for (std::size_t position = 0; position <= list.size();) {
        const std::size_t end = std::min(list.find_first_of(";:", position), list.size());
        const native_path each = to_native(list.substr(position, end - position));
        if (each.error == 0) {
            directories.push_back(each.text);
        }
        position = end + 1;
    }
    return directories;
}

template <class Char>
DWORD search_path(const Char* list, const Char* name, const Char* extension, DWORD size, Char* buffer,
                  Char** part) noexcept
{
    if (name == nullptr || *name == 0) {
        return fail(DWORD{0}, ERROR_INVALID_PARAMETER);
    }
    return memory_checked(DWORD{0}, [&] {
        const std::string found =
            find_file(list != nullptr ? listed(narrow_text(list)) : search_directories(), narrow_text(name),
                      extension != nullptr ? narrow_text(extension) : std::string());
        if (found.empty()) {
            return fail(DWORD{0}, ERROR_FILE_NOT_FOUND);
        }
        const DWORD length = copy_or_tell_size(found, buffer, size);
        if (length < size && buffer != nullptr && part != nullptr) {
            *part = buffer + text_in<Char>(found.substr(0, found.rfind('/') + 1)).size();
        }
        return length;
    });
}

}  // namespace

DWORD WINAPI SearchPathA(LPCSTR lpPath, LPCSTR lpFileName, LPCSTR lpExtension, DWORD nBufferLength,
                         LPSTR lpBuffer, LPSTR* lpFilePart)
{
    return search_path(lpPath, lpFileName, lpExtension, nBufferLength, lpBuffer, lpFilePart);
}

DWORD WINAPI SearchPathW(LPCWSTR lpPath, LPCWSTR lpFileName, LPCWSTR lpExtension, DWORD nBufferLength,
                         LPWSTR lpBuffer, LPWSTR* lpFilePart)
{
    return search_path(lpPath, lpFileName, lpExtension, nBufferLength, lpBuffer, lpFilePart);
}
