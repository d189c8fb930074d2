// Environment, command line, program file and names; the process's end. Answers to the pages
// "GetEnvironmentVariableW", "ExpandEnvironmentStringsW", "GetCommandLineW", "GetModuleFileNameW",
// "GetComputerNameW", "SetErrorMode".
#include <winsock2.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "support/catch.hpp"
#include "support/process_probe.hpp"

using namespace spindle::test;

namespace {

std::string variable(const char* name)
{
    char text[100];
    const DWORD length = GetEnvironmentVariableA(name, text, sizeof text);
    return length == 0 ? "none, error " + std::to_string(GetLastError()) : std::string(text, length);
}

std::string expanded(const char* text)
{
    char result[100];
    const DWORD size = ExpandEnvironmentStringsA(text, result, sizeof result);
    CHECK(size == std::string(result).size() + 1);
    return result;
}

std::basic_string<WCHAR> wide(const std::string& ascii)
{
    return {ascii.begin(), ascii.end()};
}

}  // namespace

TEST_CASE("environment variables are set, read without regard to case, and deleted", "[kernel][environment]")
{
    CHECK(SetEnvironmentVariableA("Spindle_Test", "value") == TRUE);
    CHECK(std::string(getenv("Spindle_Test")) == "value");
    CHECK(variable("SPINDLE_TEST") == "value");
    CHECK(SetEnvironmentVariableW(wide("SPINDLE_test").c_str(), wide("other").c_str()) == TRUE);
    CHECK(std::string(getenv("Spindle_Test")) == "other");

    char text[6];
    CHECK(GetEnvironmentVariableA("Spindle_Test", text, 5) == 6);
    CHECK(GetEnvironmentVariableA("Spindle_Test", text, 6) == 5);
    CHECK(GetEnvironmentVariableA("Spindle_Test", nullptr, 0) == 6);
    WCHAR wide_text[6];
    CHECK(GetEnvironmentVariableW(wide("Spindle_Test").c_str(), wide_text, 6) == 5);
    CHECK(std::basic_string<WCHAR>(wide_text) == wide("other"));

    CHECK(SetEnvironmentVariableA("Spindle_Test", "") == TRUE);
    CHECK(GetEnvironmentVariableA("Spindle_Test", text, 6) == 0);
    CHECK(GetLastError() == NO_ERROR);
    CHECK(SetEnvironmentVariableA("Spindle_Test", nullptr) == TRUE);
    CHECK(variable("Spindle_Test") == "none, error 203");
    CHECK(SetEnvironmentVariableA("Spindle_Test", nullptr) == FALSE);
    CHECK(GetLastError() == ERROR_ENVVAR_NOT_FOUND);
    CHECK(SetEnvironmentVariableA("a=b", "x") == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(SetEnvironmentVariableA(nullptr, "x") == FALSE);
}

TEST_CASE("environment strings expand names and leave the rest", "[kernel][environment]")
{
    const environment_setting setting("SPINDLE_TEST", "value");
    CHECK(expanded("a %SPINDLE_TEST% b%spindle_test%") == "a value bvalue");
    CHECK(expanded("100% %SPINDLE_NO%%SPINDLE_TEST%") == "100% %SPINDLE_NO%value");
    CHECK(expanded("") == "");
    CHECK(ExpandEnvironmentStringsA("%SPINDLE_TEST%", nullptr, 0) == 6);
    WCHAR result[10];
    CHECK(ExpandEnvironmentStringsW(wide("%SPINDLE_TEST%").c_str(), result, 10) == 6);
    CHECK(std::basic_string<WCHAR>(result) == wide("value"));
}

TEST_CASE("the command line begins with the program and stays where it is", "[kernel][environment]")
{
    const char* line = GetCommandLineA();
    REQUIRE(line != nullptr);
    CHECK(std::string(line).find("kernel_base") != std::string::npos);
    CHECK(GetCommandLineA() == line);
    const WCHAR* wide_line = GetCommandLineW();
    REQUIRE(wide_line != nullptr);
    CHECK(std::basic_string<WCHAR>(wide_line) == wide(line));
}

TEST_CASE("the program's file is found, cut to the buffer", "[kernel][environment]")
{
    char path[1024];
    const DWORD length = GetModuleFileNameA(nullptr, path, sizeof path);
    CHECK(GetLastError() == ERROR_SUCCESS);
    CHECK(std::string(path).ends_with("/kernel_base"));
    CHECK(length == std::string(path).size());
    WCHAR wide_path[5];
    CHECK(GetModuleFileNameW(nullptr, wide_path, 5) == 5);
    CHECK(GetLastError() == ERROR_INSUFFICIENT_BUFFER);
    CHECK(std::basic_string<WCHAR>(wide_path) == wide(std::string(path, 4)));
    CHECK(GetModuleFileNameA(reinterpret_cast<HMODULE>(path), path, sizeof path) == 0);
    CHECK(GetLastError() == ERROR_MOD_NOT_FOUND);
}

TEST_CASE("computer and user have names, and too small buffers are told the size", "[kernel][environment]")
{
    char name[256];
    DWORD size = sizeof name;
    REQUIRE(GetComputerNameA(name, &size) == TRUE);
    CHECK(size == std::string(name).size());
    CHECK(size <= MAX_COMPUTERNAME_LENGTH);
    CHECK(std::none_of(name, name + size, [](unsigned char letter) { return std::islower(letter) != 0; }));
    DWORD small = size;
    CHECK(GetComputerNameA(name, &small) == FALSE);
    CHECK(GetLastError() == ERROR_BUFFER_OVERFLOW);
    CHECK(small == size + 1);

    size = sizeof name;
    if (GetUserNameA(name, &size) != FALSE) {
        CHECK(size == std::string(name).size() + 1);
        small = 1;
        CHECK(GetUserNameA(name, &small) == FALSE);
        CHECK(GetLastError() == ERROR_INSUFFICIENT_BUFFER);
        CHECK(small == size);
    } else {
        CHECK(GetLastError() == ERROR_NONE_MAPPED);
    }
}

TEST_CASE("the error mode is remembered, and debug output disturbs nothing", "[kernel][environment]")
{
    const UINT before = SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    CHECK(GetErrorMode() == (SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX));
    CHECK(SetErrorMode(before) == (SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX));
    OutputDebugStringA("nobody listens\n");
    OutputDebugStringW(nullptr);
}

// Run by the test below in a process of its own.
TEST_CASE("child: ExitProcess from a destructor's reach", "[.][exit]")
{
    struct noisy {
        noisy() = default;
        noisy(const noisy&) = delete;
        noisy& operator=(const noisy&) = delete;
        ~noisy() { std::abort(); }
    };
    static const noisy never_destroyed;
    ExitProcess(0x1203);
}

TEST_CASE("ExitProcess ends the process with its code and runs no destructors", "[kernel][environment]")
{
    CHECK(run_self({"[exit]"}) == 0x03);
}
