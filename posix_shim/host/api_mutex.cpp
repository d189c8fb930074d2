// Mutex objects as programs see them. Answers to the pages "CreateMutexExW" and "ReleaseMutex".
#include "host/object_names.hpp"
#include "kernel/mutex.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

HANDLE new_mutex(const object_name& name, bool owned) noexcept
{
    auto made = new_object<kernel::mutex>();
    if (!made || !owned) {
        return create_object(name, std::move(made));
    }
    // Owned before anybody can find it under its name.
    auto& target = static_cast<kernel::mutex&>(*made);
    target.acquire();
    const kernel::object_ref<kernel::mutex> kept(&target);
    kernel::wait_node unattached;
    if (target.try_take(unattached) == kernel::take_result::none) {
        return fail(HANDLE{nullptr}, ERROR_NOT_ENOUGH_MEMORY);
    }
    const HANDLE handle = create_object(name, std::move(made));
    if (handle == nullptr || last_error_of_thread == ERROR_ALREADY_EXISTS) {
        static_cast<void>(target.release_ownership());  // of the one that nobody gets to see
    }
    return handle;
}

HANDLE new_mutex(const object_name& name, DWORD flags) noexcept
{
    if ((flags & ~DWORD{CREATE_MUTEX_INITIAL_OWNER}) != 0) {
        return fail(HANDLE{nullptr}, ERROR_INVALID_PARAMETER);
    }
    return new_mutex(name, flags != 0);
}

}  // namespace

HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES, BOOL bInitialOwner, LPCSTR lpName)
{
    return new_mutex(object_name(lpName), bInitialOwner != FALSE);
}

HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES, BOOL bInitialOwner, LPCWSTR lpName)
{
    return new_mutex(object_name(lpName), bInitialOwner != FALSE);
}

HANDLE WINAPI CreateMutexExA(LPSECURITY_ATTRIBUTES, LPCSTR lpName, DWORD dwFlags, DWORD)
{
    return new_mutex(object_name(lpName), dwFlags);
}

HANDLE WINAPI CreateMutexExW(LPSECURITY_ATTRIBUTES, LPCWSTR lpName, DWORD dwFlags, DWORD)
{
    return new_mutex(object_name(lpName), dwFlags);
}

HANDLE WINAPI OpenMutexA(DWORD, BOOL, LPCSTR lpName)
{
    return open_object(object_name(lpName), kernel::object_kind::mutex);
}

HANDLE WINAPI OpenMutexW(DWORD, BOOL, LPCWSTR lpName)
{
    return open_object(object_name(lpName), kernel::object_kind::mutex);
}

BOOL WINAPI ReleaseMutex(HANDLE hMutex)
{
    const auto target = object_of<kernel::mutex>(hMutex);
    if (!target) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    return target->release_ownership() ? TRUE : fail(FALSE, ERROR_NOT_OWNER);
}
