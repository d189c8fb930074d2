// What the tests of kernel objects share: handles that close themselves, calls on other threads.
#pragma once

#include <winsock2.h>

#include <process.h>

#include <functional>
#include <string>
#include <utility>

#include "support/background_call.hpp"
#include "support/catch.hpp"

namespace spindle::test {

/// Owns a handle.
class object_handle {
public:
    explicit object_handle(HANDLE handle) : handle_(handle) { REQUIRE(handle_ != nullptr); }
    object_handle(object_handle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    object_handle(const object_handle&) = delete;
    object_handle& operator=(const object_handle&) = delete;
    object_handle& operator=(object_handle&&) = delete;
    ~object_handle()
    {
        if (handle_ != nullptr) {
            CloseHandle(handle_);
        }
    }

    operator HANDLE() const { return handle_; }  // NOLINT: reads like the API it stands for
    void close() { CHECK(CloseHandle(std::exchange(handle_, nullptr)) == TRUE); }

private:
    HANDLE handle_;
};

inline object_handle make_event(bool manual_reset = false, bool signalled = false)
{
    return object_handle(CreateEventW(nullptr, manual_reset, signalled, nullptr));
}

/// The state of an object without waiting; takes the signal.
inline DWORD poll(HANDLE object)
{
    return WaitForSingleObject(object, 0);
}

/// The last error when the call failed, 0 when it did not.
inline DWORD error_of(BOOL done)
{
    return done ? 0 : GetLastError();
}
inline DWORD error_of_handle(HANDLE made)
{
    if (made != nullptr) {
        CloseHandle(made);
        return 0;
    }
    return GetLastError();
}

inline HANDLE no_such_handle()
{
    return reinterpret_cast<HANDLE>(std::uintptr_t{0x7f7f7f7c});
}

/// A thread of the API that runs a function; ends with its result.
class program_thread {
public:
    explicit program_thread(std::function<DWORD()> work, DWORD flags = 0)
        : work_(std::move(work)), handle_(CreateThread(nullptr, 0, &run, this, flags, &id_))
    {}
    program_thread(const program_thread&) = delete;
    program_thread& operator=(const program_thread&) = delete;
    ~program_thread() { CHECK(ended()); }

    operator HANDLE() const { return handle_; }  // NOLINT: reads like the API it stands for
    [[nodiscard]] DWORD id() const { return id_; }
    [[nodiscard]] bool ended() const
    {
        return WaitForSingleObject(handle_, static_cast<DWORD>(patience.count())) == WAIT_OBJECT_0;
    }
    [[nodiscard]] DWORD exit_code() const
    {
        DWORD code = 0;
        CHECK(GetExitCodeThread(handle_, &code) == TRUE);
        return code;
    }

private:
    static DWORD WINAPI run(LPVOID self) { return static_cast<program_thread*>(self)->work_(); }

    std::function<DWORD()> work_;
    DWORD id_ = 0;
    object_handle handle_;
};

}  // namespace spindle::test
