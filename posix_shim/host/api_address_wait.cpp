// Waiting for the value at an address. The values have any of four sizes, the system's wait has one; so the
// threads sleep on counters that addresses share, and a wake of one wakes all that share its counter, which
// the page allows ("can return spuriously"). Answers to the page "WaitOnAddress".
#include "host/thread_state.hpp"
#include "kernel/futex.hpp"

#include <array>
#include <cstring>

using namespace spindle;
using host::fail;

namespace {

struct sleeping_place {
    std::atomic<std::uint32_t> wakes{0};
    std::atomic<std::uint32_t> sleepers{0};
};
constinit std::array<sleeping_place, 128> places;

sleeping_place& place_of(const volatile void* address) noexcept
{
    const auto value = reinterpret_cast<std::uintptr_t>(address);
    return places[((value >> 3) ^ (value >> 10)) % places.size()];
}

template <class Integer>
bool differs(volatile void* address, const void* compared) noexcept
{
    Integer expected;
    std::memcpy(&expected, compared, sizeof expected);
    return __atomic_load_n(static_cast<volatile Integer*>(address), __ATOMIC_SEQ_CST) != expected;
}

struct comparison {
    SIZE_T size;
    bool (*differs)(volatile void* address, const void* compared) noexcept;
};
constexpr comparison comparisons[] = {{1, &differs<std::uint8_t>},
                                      {2, &differs<std::uint16_t>},
                                      {4, &differs<std::uint32_t>},
                                      {8, &differs<std::uint64_t>}};

void wake(PVOID address) noexcept
{
    sleeping_place& place = place_of(address);
    place.wakes.fetch_add(1);
    if (place.sleepers.load() != 0) {
        kernel::futex_wake(&place.wakes, kernel::everyone);
    }
}

}  // namespace

BOOL WINAPI WaitOnAddress(volatile VOID* Address, PVOID CompareAddress, SIZE_T AddressSize,
                          DWORD dwMilliseconds)
{
    for (const comparison& each : comparisons) {
        if (each.size != AddressSize) {
            continue;
        }
        sleeping_place& place = place_of(Address);
        place.sleepers.fetch_add(1);
        const std::uint32_t seen = place.wakes.load();
        const bool in_time = each.differs(Address, CompareAddress) ||
                             kernel::futex_wait(&place.wakes, seen, kernel::deadline_after(dwMilliseconds));
        place.sleepers.fetch_sub(1);
        return in_time ? TRUE : fail(FALSE, ERROR_TIMEOUT);
    }
    return fail(FALSE, ERROR_INVALID_PARAMETER);
}

VOID WINAPI WakeByAddressSingle(PVOID Address)
{
    wake(Address);
}

VOID WINAPI WakeByAddressAll(PVOID Address)
{
    wake(Address);
}
