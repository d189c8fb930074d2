// What the process runs as: its command line, its program file, the computer's and the user's name. Answers to
// the pages "GetCommandLineW", "Parsing C++ command-line arguments", "GetModuleFileNameW", "GetComputerNameW",
// "GetUserNameW".
#include "host/module_path.hpp"
#include "host/modules.hpp"
#include "host/text_arguments.hpp"

#include <pwd.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

using namespace spindle::host;

namespace {

// An argument as it has to stand on a command line to be parsed into itself again: backslashes count only
// before a quotation mark.
std::string quoted(const std::string& argument)
{
    if (!argument.empty() && argument.find_first_of(" \t\"") == std::string::npos) {
        return argument;
    }
    std::string result = "\"";
    std::size_t backslashes = 0;
    for (const char letter : argument) {
        if (letter == '"') {
            result.append(backslashes + 1, '\\');
        }
        backslashes = letter == '\\' ? backslashes + 1 : 0;
        result += letter;
    }
    return result.append(backslashes, '\\') + '"';
}

std::string read_command_line()
{
    std::ifstream stream("/proc/self/cmdline", std::ios::binary);
    const std::string arguments{std::istreambuf_iterator<char>(stream), {}};
    std::string line;
    for (std::size_t position = 0; position < arguments.size();) {
        const std::string argument = arguments.c_str() + position;
        position += argument.size() + 1;
        line += (line.empty() ? "" : " ") + quoted(argument);
    }
    return line;
}

// Made at the first call and kept: the pointer belongs to the system and stays good.
template <class Char>
Char* command_line(std::atomic<Char*>& kept) noexcept
{
    return memory_checked(static_cast<Char*>(nullptr), [&] {
        Char* current = kept.load();
        if (current == nullptr) {
            const auto text = text_in<Char>(read_command_line());
            auto made = std::make_unique<Char[]>(text.size() + 1);
            copy_terminated<Char>(text, made.get(), text.size() + 1);
            if (kept.compare_exchange_strong(current, made.get())) {
                current = made.release();
            }
        }
        return current;
    });
}
constinit std::atomic<char*> narrow_command_line{nullptr};
constinit std::atomic<WCHAR*> wide_command_line{nullptr};

// Cut and terminated when the buffer is too small, and then an error though characters were written.
template <class Char>
DWORD module_file_name(HMODULE module, Char* buffer, DWORD size) noexcept
{
    if (buffer == nullptr || size == 0) {
        return fail(DWORD{0}, ERROR_INSUFFICIENT_BUFFER);
    }
    return memory_checked(DWORD{0}, [&] {
        const auto path = text_in<Char>(
            module == nullptr || module == modules::program() ? program_file() : modules::path_of(module));
        if (path.empty()) {
            return fail(DWORD{0}, ERROR_MOD_NOT_FOUND);
        }
        copy_terminated<Char>(path, buffer, size);
        if (path.size() >= size) {
            return fail(size, ERROR_INSUFFICIENT_BUFFER);
        }
        set_last_error(ERROR_SUCCESS);
        return static_cast<DWORD>(path.size());
    });
}

// The NetBIOS name that Windows makes of a host name: its first label in capitals, cut.
std::string computer_name()
{
    utsname system{};
    uname(&system);
    std::string name(system.nodename, std::strcspn(system.nodename, "."));
    name.resize(std::min<std::size_t>(name.size(), MAX_COMPUTERNAME_LENGTH));
    std::ranges::transform(name, name.begin(), [](char letter) {
        return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
    });
    return name;
}

std::string user_name()
{
    std::array<char, 4096> space{};
    passwd record{};
    passwd* found = nullptr;
    const int error = getpwuid_r(geteuid(), &record, space.data(), space.size(), &found);
    return error == 0 && found != nullptr ? record.pw_name : std::string();
}

// Both names come with the size in and out; they differ in the error and in whether the size out of a success
// counts the terminator.
template <class Char>
BOOL copy_name(const std::string& name, Char* buffer, DWORD* size, int too_small,
               DWORD counted_terminator) noexcept
{
    if (size == nullptr) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    return memory_checked(FALSE, [&]() -> BOOL {
        const auto text = text_in<Char>(name);
        const auto length = static_cast<DWORD>(text.size());
        if (buffer == nullptr || length >= *size) {
            *size = length + 1;
            return fail(FALSE, too_small);
        }
        copy_terminated<Char>(text, buffer, *size);
        *size = length + counted_terminator;
        return TRUE;
    });
}

template <class Char>
BOOL copy_computer_name(Char* buffer, DWORD* size) noexcept
{
    return memory_checked(FALSE,
                          [&] { return copy_name(computer_name(), buffer, size, ERROR_BUFFER_OVERFLOW, 0); });
}

template <class Char>
BOOL copy_user_name(Char* buffer, DWORD* size) noexcept
{
    return memory_checked(FALSE, [&] {
        const std::string name = user_name();
        return name.empty() ? fail(FALSE, ERROR_NONE_MAPPED)
                            : copy_name(name, buffer, size, ERROR_INSUFFICIENT_BUFFER, 1);
    });
}

}  // namespace

LPSTR WINAPI GetCommandLineA(void)
{
    return command_line(narrow_command_line);
}

LPWSTR WINAPI GetCommandLineW(void)
{
    return command_line(wide_command_line);
}

DWORD WINAPI GetModuleFileNameA(HMODULE hModule, LPSTR lpFilename, DWORD nSize)
{
    return module_file_name(hModule, lpFilename, nSize);
}

DWORD WINAPI GetModuleFileNameW(HMODULE hModule, LPWSTR lpFilename, DWORD nSize)
{
    return module_file_name(hModule, lpFilename, nSize);
}

BOOL WINAPI GetComputerNameA(LPSTR lpBuffer, LPDWORD nSize)
{
    return copy_computer_name(lpBuffer, nSize);
}

BOOL WINAPI GetComputerNameW(LPWSTR lpBuffer, LPDWORD nSize)
{
    return copy_computer_name(lpBuffer, nSize);
}

BOOL WINAPI GetUserNameA(LPSTR lpBuffer, LPDWORD pcbBuffer)
{
    return copy_user_name(lpBuffer, pcbBuffer);
}

BOOL WINAPI GetUserNameW(LPWSTR lpBuffer, LPDWORD pcbBuffer)
{
    return copy_user_name(lpBuffer, pcbBuffer);
}
