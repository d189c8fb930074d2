// Starting programs, their end, pipes to them and the search for them; marks of handles. Answers to the pages
// "CreateProcessW", "GetExitCodeProcess", "TerminateProcess", "CreatePipe", "SearchPathW", "SetHandleInformation".
#include <winsock2.h>

#include <shlobj.h>

#include <csignal>
#include <cstdlib>
#include <iterator>
#include <string>
#include <vector>

#include "kernel/kernel_fixture.hpp"
#include "kernel/temporary_directory.hpp"
#include "support/process_probe.hpp"

using namespace spindle::test;

namespace {

constexpr DWORD patient = 30000;

// A child, with its handles.
class child {
public:
    child() { startup.cb = sizeof startup; }
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child()
    {
        if (process.hProcess != nullptr) {
            CloseHandle(process.hProcess);
            CloseHandle(process.hThread);
        }
    }
    // 0 or the last error.
    DWORD start(std::string line, DWORD flags = 0, const char* directory = nullptr, void* variables = nullptr)
    {
        const BOOL inherit = (startup.dwFlags & STARTF_USESTDHANDLES) != 0;
        return error_of(CreateProcessA(nullptr, line.data(), nullptr, nullptr, inherit, flags, variables,
                                       directory, &startup, &process));
    }
    DWORD exit_code() const
    {
        DWORD code = 4711;
        CHECK(WaitForSingleObject(process.hProcess, patient) == WAIT_OBJECT_0);
        CHECK(GetExitCodeProcess(process.hProcess, &code) == TRUE);
        return code;
    }

    STARTUPINFOA startup{};
    PROCESS_INFORMATION process{};
};

// A pipe whose writing end children get as their output.
struct output_pipe {
    output_pipe()
    {
        SECURITY_ATTRIBUTES attributes{sizeof attributes, nullptr, TRUE};
        REQUIRE(CreatePipe(&reader, &writer, &attributes, 0) == TRUE);
        REQUIRE(SetHandleInformation(reader, HANDLE_FLAG_INHERIT, 0) == TRUE);
    }
    output_pipe(const output_pipe&) = delete;
    output_pipe& operator=(const output_pipe&) = delete;
    ~output_pipe() { CloseHandle(reader); }

    void give_to(child& started) const
    {
        started.startup.dwFlags = STARTF_USESTDHANDLES;
        started.startup.hStdOutput = writer;
        started.startup.hStdError = writer;
    }
    // All of it, when the last writer has gone.
    std::string text()
    {
        CloseHandle(writer);
        std::string all;
        char part[256];
        for (DWORD count = 0; ReadFile(reader, part, sizeof part, &count, nullptr) && count != 0;) {
            all.append(part, count);
        }
        return all;
    }

    HANDLE reader = nullptr;
    HANDLE writer = nullptr;
};

std::string output_of(const std::string& line, const char* directory = nullptr, void* variables = nullptr,
                      DWORD flags = 0)
{
    output_pipe pipe;
    child started;
    pipe.give_to(started);
    REQUIRE(started.start(line, flags, directory, variables) == 0);
    const std::string text = pipe.text();
    CHECK(started.exit_code() == 0);
    return text;
}

}  // namespace

TEST_CASE("a process that has been started is waited for and tells its exit code", "[kernel][process]")
{
    child started;
    REQUIRE(started.start("sh -c \"read line; exit 7\"") == 0);
    CHECK(GetProcessId(started.process.hProcess) == started.process.dwProcessId);
    CHECK(GetThreadId(started.process.hThread) == started.process.dwThreadId);
    CHECK(started.exit_code() == 7);
    DWORD code = 0;
    CHECK(GetExitCodeThread(started.process.hThread, &code) == TRUE);
    CHECK(code == 7);
    CHECK(poll(started.process.hThread) == WAIT_OBJECT_0);
}

TEST_CASE("TerminateProcess ends a child with the code it is given, once", "[kernel][process]")
{
    child started;
    REQUIRE(started.start("sleep 60", CREATE_NEW_PROCESS_GROUP) == 0);
    DWORD code = 0;
    CHECK(GetExitCodeProcess(started.process.hProcess, &code) == TRUE);
    CHECK(code == STILL_ACTIVE);
    CHECK(poll(started.process.hProcess) == WAIT_TIMEOUT);
    CHECK(TerminateProcess(started.process.hProcess, 4242) == TRUE);
    CHECK(started.exit_code() == 4242);
    CHECK(error_of(TerminateProcess(started.process.hProcess, 1)) == ERROR_ACCESS_DENIED);
    CHECK(error_of(TerminateProcess(no_such_handle(), 1)) == ERROR_INVALID_HANDLE);
    CHECK(error_of(GetExitCodeProcess(started.process.hProcess, nullptr)) == ERROR_NOACCESS);
    CHECK(GetExitCodeProcess(GetCurrentProcess(), &code) == TRUE);
    CHECK(code == STILL_ACTIVE);
    HANDLE made = nullptr;
    CHECK(error_of(DuplicateHandle(GetCurrentProcess(), started.process.hThread, started.process.hProcess,
                                   &made, 0, FALSE, 0)) == ERROR_NOT_SUPPORTED);
}

TEST_CASE("a signal that ends a child has the code of Windows' exception", "[kernel][process]")
{
    child started;
    REQUIRE(started.start("sh -c \"kill -SEGV $$\"") == 0);
    CHECK(started.exit_code() == 0xC0000005);
}

TEST_CASE("standard handles, environment, directory and arguments reach the child", "[kernel][process]")
{
    const temporary_directory place;
    char variables[] = "FIRST=one\0SECOND=two words\0";
    WCHAR wide_variables[] = {'F', 'I', 'R', 'S', 'T', '=', 0xE9, 0, 0};
    CHECK(output_of("/bin/sh -c \"echo $FIRST/$SECOND\"", nullptr, variables) == "one/two words\n");
    CHECK(output_of("/bin/sh -c \"echo $FIRST\"", nullptr, wide_variables, CREATE_UNICODE_ENVIRONMENT) ==
          "\u00e9\n");
    CHECK(output_of("pwd", place.path().c_str()) == place.path() + "\n");
    CHECK(output_of(R"(printf "%s|" a "b c" "d\"e" f\g "h\\" i"j k"l "" m""n "o""p")") ==
          R"(a|b c|d"e|f\g|h\|ij kl||mn|o"p|)");
    CHECK(output_of("sh.exe -c \"echo found\"") == "found\n");
}

TEST_CASE("a handle that is not marked for it is not the child's", "[kernel][process]")
{
    output_pipe pipe;
    child started;
    pipe.give_to(started);
    REQUIRE(SetHandleInformation(pipe.writer, HANDLE_FLAG_INHERIT, 0) == TRUE);
    REQUIRE(started.start("echo lost") == 0);
    CHECK(started.exit_code() == 0);
    CHECK(pipe.text().empty());
}

TEST_CASE("CreateProcess refuses what cannot be started", "[kernel][process]")
{
    const temporary_directory place;
    const std::string text = place.make("text", "no program");
    child started;
    CHECK(started.start("/no/such/program") == ERROR_FILE_NOT_FOUND);
    CHECK(started.start("no-such-program-anywhere x") == ERROR_FILE_NOT_FOUND);
    CHECK(started.start(text) == ERROR_ACCESS_DENIED);
    CHECK(started.start("sh", CREATE_SUSPENDED) == ERROR_NOT_SUPPORTED);
    CHECK(started.start("sh", CREATE_NEW_CONSOLE) == ERROR_NOT_SUPPORTED);
    CHECK(started.start("sh", 0x00100000) == ERROR_INVALID_PARAMETER);
    CHECK(started.start("sh", 0, text.c_str()) == ERROR_DIRECTORY);
    CHECK(started.start("") == ERROR_INVALID_PARAMETER);
    char line[] = "sh";
    CHECK(error_of(CreateProcessA(nullptr, line, nullptr, nullptr, FALSE, 0, nullptr, nullptr, nullptr,
                                  &started.process)) == ERROR_INVALID_PARAMETER);
    started.startup.dwFlags = STARTF_USESTDHANDLES;
    CHECK(error_of(CreateProcessA(nullptr, line, nullptr, nullptr, FALSE, 0, nullptr, nullptr,
                                  &started.startup, &started.process)) == ERROR_INVALID_PARAMETER);
    CHECK(started.process.hProcess == nullptr);
}

TEST_CASE("an application's name is a path, with or without .exe, and W forms take it too",
          "[kernel][process]")
{
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    PROCESS_INFORMATION process{};
    const WCHAR name[] = {'\\', 'b', 'i', 'n', '\\', 's', 'h', '.', 'e', 'x', 'e', 0};
    WCHAR line[] = {'s', 'h', ' ', '-', 'c', ' ', '"', 'e', 'x', 'i', 't', ' ', '3', '"', 0};
    REQUIRE(CreateProcessW(name, line, nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup, &process) ==
            TRUE);
    const object_handle kept(process.hProcess);
    CloseHandle(process.hThread);
    REQUIRE(WaitForSingleObject(kept, patient) == WAIT_OBJECT_0);
    DWORD code = 0;
    CHECK(GetExitCodeProcess(kept, &code) == TRUE);
    CHECK(code == 3);
}

TEST_CASE("children leave no descriptors behind", "[kernel][process]")
{
    const auto before = open_descriptors();
    CHECK(output_of("echo x") == "x\n");
    CHECK(open_descriptors() == before);
}

TEST_CASE("SearchPath finds files in a list and in the directories of programs", "[kernel][process]")
{
    const temporary_directory place;
    const std::string expected = place.make("settings.txt", "");
    const std::string list = "/no/such/place;" + place.path();
    char found[MAX_PATH];
    char* part = nullptr;
    CHECK(SearchPathA(list.c_str(), "settings", ".txt", MAX_PATH, found, &part) == expected.size());
    CHECK(found == expected);
    CHECK(std::string(part) == "settings.txt");
    CHECK(SearchPathA(list.c_str(), "settings.txt", nullptr, 4, found, &part) == expected.size() + 1);
    CHECK(SearchPathA(nullptr, "sh", nullptr, MAX_PATH, found, nullptr) != 0);
    CHECK(SearchPathA(list.c_str(), "settings.cfg", ".txt", MAX_PATH, found, &part) == 0);
    CHECK(GetLastError() == ERROR_FILE_NOT_FOUND);
}

TEST_CASE("marks of handles are kept, and one protects from closing", "[kernel][handle]")
{
    const HANDLE event = CreateEventA(nullptr, TRUE, FALSE, nullptr);
    DWORD flags = 99;
    CHECK(GetHandleInformation(event, &flags) == TRUE);
    CHECK(flags == 0);
    CHECK(SetHandleInformation(event, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE) ==
          TRUE);
    CHECK(error_of(CloseHandle(event)) == ERROR_INVALID_HANDLE);
    CHECK(GetHandleInformation(event, &flags) == TRUE);
    CHECK(flags == HANDLE_FLAG_PROTECT_FROM_CLOSE);
    CHECK(error_of(SetHandleInformation(event, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT)) ==
          ERROR_NOT_SUPPORTED);
    CHECK(error_of(SetHandleInformation(event, 0x80, 0)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of(GetHandleInformation(event, nullptr)) == ERROR_NOACCESS);
    CHECK(SetHandleInformation(event, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0) == TRUE);
    CHECK(CloseHandle(event) == TRUE);
    CHECK(error_of(GetHandleInformation(event, &flags)) == ERROR_INVALID_HANDLE);
    CHECK(error_of(SetHandleInformation(GetCurrentProcess(), 0, 0)) == ERROR_INVALID_HANDLE);
}

TEST_CASE("SHGetFolderPath knows the user's folders and no other ones", "[kernel][file]")
{
    const temporary_directory home;
    const environment_setting home_is("HOME", home.path().c_str());
    const environment_setting settings("XDG_CONFIG_HOME", home.file("settings").c_str());
    const environment_setting data("XDG_DATA_HOME", "");
    char path[MAX_PATH];
    CHECK(SHGetFolderPathA(nullptr, CSIDL_PROFILE, nullptr, SHGFP_TYPE_CURRENT, path) == S_OK);
    CHECK(path == home.path());
    CHECK(SHGetFolderPathA(nullptr, CSIDL_APPDATA, nullptr, 0, path) == S_FALSE);
    CHECK(*path == 0);
    CHECK(SHGetSpecialFolderPathA(nullptr, path, CSIDL_APPDATA, FALSE) == FALSE);
    CHECK(SHGetSpecialFolderPathA(nullptr, path, CSIDL_APPDATA, TRUE) == TRUE);
    CHECK(path == home.file("settings"));
    CHECK(SHGetFolderPathA(nullptr, CSIDL_LOCAL_APPDATA | CSIDL_FLAG_CREATE, nullptr, 0, path) == S_OK);
    CHECK(path == home.file(".local/share"));
    CHECK(std::filesystem::is_directory(path));
    std::ofstream(home.file("settings/user-dirs.dirs")) << "XDG_DOCUMENTS_DIR=\"$HOME/Papers\"\n";
    CHECK(SHGetFolderPathA(nullptr, CSIDL_PERSONAL | CSIDL_FLAG_DONT_VERIFY, nullptr, 0, path) == S_OK);
    CHECK(path == home.file("Papers"));
    CHECK(SHGetFolderPathA(nullptr, CSIDL_PROGRAM_FILES, nullptr, 0, path) == E_INVALIDARG);
    CHECK(SHGetSpecialFolderPathA(nullptr, path, CSIDL_WINDOWS, TRUE) == FALSE);
}
