// The Windows half of platform.hpp. Changes need an elevated process, and the journal lies where only administrators write.
// Pages: "CreateFileW" (share modes, FILE_FLAG_DELETE_ON_CLOSE), "FlushFileBuffers", "MoveFileExW".
#include "platform.hpp"

#include "catalog_model.hpp"

#include <windows.h>

#include <shellapi.h>

#include <algorithm>

namespace spindle::catalog_tool {

namespace {

using wide_string = std::basic_string<WCHAR>;

bool starts_with_ignoring_case(const std::string& text, const std::string& beginning)
{
    const wide_string one = to_wide(text.substr(0, beginning.size()));
    const wide_string two = to_wide(beginning);
    return lstrcmpiW(one.c_str(), two.c_str()) == 0;
}

bool is_elevated() noexcept
{
    HANDLE token = nullptr;
    TOKEN_ELEVATION elevation{};
    DWORD size = 0;
    if (OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) == FALSE) {
        return false;
    }
    const BOOL told = GetTokenInformation(token, TokenElevation, &elevation, sizeof elevation, &size);
    CloseHandle(token);
    return told != FALSE && elevation.TokenIsElevated != 0;
}

HANDLE open_file(const std::string& path, DWORD disposition, DWORD flags) noexcept
{
    return CreateFileW(to_wide(path).c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, disposition, flags, nullptr);
}

}  // namespace

std::string expanded_path(const std::string& path)
{
    const wide_string given = to_wide(path);
    wide_string expanded(ExpandEnvironmentStringsW(given.c_str(), nullptr, 0), WCHAR{0});
    const DWORD length =
        ExpandEnvironmentStringsW(given.c_str(), expanded.data(), static_cast<DWORD>(expanded.size()));
    return length == 0 || length > expanded.size() ? path : to_utf8(expanded.c_str());
}

bool is_absolute_path(const std::string& expanded)
{
    const bool drive = expanded.size() > 2 && expanded[1] == ':' && (expanded[2] == '\\' || expanded[2] == '/');
    return drive || expanded.starts_with("\\\\");
}

std::string path_for_32_bit_programs(const std::string& expanded)
{
    const std::string folder = expanded_path("%SystemRoot%\\System32\\");
    return starts_with_ignoring_case(expanded, folder)
               ? expanded_path("%SystemRoot%\\SysWOW64\\") + expanded.substr(folder.size())
               : std::string();
}

library_format native_library_format() noexcept
{
    return library_format::pe;
}

std::string reason_against_changes()
{
    return is_elevated() ? "" : "this needs the rights of an administrator; start it from an elevated command prompt";
}

std::string default_journal()
{
    return expanded_path("%ProgramData%\\Spindle\\catalog.journal");
}

sole_use::sole_use(const std::string& file)
{
    const HANDLE opened = open_file(file, OPEN_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE);
    if (opened != INVALID_HANDLE_VALUE) {
        file_ = reinterpret_cast<std::intptr_t>(opened);
        outcome_ = outcome::held;
    } else if (GetLastError() == ERROR_SHARING_VIOLATION) {
        outcome_ = outcome::busy;
    }
}

sole_use::~sole_use()
{
    if (file_ != -1) {
        CloseHandle(reinterpret_cast<HANDLE>(file_));
    }
}

bool replace_durably(const std::string& finished, const std::string& target)
{
    const HANDLE opened = open_file(finished, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL);
    if (opened == INVALID_HANDLE_VALUE) {
        return false;
    }
    const BOOL flushed = FlushFileBuffers(opened);
    CloseHandle(opened);
    return flushed != FALSE && MoveFileExW(to_wide(finished).c_str(), to_wide(target).c_str(),
                                           MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) != FALSE;
}

std::vector<std::string> command_line_words(int, char**)
{
    int count = 0;
    LPWSTR* const given = CommandLineToArgvW(GetCommandLineW(), &count);
    std::vector<std::string> words;
    for (int index = 1; given != nullptr && index < count; ++index) {
        words.push_back(to_utf8(given[index]));
    }
    LocalFree(given);
    return words;
}

}  // namespace spindle::catalog_tool
