// Being told of changes of the catalog. The call that makes the handle completes at once and touches no OVERLAPPED.
// Answers to the page "WSAProviderConfigChange" (clause CTG-22).
#include "host/call_scope.hpp"
#include "host/kernel_objects.hpp"
#include "host/provider_change.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

int make_handle(HANDLE& handle) noexcept
{
    const kernel::object_ref<change_notification> made(new (std::nothrow) change_notification);
    const HANDLE added = made ? handle_of(kernel::handles.add(*made)) : nullptr;
    if (added == nullptr) {
        return fail(SOCKET_ERROR, WSA_NOT_ENOUGH_MEMORY);
    }
    handle = added;
    return 0;
}

}  // namespace

INT WSAAPI WSAProviderConfigChange(LPHANDLE lpNotificationHandle, LPWSAOVERLAPPED lpOverlapped,
                                   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    const call_scope scope;
    if (!scope) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    if (lpNotificationHandle == nullptr) {
        return fail(SOCKET_ERROR, WSAEFAULT);
    }
    if (*lpNotificationHandle == nullptr) {
        return make_handle(*lpNotificationHandle);
    }
    const auto source = kernel::handles.find<change_notification>(handle_value(*lpNotificationHandle));
    if (!source) {
        return fail(SOCKET_ERROR, WSA_INVALID_HANDLE);
    }
    const int error = lpOverlapped == nullptr
                          ? wait_for_change(*source)
                          : begin_change_wait(*source, *lpOverlapped, lpCompletionRoutine);
    return error == 0 ? 0 : fail(SOCKET_ERROR, error);
}
