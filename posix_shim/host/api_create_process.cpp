// Starting programs. A process is a child of this one with its environment, its directory, and as standard handles what
// STARTUPINFO says or this process's own; windows, desktops and titles mean nothing here. What would need a console of its
// own, a debugger or a thread that has not begun is refused. Answers to the pages "CreateProcessW", "STARTUPINFOW",
// "Process Creation Flags", "Inheritance".
#include "host/command_line.hpp"
#include "host/descriptor.hpp"
#include "host/environment.hpp"
#include "host/file_name.hpp"
#include "host/kernel_objects.hpp"
#include "host/text_arguments.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <string_view>
#include <sys/stat.h>

using namespace spindle;
using namespace spindle::host;

namespace {

// Those without effect ask for what is so anyway: no windows, no jobs, no error mode that is inherited.
constexpr DWORD flags_taken = DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP | CREATE_UNICODE_ENVIRONMENT |
                              CREATE_NO_WINDOW | CREATE_BREAKAWAY_FROM_JOB | CREATE_DEFAULT_ERROR_MODE |
                              NORMAL_PRIORITY_CLASS;
constexpr DWORD flags_refused = DEBUG_PROCESS | DEBUG_ONLY_THIS_PROCESS | CREATE_SUSPENDED |
                                CREATE_NEW_CONSOLE | IDLE_PRIORITY_CLASS | HIGH_PRIORITY_CLASS |
                                REALTIME_PRIORITY_CLASS | BELOW_NORMAL_PRIORITY_CLASS |
                                ABOVE_NORMAL_PRIORITY_CLASS | EXTENDED_STARTUPINFO_PRESENT;

/// What a child is started with.
struct start_request {
    std::string program;
    std::vector<std::string> arguments;
    std::vector<std::string> variables;
    std::string directory;  // empty: this process's own
    DWORD flags = 0;
};

int refusal(DWORD flags) noexcept
{
    if ((flags & ~(flags_taken | flags_refused)) != 0) {
        return ERROR_INVALID_PARAMETER;
    }
    return (flags & flags_refused) != 0 ? ERROR_NOT_SUPPORTED : 0;
}

template <class Char>
std::vector<std::string> variables_of(const Char* block)
{
    std::vector<std::string> variables;
    while (*block != 0) {
        const std::basic_string_view<Char> entry(block);
        variables.push_back(narrow_text(block));
        block += entry.size() + 1;
    }
    return variables;
}

std::vector<std::string> variables_of(const void* block, DWORD flags)
{
    if (block == nullptr) {
        return environment::all();
    }
    return (flags & CREATE_UNICODE_ENVIRONMENT) != 0 ? variables_of(static_cast<const WCHAR*>(block))
                                                     : variables_of(static_cast<const char*>(block));
}

// Copies of the descriptors behind the handles, so that one takes no other's place. A handle that is none or that the
// child does not inherit: nothing, which for a program here is the null device.
int standard_descriptors(const std::array<HANDLE, 3>& handles, std::array<int, 3>& copies) noexcept
{
    for (std::size_t index = 0; index < handles.size(); ++index) {
        const std::uintptr_t value = handle_value(handles[index]);
        kernel::socket_entry socket;
        if (kernel::handles.find_socket(value, socket)) {
            return ERROR_NOT_SUPPORTED;  // what a socket's handle stands for is the provider's affair
        }
        const auto flags = kernel::handles.flags_of(value);
        const bool goes = flags && flags->inherited && file_of(handles[index]);
        copies[index] = goes ? kernel::duplicate_descriptor(value) : open("/dev/null", O_RDWR | O_CLOEXEC);
        if (copies[index] < 0) {
            return ERROR_TOO_MANY_OPEN_FILES;
        }
    }
    return 0;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string& each : texts) {
        pointers.push_back(each.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

class spawn_actions {
public:
    spawn_actions() noexcept { posix_spawn_file_actions_init(&native_); }
    spawn_actions(const spawn_actions&) = delete;
    spawn_actions& operator=(const spawn_actions&) = delete;
    ~spawn_actions() { posix_spawn_file_actions_destroy(&native_); }
    posix_spawn_file_actions_t* get() noexcept { return &native_; }

private:
    posix_spawn_file_actions_t native_{};
};

class spawn_attributes {
public:
    // Which signals this thread keeps away is its own affair.
    explicit spawn_attributes(DWORD flags) noexcept
    {
        sigset_t none;
        sigemptyset(&none);
        posix_spawnattr_init(&native_);
        posix_spawnattr_setsigmask(&native_, &none);
        const bool detached = (flags & DETACHED_PROCESS) != 0;  // from the terminal, which takes a session
        const bool group = !detached && (flags & CREATE_NEW_PROCESS_GROUP) != 0;
        posix_spawnattr_setflags(&native_, static_cast<short>(POSIX_SPAWN_SETSIGMASK |
                                                              (detached ? POSIX_SPAWN_SETSID : 0) |
                                                              (group ? POSIX_SPAWN_SETPGROUP : 0)));
    }
    spawn_attributes(const spawn_attributes&) = delete;
    spawn_attributes& operator=(const spawn_attributes&) = delete;
    ~spawn_attributes() { posix_spawnattr_destroy(&native_); }
    const posix_spawnattr_t* get() const noexcept { return &native_; }

private:
    posix_spawnattr_t native_{};
};

int start_error(int error, const std::string& program)
{
    switch (error) {
    case ENOEXEC:
        return ERROR_BAD_EXE_FORMAT;
    case E2BIG:
        return ERROR_FILENAME_EXCED_RANGE;
    case EAGAIN:
        return ERROR_NOT_ENOUGH_MEMORY;
    default:
        return file_error(error, program);
    }
}

/// Returns 0 and the child's id, or the Win32 error. `standard`: empty for this process's own descriptors.
int spawn(start_request& request, const std::array<int, 3>* standard, pid_t& child)
{
    spawn_actions actions;
    const spawn_attributes attributes(request.flags);
    if (!request.directory.empty()) {
        posix_spawn_file_actions_addchdir_np(actions.get(), request.directory.c_str());
    }
    for (int number = 0; standard != nullptr && number < 3; ++number) {
        posix_spawn_file_actions_adddup2(actions.get(), (*standard)[static_cast<std::size_t>(number)],
                                         number);
    }
    const auto arguments = pointers_to(request.arguments);
    const auto variables = pointers_to(request.variables);
    const int error = posix_spawn(&child, request.program.c_str(), actions.get(), attributes.get(),
                                  arguments.data(), variables.data());
    return error == 0 ? 0 : start_error(error, request.program);
}

/// Handles of a child that has been started; without both it must not go on.
int hand_out(kernel::process& child, PROCESS_INFORMATION& information) noexcept
{
    const std::uint32_t process = kernel::handles.add(child);
    const std::uint32_t thread = kernel::handles.add(child, first_thread_handle);
    if (process == 0 || thread == 0) {
        child.terminate(1);
        kernel::handles.remove(process, kernel::object_kind::process);
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    const auto id = static_cast<DWORD>(child.id());
    information = {handle_of(process), handle_of(thread), id, id};
    return 0;
}

int start(start_request& request, const std::array<HANDLE, 3>* standard, PROCESS_INFORMATION& information)
{
    const kernel::object_ref<kernel::process> made(new kernel::process(kernel::process::child{}));
    std::array<int, 3> copies{-1, -1, -1};
    int error = standard != nullptr ? standard_descriptors(*standard, copies) : 0;
    pid_t child = 0;
    if (error == 0) {
        error = spawn(request, standard != nullptr ? &copies : nullptr, child);
    }
    for (const int each : copies) {
        const descriptor closed(each);
    }
    if (error == 0 && !made->begin(child)) {
        error = ERROR_NOT_ENOUGH_MEMORY;
    }
    return error != 0 ? error : hand_out(*made, information);
}

/// A name alone is a path, of this directory if need be; a command line is searched for. 0 or the Win32 error.
template <class Char>
int describe(const Char* application, const Char* line, start_request& request)
{
    const std::string text = line != nullptr ? narrow_text(line) : std::string();
    if (application == nullptr && text.empty()) {
        return ERROR_INVALID_PARAMETER;
    }
    if (application != nullptr) {
        const std::string name = narrow_text(application);
        request.program = program_at(name);
        request.arguments = text.empty() ? std::vector<std::string>{name} : split_command_line(text);
        return request.program.empty() ? file_error(ENOENT, to_native(name).text) : 0;
    }
    request.program = find_program(text);
    request.arguments = split_command_line(text);
    return request.program.empty() ? ERROR_FILE_NOT_FOUND : 0;
}

template <class Char>
int set_directory(const Char* directory, start_request& request)
{
    if (directory == nullptr) {
        return 0;
    }
    const native_path path = to_native(narrow_text(directory));
    struct stat facts {};
    request.directory = path.text;
    return path.error == 0 && stat(path.text.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode)
               ? 0
               : ERROR_DIRECTORY;
}

template <class Char, class Startup>
BOOL create_process(const Char* application, const Char* line, BOOL inherit, DWORD flags, const void* block,
                    const Char* directory, const Startup* startup, PROCESS_INFORMATION* information) noexcept
{
    if (startup == nullptr || information == nullptr) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    if (const int error = refusal(flags); error != 0) {
        return fail(FALSE, error);
    }
    const bool own_handles = (startup->dwFlags & STARTF_USESTDHANDLES) != 0;
    if (own_handles && inherit == FALSE) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);  // "must be set to TRUE"
    }
    return memory_checked(FALSE, [&]() -> BOOL {
        const std::array<HANDLE, 3> handles{startup->hStdInput, startup->hStdOutput, startup->hStdError};
        start_request request;
        request.flags = flags;
        int error = describe(application, line, request);
        if (error == 0) {
            error = set_directory(directory, request);
        }
        if (error == 0) {
            request.variables = variables_of(block, flags);
            error = start(request, own_handles ? &handles : nullptr, *information);
        }
        return error == 0 ? TRUE : fail(FALSE, error);
    });
}

}  // namespace

BOOL WINAPI CreateProcessA(LPCSTR lpApplicationName, LPSTR lpCommandLine, LPSECURITY_ATTRIBUTES,
                           LPSECURITY_ATTRIBUTES, BOOL bInheritHandles, DWORD dwCreationFlags,
                           LPVOID lpEnvironment, LPCSTR lpCurrentDirectory, LPSTARTUPINFOA lpStartupInfo,
                           LPPROCESS_INFORMATION lpProcessInformation)
{
    return create_process<char>(lpApplicationName, lpCommandLine, bInheritHandles, dwCreationFlags,
                                lpEnvironment, lpCurrentDirectory, lpStartupInfo, lpProcessInformation);
}

BOOL WINAPI CreateProcessW(LPCWSTR lpApplicationName, LPWSTR lpCommandLine, LPSECURITY_ATTRIBUTES,
                           LPSECURITY_ATTRIBUTES, BOOL bInheritHandles, DWORD dwCreationFlags,
                           LPVOID lpEnvironment, LPCWSTR lpCurrentDirectory, LPSTARTUPINFOW lpStartupInfo,
                           LPPROCESS_INFORMATION lpProcessInformation)
{
    return create_process<WCHAR>(lpApplicationName, lpCommandLine, bInheritHandles, dwCreationFlags,
                                 lpEnvironment, lpCurrentDirectory, lpStartupInfo, lpProcessInformation);
}
