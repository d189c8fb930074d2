// Semaphore objects as programs see them. Answers to the pages "CreateSemaphoreExW" and "ReleaseSemaphore".
#include "host/object_names.hpp"
#include "kernel/semaphore.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

HANDLE new_semaphore(const object_name& name, LONG count, LONG maximum, DWORD flags = 0) noexcept
{
    if (count < 0 || maximum <= 0 || count > maximum || flags != 0) {
        return fail(HANDLE{nullptr}, ERROR_INVALID_PARAMETER);
    }
    return create_object(name, new_object<kernel::semaphore>(count, maximum));
}

}  // namespace

HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES, LONG lInitialCount, LONG lMaximumCount, LPCSTR lpName)
{
    return new_semaphore(object_name(lpName), lInitialCount, lMaximumCount);
}

HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES, LONG lInitialCount, LONG lMaximumCount, LPCWSTR lpName)
{
    return new_semaphore(object_name(lpName), lInitialCount, lMaximumCount);
}

HANDLE WINAPI CreateSemaphoreExA(LPSECURITY_ATTRIBUTES, LONG lInitialCount, LONG lMaximumCount, LPCSTR lpName,
                                 DWORD dwFlags, DWORD)
{
    return new_semaphore(object_name(lpName), lInitialCount, lMaximumCount, dwFlags);
}

HANDLE WINAPI CreateSemaphoreExW(LPSECURITY_ATTRIBUTES, LONG lInitialCount, LONG lMaximumCount,
                                 LPCWSTR lpName, DWORD dwFlags, DWORD)
{
    return new_semaphore(object_name(lpName), lInitialCount, lMaximumCount, dwFlags);
}

HANDLE WINAPI OpenSemaphoreA(DWORD, BOOL, LPCSTR lpName)
{
    return open_object(object_name(lpName), kernel::object_kind::semaphore);
}

HANDLE WINAPI OpenSemaphoreW(DWORD, BOOL, LPCWSTR lpName)
{
    return open_object(object_name(lpName), kernel::object_kind::semaphore);
}

BOOL WINAPI ReleaseSemaphore(HANDLE hSemaphore, LONG lReleaseCount, LPLONG lpPreviousCount)
{
    const auto target = object_of<kernel::semaphore>(hSemaphore);
    if (!target) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    if (lReleaseCount <= 0) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    LONG previous = 0;
    if (!target->post(lReleaseCount, previous)) {
        return fail(FALSE, ERROR_TOO_MANY_POSTS);
    }
    if (lpPreviousCount != nullptr) {
        *lpPreviousCount = previous;
    }
    return TRUE;
}
