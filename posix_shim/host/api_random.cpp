// Random numbers of both crypto APIs, from the kernel's generator. Contexts and algorithm handles say only that they are
// ones. Answers to the pages "CryptAcquireContextW", "CryptGenRandom", "CryptReleaseContext", "BCryptOpenAlgorithmProvider",
// "BCryptGenRandom".
#pragma GCC visibility push(default)
#include <bcrypt.h>
#include <wincrypt.h>
#pragma GCC visibility pop

#include "host/text.hpp"
#include "host/thread_state.hpp"

#include <cerrno>
#include <sys/random.h>

using namespace spindle::host;

namespace {

constexpr HCRYPTPROV context_value = 0x43525950;
const char rng_marker = 0;  // its address is the handle of the one algorithm

bool fill_randomly(void* buffer, std::size_t size) noexcept
{
    auto* next = static_cast<unsigned char*>(buffer);
    while (size != 0) {
        const ssize_t count = getrandom(next, size, 0);
        if (count < 0 && errno != EINTR) {
            return false;
        }
        next += count < 0 ? 0 : count;
        size -= count < 0 ? 0 : static_cast<std::size_t>(count);
    }
    return true;
}

BOOL acquire(HCRYPTPROV* context, DWORD type, DWORD flags) noexcept
{
    constexpr DWORD known = CRYPT_VERIFYCONTEXT | CRYPT_NEWKEYSET | CRYPT_DELETEKEYSET | CRYPT_MACHINE_KEYSET | CRYPT_SILENT;
    if (context == nullptr) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    if ((flags & ~known) != 0) {
        return fail(FALSE, NTE_BAD_FLAGS);
    }
    if (type != PROV_RSA_FULL && type != PROV_RSA_AES) {
        return fail(FALSE, NTE_PROV_TYPE_NOT_DEF);
    }
    if ((flags & (CRYPT_NEWKEYSET | CRYPT_DELETEKEYSET)) != 0) {
        return fail(FALSE, NTE_FAIL);  // there is no store that a container could be made in
    }
    if ((flags & CRYPT_VERIFYCONTEXT) == 0) {
        return fail(FALSE, NTE_BAD_KEYSET);
    }
    *context = context_value;
    return TRUE;
}

constexpr NTSTATUS status_invalid_handle = static_cast<NTSTATUS>(0xC0000008);
constexpr NTSTATUS status_invalid_parameter = static_cast<NTSTATUS>(0xC000000D);
constexpr NTSTATUS status_not_found = static_cast<NTSTATUS>(0xC0000225);
constexpr NTSTATUS status_unsuccessful = static_cast<NTSTATUS>(0xC0000001);

}  // namespace

BOOL WINAPI CryptAcquireContextA(HCRYPTPROV* phProv, LPCSTR, LPCSTR, DWORD dwProvType, DWORD dwFlags)
{
    return acquire(phProv, dwProvType, dwFlags);
}

BOOL WINAPI CryptAcquireContextW(HCRYPTPROV* phProv, LPCWSTR, LPCWSTR, DWORD dwProvType, DWORD dwFlags)
{
    return acquire(phProv, dwProvType, dwFlags);
}

BOOL WINAPI CryptGenRandom(HCRYPTPROV hProv, DWORD dwLen, BYTE* pbBuffer)
{
    if (hProv != context_value) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    if (pbBuffer == nullptr && dwLen != 0) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    return fill_randomly(pbBuffer, dwLen) ? TRUE : fail(FALSE, NTE_FAIL);
}

BOOL WINAPI CryptReleaseContext(HCRYPTPROV hProv, DWORD dwFlags)
{
    if (hProv != context_value) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    return dwFlags == 0 ? TRUE : fail(FALSE, NTE_BAD_FLAGS);
}

NTSTATUS WINAPI BCryptOpenAlgorithmProvider(BCRYPT_ALG_HANDLE* phAlgorithm, LPCWSTR pszAlgId, LPCWSTR, ULONG dwFlags)
{
    if (phAlgorithm == nullptr || pszAlgId == nullptr || dwFlags != 0) {
        return status_invalid_parameter;
    }
    if (wide_view(pszAlgId) != BCRYPT_RNG_ALGORITHM) {
        return status_not_found;
    }
    *phAlgorithm = const_cast<char*>(&rng_marker);
    return 0;
}

NTSTATUS WINAPI BCryptCloseAlgorithmProvider(BCRYPT_ALG_HANDLE hAlgorithm, ULONG)
{
    return hAlgorithm == &rng_marker ? 0 : status_invalid_handle;
}

NTSTATUS WINAPI BCryptGenRandom(BCRYPT_ALG_HANDLE hAlgorithm, PUCHAR pbBuffer, ULONG cbBuffer, ULONG dwFlags)
{
    const bool preferred = (dwFlags & BCRYPT_USE_SYSTEM_PREFERRED_RNG) != 0;
    if (preferred ? hAlgorithm != nullptr : hAlgorithm != &rng_marker) {
        return status_invalid_handle;
    }
    if (pbBuffer == nullptr && cbBuffer != 0) {
        return status_invalid_parameter;
    }
    return fill_randomly(pbBuffer, cbBuffer) ? 0 : status_unsuccessful;
}
