// See mapped_views.hpp.
#include "host/mapped_views.hpp"

#include "host/file_name.hpp"
#include "host/page_regions.hpp"
#include "kernel/fork_lock.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <map>
#include <new>

namespace spindle::host::views {

namespace {

constexpr std::uint64_t granularity = 0x10000;  // of offsets and of addresses that the program chooses

constinit std::mutex mutex;
using locked = kernel::fork_safe_lock<mutex>;

// Sizes by where views begin.
std::map<std::uintptr_t, std::size_t>& all()
{
    static auto* const views = new std::map<std::uintptr_t, std::size_t>;  // outlives static destruction
    return *views;
}

int protection_of(access wanted, bool executable) noexcept
{
    return PROT_READ | (wanted == access::read ? 0 : PROT_WRITE) | (executable ? PROT_EXEC : 0);
}

// A map of memory that cannot be extended is ENOMEM; an address that is taken EEXIST.
int error_of_map(int error) noexcept
{
    return error == EEXIST ? ERROR_INVALID_ADDRESS : file_error(error);
}

}  // namespace

int map(const kernel::section& of, access wanted, bool executable, std::uint64_t offset, std::size_t size,
        std::uintptr_t where, void*& base) noexcept
{
    if (offset % granularity != 0 || where % granularity != 0) {
        return ERROR_MAPPED_ALIGNMENT;
    }
    if (offset >= of.size() || size > of.size() - offset || (wanted == access::write && !of.writable()) ||
        (executable && !of.executable())) {
        return ERROR_ACCESS_DENIED;
    }
    const auto bytes = size != 0 ? size : static_cast<std::size_t>(of.size() - offset);
    const int flags =
        (wanted == access::copy ? MAP_PRIVATE : MAP_SHARED) | (where != 0 ? MAP_FIXED_NOREPLACE : 0);
    void* const hint = reinterpret_cast<void*>(where);  // NOLINT: an address is a number here
    try {
        const locked lock;
        void* const mapped = mmap(hint, bytes, protection_of(wanted, executable), flags, of.descriptor(),
                                  static_cast<off_t>(offset));
        if (mapped == MAP_FAILED) {
            return error_of_map(errno);
        }
        if (where != 0 && mapped != hint) {  // an old system takes the address as a wish
            munmap(mapped, bytes);
            return ERROR_INVALID_ADDRESS;
        }
        all()[reinterpret_cast<std::uintptr_t>(mapped)] = bytes;
        base = mapped;
        return 0;
    } catch (const std::bad_alloc&) {
        return ERROR_NOT_ENOUGH_MEMORY;
    }
}

int unmap(std::uintptr_t base) noexcept
{
    const locked lock;
    const auto found = all().find(base);
    if (found == all().end()) {
        return ERROR_INVALID_ADDRESS;
    }
    const bool done = munmap(reinterpret_cast<void*>(base), found->second) == 0;
    all().erase(found);
    return done ? 0 : ERROR_INVALID_ADDRESS;
}

int flush(std::uintptr_t address, std::size_t size) noexcept
{
    std::uintptr_t end = 0;
    {
        const locked lock;
        auto view = all().upper_bound(address);
        if (view == all().begin()) {
            return ERROR_INVALID_ADDRESS;
        }
        --view;
        end = view->first + view->second;
        if (address >= end || size > end - address) {
            return ERROR_INVALID_ADDRESS;
        }
    }
    const auto whole = pages::around(address, size != 0 ? size : end - address);
    return msync(reinterpret_cast<void*>(whole.first), whole.last - whole.first, MS_SYNC) == 0 ? 0 : file_error(errno);
}

}  // namespace spindle::host::views
