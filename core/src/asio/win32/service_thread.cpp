// Pages: "DllMain entry point" (no thread ends while another is in one), "Dynamic-Link Library Best Practices",
// "FreeLibraryAndExitThread function".
#include "service_thread.hpp"

#include <memory>
#include <system_error>
#include <utility>
#include <windows.h>

namespace spindle {
namespace {

/// Long for a thread whose work is done, short for a DllMain.
constexpr DWORD most_milliseconds_to_end = 2000;

/// What the thread is given.
struct errand {
    std::function<void()> body;
    HANDLE done;
    HMODULE library = nullptr;
};

DWORD WINAPI run_errand(void* given)
{
    std::unique_ptr<errand> mine(static_cast<errand*>(given));
    const HANDLE done = mine->done;
    const HMODULE library = mine->library;
    mine->body();
    mine.reset();
    ::SetEvent(done);
    ::FreeLibraryAndExitThread(library, 0);
}

[[noreturn]] void throw_last_error(const char* what)
{
    throw std::system_error(static_cast<int>(::GetLastError()), std::system_category(), what);
}

}  // namespace

void service_thread::start(std::function<void()> body)
{
    auto given = std::make_unique<errand>(errand{std::move(body), ::CreateEventW(nullptr, TRUE, FALSE, nullptr)});
    if (given->done == nullptr) {
        throw_last_error("an event for the service thread");
    }
    const auto* inside = reinterpret_cast<LPCWSTR>(&run_errand);
    const bool held = ::GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, inside, &given->library) != FALSE;
    thread_ = held ? ::CreateThread(nullptr, 0, &run_errand, given.get(), 0, nullptr) : nullptr;
    if (thread_ == nullptr) {
        const auto error = ::GetLastError();
        if (held) {
            ::FreeLibrary(given->library);
        }
        ::CloseHandle(given->done);
        ::SetLastError(error);
        throw_last_error("the service thread");
    }
    done_ = given.release()->done;
}

void service_thread::join() noexcept
{
    ::WaitForSingleObject(done_, INFINITE);
    ::WaitForSingleObject(thread_, most_milliseconds_to_end);
    ::CloseHandle(std::exchange(thread_, nullptr));
    ::CloseHandle(std::exchange(done_, nullptr));
}

}  // namespace spindle
