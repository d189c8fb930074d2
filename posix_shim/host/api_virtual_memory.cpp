// VirtualAlloc, VirtualFree and VirtualProtect: the checks of their arguments. The pages are in
// page_regions.cpp. Answers to the pages "VirtualAlloc", "VirtualFree", "VirtualProtect".
#include "host/page_regions.hpp"
#include "host/thread_state.hpp"

using namespace spindle::host;

namespace {

// MEM_TOP_DOWN asks for what the system does anyway.
constexpr DWORD allocation_types = MEM_COMMIT | MEM_RESERVE | MEM_TOP_DOWN;

int allocate(std::uintptr_t address, std::size_t size, DWORD type, DWORD protection,
             std::uintptr_t& base) noexcept
{
    if (size == 0 || (type & ~allocation_types) != 0 || (type & (MEM_COMMIT | MEM_RESERVE)) == 0 ||
        !pages::is_protection(protection)) {
        return ERROR_INVALID_PARAMETER;
    }
    const bool reserves = (type & MEM_RESERVE) != 0 || address == 0;
    if (!reserves) {
        const pages::range wanted = pages::around(address, size);
        base = wanted.first;
        return pages::commit(wanted, protection);
    }
    const int error = pages::reserve(address, size, base);
    if (error != 0 || (type & MEM_COMMIT) == 0) {
        return error;
    }
    const std::uintptr_t from = address != 0 ? address : base;
    const int refused = pages::commit(pages::around(base, size + (from - base)), protection);
    if (refused != 0) {
        [[maybe_unused]] const int released = pages::release(base);
    }
    return refused;
}

int free_pages(std::uintptr_t address, std::size_t size, DWORD type) noexcept
{
    if (type == MEM_RELEASE) {
        return size == 0 ? pages::release(address) : ERROR_INVALID_PARAMETER;
    }
    if (type != MEM_DECOMMIT) {
        return ERROR_INVALID_PARAMETER;
    }
    return size == 0 ? pages::decommit_all(address) : pages::decommit(pages::around(address, size));
}

}  // namespace

LPVOID WINAPI VirtualAlloc(LPVOID lpAddress, SIZE_T dwSize, DWORD flAllocationType, DWORD flProtect)
{
    std::uintptr_t base = 0;
    const int error =
        allocate(reinterpret_cast<std::uintptr_t>(lpAddress), dwSize, flAllocationType, flProtect, base);
    return error == 0 ? reinterpret_cast<LPVOID>(base) : fail(LPVOID{nullptr}, error);
}

BOOL WINAPI VirtualFree(LPVOID lpAddress, SIZE_T dwSize, DWORD dwFreeType)
{
    const int error = free_pages(reinterpret_cast<std::uintptr_t>(lpAddress), dwSize, dwFreeType);
    return error == 0 ? TRUE : fail(FALSE, error);
}

BOOL WINAPI VirtualProtect(LPVOID lpAddress, SIZE_T dwSize, DWORD flNewProtect, PDWORD lpflOldProtect)
{
    if (lpflOldProtect == nullptr) {
        return fail(FALSE, ERROR_NOACCESS);
    }
    if (!pages::is_protection(flNewProtect)) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    const pages::range wanted = pages::around(reinterpret_cast<std::uintptr_t>(lpAddress), dwSize);
    const int error = pages::protect(wanted, flNewProtect, *lpflOldProtect);
    return error == 0 ? TRUE : fail(FALSE, error);
}
