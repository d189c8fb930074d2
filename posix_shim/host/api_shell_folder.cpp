// Folders of the user by number. The home is the account's; the others are what the user's own settings and the XDG Base
// Directory Specification say. Answers to the pages "SHGetFolderPathW", "SHGetSpecialFolderPathW" and "CSIDL".
#pragma GCC visibility push(default)
#include <shlobj.h>
#pragma GCC visibility pop
#include "host/environment.hpp"
#include "host/text_arguments.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

using namespace spindle::host;

namespace {

struct folder {
    int number;
    const char* variable;  // which says where it is, if it is set; also the name in user-dirs.dirs
    bool user_directory;   // of xdg-user-dirs
    const char* in_home;   // where it is otherwise
};
constexpr folder folders[] = {{CSIDL_PROFILE, "", false, ""},
                              {CSIDL_APPDATA, "XDG_CONFIG_HOME", false, "/.config"},
                              {CSIDL_LOCAL_APPDATA, "XDG_DATA_HOME", false, "/.local/share"},
                              {CSIDL_PERSONAL, "XDG_DOCUMENTS_DIR", true, ""},
                              {CSIDL_DESKTOPDIRECTORY, "XDG_DESKTOP_DIR", true, "/Desktop"}};

std::string absolute_value(const char* variable)
{
    const auto value = environment::value_of(variable);
    return value && value->starts_with('/') ? *value : std::string();
}

std::string configuration(const std::string& home)
{
    const std::string set = absolute_value("XDG_CONFIG_HOME");
    return set.empty() ? home + "/.config" : set;
}

// A line of user-dirs.dirs: NAME="$HOME/yyy" or NAME="/yyy".
std::string user_directory(const std::string& home, const std::string& name)
{
    std::ifstream lines(configuration(home) + "/user-dirs.dirs");
    std::string value;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(name + "=\"") && line.size() > name.size() + 2 && line.back() == '"') {
            value = line.substr(name.size() + 2, line.size() - name.size() - 3);
        }
    }
    constexpr std::string_view home_name = "$HOME";
    if (value.starts_with(home_name)) {
        value = home + value.substr(home_name.size());
    }
    return value.starts_with('/') ? value : std::string();
}

// Empty: there is no such folder here.
std::string folder_path(int number)
{
    const auto* const found = std::ranges::find(folders, number, &folder::number);
    const std::string home = absolute_value("HOME");
    if (found == std::end(folders) || home.empty()) {
        return {};
    }
    std::string path = *found->variable == 0   ? std::string()
                       : found->user_directory ? user_directory(home, found->variable)
                                               : absolute_value(found->variable);
    return path.empty() ? home + found->in_home : path;
}

bool is_directory(const std::string& path)
{
    struct stat facts {};
    return stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

bool make_directories(const std::string& path)
{
    for (std::size_t end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1)) {
        mkdir(path.substr(0, end).c_str(), 0700);
    }
    mkdir(path.c_str(), 0700);
    return is_directory(path);
}

// S_FALSE: known and not there. The buffer has MAX_PATH characters, as both pages say.
template <class Char>
HRESULT write_folder(int number, Char* buffer)
{
    *buffer = 0;
    const std::string path = folder_path(number & ~CSIDL_FLAG_MASK);
    const auto text = text_in<Char>(path);
    if (path.empty() || text.size() >= MAX_PATH) {
        return E_INVALIDARG;
    }
    const bool there = (number & CSIDL_FLAG_CREATE) != 0 ? make_directories(path) : is_directory(path);
    if (!there && (number & CSIDL_FLAG_DONT_VERIFY) == 0) {
        return (number & CSIDL_FLAG_CREATE) != 0 ? E_FAIL : S_FALSE;
    }
    copy_terminated<Char>(text, buffer, MAX_PATH);
    return S_OK;
}

template <class Char>
HRESULT folder_of(int number, HANDLE token, DWORD kind, Char* buffer) noexcept
{
    if (buffer == nullptr || token != nullptr || kind > SHGFP_TYPE_DEFAULT) {
        return E_INVALIDARG;  // other users' folders are not known
    }
    const HRESULT short_of_memory = E_OUTOFMEMORY;
    return memory_checked(short_of_memory, [&] { return write_folder(number, buffer); });
}

template <class Char>
BOOL special_folder(int number, BOOL create, Char* buffer) noexcept
{
    const int wanted = (number & ~CSIDL_FLAG_MASK) | (create != FALSE ? CSIDL_FLAG_CREATE : 0);
    return folder_of(wanted, nullptr, SHGFP_TYPE_CURRENT, buffer) == S_OK ? TRUE : FALSE;
}

}  // namespace

BOOL WINAPI SHGetSpecialFolderPathA(HWND, LPSTR pszPath, int csidl, BOOL fCreate)
{
    return special_folder(csidl, fCreate, pszPath);
}

BOOL WINAPI SHGetSpecialFolderPathW(HWND, LPWSTR pszPath, int csidl, BOOL fCreate)
{
    return special_folder(csidl, fCreate, pszPath);
}

HRESULT WINAPI SHGetFolderPathA(HWND, int csidl, HANDLE hToken, DWORD dwFlags, LPSTR pszPath)
{
    return folder_of(csidl, hToken, dwFlags, pszPath);
}

HRESULT WINAPI SHGetFolderPathW(HWND, int csidl, HANDLE hToken, DWORD dwFlags, LPWSTR pszPath)
{
    return folder_of(csidl, hToken, dwFlags, pszPath);
}
