// Regions of pages, see page_regions.hpp. Reserved pages are mapped without any access, which costs no memory.
#include "host/page_regions.hpp"

#include "kernel/fork_lock.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <map>
#include <new>

namespace spindle::host::pages {

namespace {

constexpr std::uintptr_t granularity = 0x10000;

struct protection_pair {
    DWORD win32;
    int system;
};
constexpr protection_pair protections[] = {
    {PAGE_NOACCESS, PROT_NONE},
    {PAGE_READONLY, PROT_READ},
    {PAGE_READWRITE, PROT_READ | PROT_WRITE},
    {PAGE_EXECUTE, PROT_EXEC},
    {PAGE_EXECUTE_READ, PROT_EXEC | PROT_READ},
    {PAGE_EXECUTE_READWRITE, PROT_EXEC | PROT_READ | PROT_WRITE},
};

const protection_pair* find_protection(DWORD protection) noexcept
{
    const auto* found = std::ranges::find(protections, protection, &protection_pair::win32);
    return found != std::end(protections) ? found : nullptr;
}

// Runs of pages with the same protection, by the address of their first page; 0 means reserved.
using run_map = std::map<std::uintptr_t, DWORD>;

struct region {
    std::uintptr_t base = 0;
    std::uintptr_t end = 0;
    run_map runs;
    region* next = nullptr;

    [[nodiscard]] run_map::const_iterator run_at(std::uintptr_t address) const
    {
        return std::prev(runs.upper_bound(address));
    }

    [[nodiscard]] bool all_committed(range wanted) const
    {
        return std::none_of(run_at(wanted.first), runs.lower_bound(wanted.last),
                            [](const auto& run) { return run.second == 0; });
    }

    [[nodiscard]] run_map with(range changed, DWORD protection) const
    {
        run_map result = runs;
        const DWORD behind = run_at(changed.last)->second;
        result.erase(result.lower_bound(changed.first), result.lower_bound(changed.last));
        result[changed.first] = protection;
        if (changed.last < end) {
            result.emplace(changed.last, behind);
        }
        return result;
    }
};

constinit std::mutex mutex;
constinit region* regions = nullptr;

using locked = kernel::fork_safe_lock<mutex>;

std::uintptr_t page_size() noexcept
{
    return static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
}

void* pointer(std::uintptr_t address) noexcept
{
    return reinterpret_cast<void*>(address);
}

region* containing(range wanted) noexcept
{
    region* each = regions;
    while (each != nullptr && (wanted.first < each->base || wanted.last > each->end)) {
        each = each->next;
    }
    return wanted.first < wanted.last ? each : nullptr;
}

region** link_of(std::uintptr_t base) noexcept
{
    region** link = &regions;
    while (*link != nullptr && (*link)->base != base) {
        link = &(*link)->next;
    }
    return link;
}

std::uintptr_t map_anywhere(std::size_t size) noexcept
{
    void* mapped = mmap(nullptr, size + granularity, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) {
        return 0;
    }
    const auto start = reinterpret_cast<std::uintptr_t>(mapped);
    const std::uintptr_t base = (start + granularity - 1) & ~(granularity - 1);
    if (base != start) {
        munmap(mapped, base - start);
    }
    munmap(pointer(base + size), start + granularity - base);
    return base;
}

std::uintptr_t map_at(std::uintptr_t base, std::size_t size) noexcept
{
    void* mapped =
        mmap(pointer(base), size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (mapped == MAP_FAILED) {
        return 0;
    }
    // A kernel before 4.17 takes the flag for a hint.
    if (mapped != pointer(base)) {
        munmap(mapped, size);
        return 0;
    }
    return base;
}

int system_error() noexcept
{
    return errno == ENOMEM ? ERROR_NOT_ENOUGH_MEMORY : ERROR_ACCESS_DENIED;
}

// Records first and maps afterwards: what may throw comes before what cannot be taken back.
template <class Change>
int change(region& target, range wanted, DWORD protection, Change apply) noexcept
try {
    run_map changed = target.with(wanted, protection);
    if (!apply()) {
        return system_error();
    }
    target.runs.swap(changed);
    return 0;
} catch (const std::bad_alloc&) {
    return ERROR_NOT_ENOUGH_MEMORY;
}

int set_protection(region& target, range wanted, DWORD protection) noexcept
{
    const protection_pair* found = find_protection(protection);
    return change(target, wanted, protection, [&] {
        return mprotect(pointer(wanted.first), wanted.last - wanted.first, found->system) == 0;
    });
}

// A fresh mapping in place of the old one gives the memory back.
int take_back(region& target, range wanted) noexcept
{
    return change(target, wanted, 0, [&] {
        return mmap(pointer(wanted.first), wanted.last - wanted.first, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
    });
}

}  // namespace

bool is_protection(DWORD protection) noexcept
{
    return find_protection(protection) != nullptr;
}

range around(std::uintptr_t address, std::size_t size) noexcept
{
    const std::uintptr_t mask = page_size() - 1;
    std::uintptr_t end = 0;
    if (size == 0 || __builtin_add_overflow(address, size, &end) || end > UINTPTR_MAX - mask) {
        return {address, address};
    }
    return {address & ~mask, (end + mask) & ~mask};
}

int reserve(std::uintptr_t address, std::size_t size, std::uintptr_t& base) noexcept
try {
    base = address & ~(granularity - 1);
    const range wanted = around(base, size + (address - base));
    if (wanted.first == wanted.last || wanted.last - wanted.first > PTRDIFF_MAX - granularity) {
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    const std::size_t length = wanted.last - wanted.first;
    auto* made = new region;
    made->runs[base] = 0;
    const locked lock;
    const std::uintptr_t mapped = address != 0 ? map_at(base, length) : map_anywhere(length);
    if (mapped == 0) {
        delete made;
        return address != 0 ? ERROR_INVALID_ADDRESS : ERROR_NOT_ENOUGH_MEMORY;
    }
    auto node = made->runs.extract(made->runs.begin());
    node.key() = mapped;
    made->runs.insert(std::move(node));
    made->base = base = mapped;
    made->end = mapped + length;
    made->next = regions;
    regions = made;
    return 0;
} catch (const std::bad_alloc&) {
    return ERROR_NOT_ENOUGH_MEMORY;
}

int commit(range wanted, DWORD protection) noexcept
{
    const locked lock;
    region* target = containing(wanted);
    return target != nullptr ? set_protection(*target, wanted, protection) : ERROR_INVALID_ADDRESS;
}

int decommit(range wanted) noexcept
{
    const locked lock;
    region* target = containing(wanted);
    return target != nullptr ? take_back(*target, wanted) : ERROR_INVALID_ADDRESS;
}

int decommit_all(std::uintptr_t base) noexcept
{
    const locked lock;
    region* target = *link_of(base);
    return target != nullptr ? take_back(*target, {target->base, target->end}) : ERROR_INVALID_ADDRESS;
}

int release(std::uintptr_t base) noexcept
{
    const locked lock;
    region** link = link_of(base);
    region* target = *link;
    if (target == nullptr) {
        return ERROR_INVALID_ADDRESS;
    }
    if (munmap(pointer(target->base), target->end - target->base) != 0) {
        return system_error();
    }
    *link = target->next;
    delete target;
    return 0;
}

int protect(range wanted, DWORD protection, DWORD& before) noexcept
{
    const locked lock;
    region* target = containing(wanted);
    if (target == nullptr || !target->all_committed(wanted)) {
        return ERROR_INVALID_ADDRESS;
    }
    const DWORD first = target->run_at(wanted.first)->second;
    const int error = set_protection(*target, wanted, protection);
    before = error == 0 ? first : before;
    return error;
}

}  // namespace spindle::host::pages
