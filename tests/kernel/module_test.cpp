// Libraries by name, functions by name and ordinal, searches, terminals, versions. Answers to the pages "LoadLibraryW",
// "GetProcAddress", "GetModuleHandleExW", "FindFirstFileW", "GetFullPathNameW", "GetConsoleMode", "GetVersionExW".
#include <winsock2.h>
#include <ws2tcpip.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <set>
#include <string>

#include "kernel_fixture.hpp"
#include "temporary_directory.hpp"

using namespace spindle::test;

namespace {

template <class Function>
Function function_of(HMODULE module, const char* name)
{
    // By way of the type that the compiler lets be any function.
    return reinterpret_cast<Function>(reinterpret_cast<void (*)()>(GetProcAddress(module, name)));
}

// A terminal of the test's own: what the program sees, and the other end.
class own_terminal {
public:
    own_terminal() : other_end_(posix_openpt(O_RDWR | O_NOCTTY))
    {
        REQUIRE(grantpt(other_end_) == 0);
        REQUIRE(unlockpt(other_end_) == 0);
    }
    own_terminal(const own_terminal&) = delete;
    own_terminal& operator=(const own_terminal&) = delete;
    ~own_terminal() { close(other_end_); }

    [[nodiscard]] HANDLE open(DWORD access) const
    {
        return CreateFileA(ptsname(other_end_), access, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0,
                           nullptr);
    }
    [[nodiscard]] std::string shown() const
    {
        char text[256];
        const ssize_t length = read(other_end_, text, sizeof text);
        return {text, static_cast<std::size_t>(length > 0 ? length : 0)};
    }

private:
    int other_end_;
};

}  // namespace

TEST_CASE("the libraries of Windows are found by any path and case", "[kernel][module]")
{
    const HMODULE winsock = LoadLibraryA("ws2_32.dll");
    REQUIRE(winsock != nullptr);
    for (const char* name : {"WS2_32.DLL", "ws2_32", "C:\\Windows\\System32\\Ws2_32.dll", "/any/where/ws2_32.dll"}) {
        INFO(name);
        CHECK(LoadLibraryA(name) == winsock);
        CHECK(GetModuleHandleA(name) == winsock);
    }
    CHECK(LoadLibraryW(std::basic_string<WCHAR>({'w', 's', '2', '_', '3', '2'}).c_str()) == winsock);
    for (const char* name : {"mswsock", "kernel32", "user32", "iphlpapi", "wsock32"}) {
        INFO(name);
        const HMODULE other = LoadLibraryExA(name, nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
        CHECK(other != nullptr);
        CHECK(other != winsock);
    }
    CHECK(FreeLibrary(winsock) == TRUE);
    CHECK(LoadLibraryA("no_such_library.dll") == nullptr);
    CHECK(GetLastError() == ERROR_MOD_NOT_FOUND);
    CHECK(GetModuleHandleA("no_such_library.dll") == nullptr);
    CHECK(GetLastError() == ERROR_MOD_NOT_FOUND);
    CHECK(LoadLibraryA(nullptr) == nullptr);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
}

TEST_CASE("functions are found in the library that has them", "[kernel][module]")
{
    const HMODULE winsock = LoadLibraryA("ws2_32.dll");
    const HMODULE kernel = GetModuleHandleA("kernel32");
    const HMODULE old = LoadLibraryA("wsock32");
    CHECK(function_of<decltype(&::send)>(winsock, "send") == &::send);
    CHECK(function_of<decltype(&::recv)>(old, "recv") == &::recv);
    CHECK(function_of<decltype(&::WSAStartup)>(winsock, "WSAStartup") == &::WSAStartup);
    CHECK(function_of<decltype(&::getaddrinfo)>(winsock, "getaddrinfo") == &::getaddrinfo);
    CHECK(function_of<decltype(&::GetTickCount64)>(kernel, "GetTickCount64") == &::GetTickCount64);
    CHECK(function_of<decltype(&::WSAGetLastError)>(winsock, MAKEINTRESOURCEA(111)) == &::WSAGetLastError);
    CHECK(function_of<decltype(&::accept)>(winsock, MAKEINTRESOURCEA(1)) == &::accept);
    CHECK(GetProcAddress(LoadLibraryA("mswsock"), "AcceptEx") != nullptr);
    CHECK(GetProcAddress(LoadLibraryA("user32"), "wsprintfA") != nullptr);
    CHECK(GetProcAddress(LoadLibraryA("msvcrt"), "_stricmp") != nullptr);
    struct absent {
        HMODULE module;
        const char* name;
    };
    for (const auto& [module, name] :
         {absent{winsock, "GetTickCount64"}, absent{kernel, "send"}, absent{winsock, "WSANoSuchFunction"},
          absent{winsock, MAKEINTRESOURCEA(400)}, absent{winsock, "spindle_send"}, absent{old, "WSASocketW"},
          absent{LoadLibraryA("msvcrt"), "printf"}}) {
        SetLastError(0);
        CHECK(GetProcAddress(module, name) == nullptr);
        CHECK(GetLastError() == ERROR_PROC_NOT_FOUND);
    }
}

TEST_CASE("shared libraries are loaded, counted and given back", "[kernel][module]")
{
    const HMODULE mathematics = LoadLibraryA("libm.so.6");
    REQUIRE(mathematics != nullptr);
    const auto cosine = function_of<double (*)(double)>(mathematics, "cos");
    REQUIRE(cosine != nullptr);
    CHECK(cosine(0.0) == 1.0);
    CHECK(GetModuleHandleA("libm.so.6") == mathematics);
    char path[MAX_PATH];
    CHECK(GetModuleFileNameA(mathematics, path, sizeof path) != 0);
    CHECK(std::string(path).find("libm.so.6") != std::string::npos);
    HMODULE again = nullptr;
    CHECK(GetModuleHandleExA(0, "libm.so.6", &again) == TRUE);
    CHECK(again == mathematics);
    CHECK(FreeLibrary(mathematics) == TRUE);
    CHECK(FreeLibrary(mathematics) == TRUE);
    CHECK(FreeLibrary(mathematics) == FALSE);
    CHECK(GetLastError() == ERROR_MOD_NOT_FOUND);
    const temporary_directory directory;
    CHECK(LoadLibraryA(directory.make("no_library.so", "text").c_str()) == nullptr);
    CHECK(GetLastError() == ERROR_BAD_EXE_FORMAT);
}

TEST_CASE("a module is found by an address in it", "[kernel][module]")
{
    HMODULE found = nullptr;
    constexpr DWORD flags = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
    static const int here = 0;
    CHECK(GetModuleHandleExA(flags, reinterpret_cast<LPCSTR>(&here), &found) == TRUE);
    CHECK(found == GetModuleHandleA(nullptr));
    char path[MAX_PATH];
    char program[MAX_PATH];
    CHECK(GetModuleFileNameA(found, path, sizeof path) != 0);
    CHECK(GetModuleFileNameA(nullptr, program, sizeof program) != 0);
    CHECK(std::string(path) == program);
    CHECK(GetModuleHandleExA(0x100, nullptr, &found) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
}

TEST_CASE("FindFirstFile looks through a directory", "[kernel][module]")
{
    const temporary_directory directory;
    static_cast<void>(directory.make("one.log", "12345"));
    static_cast<void>(directory.make("Two.LOG", ""));
    static_cast<void>(directory.make("three.txt", ""));
    WIN32_FIND_DATAA data;
    const HANDLE search = FindFirstFileA((directory.path() + "\\*.log").c_str(), &data);
    REQUIRE(search != INVALID_HANDLE_VALUE);
    std::set<std::string> names;
    do {
        names.insert(data.cFileName);
        CHECK(data.nFileSizeLow == (std::string(data.cFileName) == "one.log" ? 5u : 0u));
        CHECK(data.ftLastWriteTime.dwHighDateTime > 0x01D00000);
    } while (FindNextFileA(search, &data));
    CHECK(GetLastError() == ERROR_NO_MORE_FILES);
    CHECK(names == std::set<std::string>{"one.log", "Two.LOG"});
    CHECK(FindClose(search) == TRUE);
    CHECK(FindClose(search) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(FindFirstFileA((directory.path() + "/*.none").c_str(), &data) == INVALID_HANDLE_VALUE);
    CHECK(GetLastError() == ERROR_FILE_NOT_FOUND);
    CHECK(FindFirstFileA("/no/such/directory/*", &data) == INVALID_HANDLE_VALUE);
    CHECK(GetLastError() == ERROR_PATH_NOT_FOUND);
}

TEST_CASE("GetFullPathName works on the text alone", "[kernel][module]")
{
    char path[MAX_PATH];
    char* part = nullptr;
    CHECK(GetFullPathNameA("/a\\.\\b/../file.c", sizeof path, path, &part) == 9);
    CHECK(std::string(path) == "/a/file.c");
    CHECK(std::string(part) == "file.c");
    CHECK(GetFullPathNameA("/a/b", 4, path, nullptr) == 5);
    CHECK(GetFullPathNameA("", sizeof path, path, nullptr) == 0);
}

TEST_CASE("a terminal is a console", "[kernel][module]")
{
    const own_terminal terminal;
    const object_handle input(terminal.open(GENERIC_READ));
    const object_handle output(terminal.open(GENERIC_WRITE));
    DWORD mode = 0;
    CHECK(GetConsoleMode(input, &mode) == TRUE);
    CHECK(mode == (ENABLE_PROCESSED_INPUT | ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT));
    CHECK(SetConsoleMode(input, ENABLE_PROCESSED_INPUT) == TRUE);
    CHECK(GetConsoleMode(input, &mode) == TRUE);
    CHECK(mode == ENABLE_PROCESSED_INPUT);
    CHECK(SetConsoleMode(input, ENABLE_ECHO_INPUT) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(GetConsoleMode(output, &mode) == TRUE);
    CHECK(SetConsoleMode(output, mode) == TRUE);
    DWORD written = 0;
    CHECK(WriteConsoleW(output, u"h\u00e9", 2, &written, nullptr) == TRUE);
    CHECK(written == 2);
    CHECK(terminal.shown() == "h\xc3\xa9");
    CHECK(SetConsoleTextAttribute(output, FOREGROUND_RED | FOREGROUND_INTENSITY | BACKGROUND_BLUE) == TRUE);
    CHECK(terminal.shown() == "\033[0;91;44m");
    CHECK(SetConsoleTextAttribute(output, 7) == TRUE);
    CHECK(terminal.shown() == "\033[0m");
    CHECK(SetConsoleCursorPosition(output, {4, 2}) == TRUE);
    CHECK(terminal.shown() == "\033[3;5H");
    const temporary_directory directory;
    const object_handle file(CreateFileA(directory.make("file", "x").c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr,
                                         OPEN_EXISTING, 0, nullptr));
    CHECK(GetConsoleMode(file, &mode) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(WriteConsoleA(file, "x", 1, &written, nullptr) == FALSE);
}

TEST_CASE("the version is what a program without a manifest is told", "[kernel][module]")
{
    OSVERSIONINFOA info{};
    CHECK(GetVersionExA(&info) == FALSE);
    info.dwOSVersionInfoSize = sizeof info;
    CHECK(GetVersionExA(&info) == TRUE);
    CHECK((info.dwMajorVersion == 6 && info.dwMinorVersion == 2 && info.dwPlatformId == VER_PLATFORM_WIN32_NT));
    CHECK(LOBYTE(LOWORD(GetVersion())) == 6);
    char directory[MAX_PATH];
    const UINT length = GetSystemDirectoryA(directory, sizeof directory);
    CHECK(length == std::string(directory).size());
    CHECK(access((std::string(directory) + "/libspindle_ws2_32.so.0").c_str(), R_OK) == 0);
    CHECK(LoadLibraryA((std::string(directory) + "\\ws2_32.dll").c_str()) == GetModuleHandleA("ws2_32"));
}

TEST_CASE("MulDiv rounds to the nearest", "[kernel][module]")
{
    CHECK(MulDiv(7, 3, 2) == 11);
    CHECK(MulDiv(-7, 3, 2) == -11);
    CHECK(MulDiv(7, -3, -4) == 5);
    CHECK(MulDiv(INT_MAX, 2, 1) == -1);
    CHECK(MulDiv(1, 1, 0) == -1);
}
