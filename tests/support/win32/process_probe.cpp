// The Windows half of process_probe.hpp. Pages: "Toolhelp Functions", "GetThreadTimes function", "GetProcessHandleCount
// function", "NtQuerySystemInformation function".
#include "support/process_probe.hpp"

#include <winsock2.h>

#include <tlhelp32.h>
#include <winternl.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace spindle::test {
namespace {

/// SystemExtendedHandleInformation: every open handle of the system. The only way to the values; Wine 8.0 has not even the
/// count of a process elsewhere (its GetProcessHandleCount answers 0).
struct handle_entry {
    PVOID object;
    ULONG_PTR process;
    ULONG_PTR handle;
    ULONG access;
    USHORT creator;
    USHORT type;
    ULONG attributes;
    ULONG reserved;
};

struct handle_list {
    ULONG_PTR count;
    ULONG_PTR reserved;
    handle_entry entries[1];
};

using query_function = NTSTATUS(NTAPI*)(ULONG, PVOID, ULONG, PULONG);

std::vector<ULONG_PTR> read_handles()
{
    constexpr ULONG extended_handle_information = 64;
    constexpr NTSTATUS too_short = static_cast<NTSTATUS>(0xC0000004);
    static const auto query = reinterpret_cast<query_function>(
        reinterpret_cast<void*>(::GetProcAddress(::GetModuleHandleA("ntdll.dll"), "NtQuerySystemInformation")));
    std::vector<ULONG_PTR> buffer(32 * 1024);
    for (;;) {
        ULONG bytes = 0;
        const auto room = static_cast<ULONG>(buffer.size() * sizeof buffer.front());
        const NTSTATUS status = query(extended_handle_information, buffer.data(), room, &bytes);
        if (status == 0) {
            return buffer;
        }
        if (status != too_short) {
            throw std::runtime_error("the system does not list its handles");
        }
        buffer.resize(buffer.size() * 2);
    }
}

HANDLE as_handle(int number)
{
    return reinterpret_cast<HANDLE>(static_cast<std::intptr_t>(number));
}

[[noreturn]] void fail(const char* what)
{
    throw std::system_error(static_cast<int>(::GetLastError()), std::system_category(), what);
}

struct closing_handle {
    HANDLE value;
    explicit closing_handle(HANDLE handle) : value(handle) {}
    closing_handle(const closing_handle&) = delete;
    closing_handle& operator=(const closing_handle&) = delete;
    ~closing_handle() { ::CloseHandle(value); }
};

ULONG64 time_used(HANDLE thread)
{
    FILETIME begun{};
    FILETIME ended{};
    FILETIME kernel{};
    FILETIME user{};
    if (::GetThreadTimes(thread, &begun, &ended, &kernel, &user) == FALSE) {
        fail("GetThreadTimes");
    }
    const auto ticks = [](const FILETIME& time) {
        return (ULONG64{time.dwHighDateTime} << 32U) | time.dwLowDateTime;
    };
    return ticks(kernel) + ticks(user);
}

}  // namespace

unsigned this_process()
{
    return ::GetCurrentProcessId();
}

std::size_t thread_count()
{
    const closing_handle snapshot(::CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0));
    const DWORD self = ::GetCurrentProcessId();
    THREADENTRY32 entry{};
    entry.dwSize = sizeof entry;
    std::size_t count = 0;
    for (BOOL more = ::Thread32First(snapshot.value, &entry); more != FALSE;
         more = ::Thread32Next(snapshot.value, &entry)) {
        count += entry.th32OwnerProcessID == self ? 1 : 0;
    }
    return count;
}

std::vector<int> open_descriptors()
{
    const auto buffer = read_handles();
    const auto& list = *reinterpret_cast<const handle_list*>(buffer.data());
    const ULONG_PTR self = ::GetCurrentProcessId();
    std::vector<int> numbers;
    for (ULONG_PTR i = 0; i < list.count; ++i) {
        const auto& entry = list.entries[i];
        if (entry.process == self) {
            numbers.push_back(static_cast<int>(entry.handle));
        }
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

std::size_t descriptor_count()
{
    return open_descriptors().size();
}

bool is_socket(int descriptor)
{
    int type = 0;
    int size = sizeof type;
    return ::getsockopt(static_cast<SOCKET>(descriptor), SOL_SOCKET, SO_TYPE, reinterpret_cast<char*>(&type), &size) == 0;
}

bool is_close_on_exec(int descriptor)
{
    DWORD flags = 0;
    return ::GetHandleInformation(as_handle(descriptor), &flags) != FALSE && (flags & HANDLE_FLAG_INHERIT) == 0;
}

bool is_mapped(const std::string& part_of_path)
{
    return ::GetModuleHandleA(part_of_path.c_str()) != nullptr;
}

long this_thread_number()
{
    return static_cast<long>(::GetCurrentThreadId());
}

/// Windows does not say what a thread does. One that has used no processor time between two ticks of the clock by which
/// the system counts that time, 15.6 ms at most, waits.
bool thread_sleeps(long number)
{
    const HANDLE opened = ::OpenThread(THREAD_QUERY_INFORMATION, FALSE, static_cast<DWORD>(number));
    if (opened == nullptr) {
        return false;
    }
    const closing_handle thread(opened);
    const auto before = time_used(thread.value);
    // Long enough that a thread which is only kept from the processor by others gets its turn.
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    return time_used(thread.value) == before;
}

no_more_descriptors::no_more_descriptors()
{
    throw std::runtime_error("Windows has no limit on a process's handles");
}

no_more_descriptors::~no_more_descriptors() = default;

environment_setting::environment_setting(const char* name, const char* value) : name_(name)
{
    if (const char* before = std::getenv(name)) {
        before_ = before;
        was_set_ = true;
    }
    ::_putenv_s(name, value);
}

environment_setting::~environment_setting()
{
    // An empty value takes the variable away (page "_putenv_s").
    ::_putenv_s(name_.c_str(), was_set_ ? before_.c_str() : "");
}

int run_self(const std::vector<std::string>& arguments)
{
    std::string path(MAX_PATH, '\0');
    path.resize(::GetModuleFileNameA(nullptr, path.data(), MAX_PATH));
    std::string line = '"' + path + '"';
    for (const auto& word : arguments) {
        line += " \"" + word + '"';
    }
    STARTUPINFOA start{};
    start.cb = sizeof start;
    PROCESS_INFORMATION child{};
    if (::CreateProcessA(nullptr, line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &start, &child) == FALSE) {
        fail("CreateProcess");
    }
    const closing_handle thread(child.hThread);
    const closing_handle process(child.hProcess);
    DWORD code = 0;
    if (::WaitForSingleObject(process.value, INFINITE) != WAIT_OBJECT_0 ||
        ::GetExitCodeProcess(process.value, &code) == FALSE) {
        fail("the test program's second run");
    }
    return static_cast<int>(code);
}

shared_library::shared_library(const std::string& path) : handle_(::LoadLibraryA(path.c_str()))
{
    if (handle_ == nullptr) {
        fail(path.c_str());
    }
}

shared_library::~shared_library()
{
    ::FreeLibrary(static_cast<HMODULE>(handle_));
}

void* shared_library::symbol(const char* name) const
{
    return reinterpret_cast<void*>(::GetProcAddress(static_cast<HMODULE>(handle_), name));
}

}  // namespace spindle::test
