// Thread-local and fiber-local storage as programs see them. Answers to the pages "TlsAlloc", "TlsGetValue",
// "FlsAlloc".
#include "host/thread_state.hpp"
#include "kernel/local_storage.hpp"

#include <new>

using namespace spindle;
using host::fail;

static_assert(TLS_OUT_OF_INDEXES == kernel::no_index && FLS_OUT_OF_INDEXES == kernel::no_index);
static_assert(FLS_MAXIMUM_AVAILABLE == kernel::fls_index_count);

namespace {

DWORD index_or_failure(std::uint32_t index) noexcept
{
    return index != kernel::no_index ? index : fail(index, ERROR_NO_SYSTEM_RESOURCES);
}

}  // namespace

DWORD WINAPI TlsAlloc(void)
{
    return index_or_failure(kernel::take_tls_index());
}

BOOL WINAPI TlsFree(DWORD dwTlsIndex)
{
    return kernel::give_tls_index(dwTlsIndex) ? TRUE : fail(FALSE, ERROR_INVALID_PARAMETER);
}

// Clears the last error when it succeeds, so that a null value can be told from a failure.
LPVOID WINAPI TlsGetValue(DWORD dwTlsIndex)
{
    if (dwTlsIndex >= kernel::tls_index_count) {
        return fail(LPVOID{nullptr}, ERROR_INVALID_PARAMETER);
    }
    return fail(kernel::tls_value(dwTlsIndex), ERROR_SUCCESS);
}

BOOL WINAPI TlsSetValue(DWORD dwTlsIndex, LPVOID lpTlsValue)
{
    if (dwTlsIndex >= kernel::tls_index_count) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    return kernel::set_tls_value(dwTlsIndex, lpTlsValue) ? TRUE : fail(FALSE, ERROR_NOT_ENOUGH_MEMORY);
}

DWORD WINAPI FlsAlloc(PFLS_CALLBACK_FUNCTION lpCallback)
{
    return index_or_failure(kernel::take_fls_index(lpCallback));
}

BOOL WINAPI FlsFree(DWORD dwFlsIndex)
{
    try {
        return kernel::give_fls_index(dwFlsIndex) ? TRUE : fail(FALSE, ERROR_INVALID_PARAMETER);
    } catch (const std::bad_alloc&) {
        return fail(FALSE, ERROR_NOT_ENOUGH_MEMORY);
    }
}

PVOID WINAPI FlsGetValue(DWORD dwFlsIndex)
{
    if (!kernel::is_fls_index(dwFlsIndex)) {
        return fail(PVOID{nullptr}, ERROR_INVALID_PARAMETER);
    }
    return fail(kernel::fls_value(dwFlsIndex), ERROR_SUCCESS);
}

BOOL WINAPI FlsSetValue(DWORD dwFlsIndex, PVOID lpFlsData)
{
    if (!kernel::is_fls_index(dwFlsIndex)) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    return kernel::set_fls_value(dwFlsIndex, lpFlsData) ? TRUE : fail(FALSE, ERROR_NOT_ENOUGH_MEMORY);
}
