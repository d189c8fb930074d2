// What the functions of the IP helper share: types and LUIDs of interfaces, and answers packed into the caller's buffer.
// They return their code and leave the last error alone.
#pragma once

#include "host/caller_buffer.hpp"
#include "host/interfaces.hpp"

#include <new>

namespace spindle::host {

[[nodiscard]] constexpr IFTYPE type_of(interfaces::medium kind) noexcept
{
    switch (kind) {
    case interfaces::medium::ethernet:
        return IF_TYPE_ETHERNET_CSMACD;
    case interfaces::medium::loopback:
        return IF_TYPE_SOFTWARE_LOOPBACK;
    case interfaces::medium::point_to_point:
        return IF_TYPE_PPP;
    case interfaces::medium::tunnel:
        return IF_TYPE_TUNNEL;
    case interfaces::medium::other:
        break;
    }
    return IF_TYPE_OTHER;
}

/// The index and the type, where Windows has them.
[[nodiscard]] inline NET_LUID luid_of(const interfaces::interface& from) noexcept
{
    NET_LUID luid{};
    luid.Info.NetLuidIndex = from.index & 0xFFFFFFu;
    luid.Info.IfType = type_of(from.kind) & 0xFFFFu;
    return luid;
}

/// Packs, or tells the size and returns `too_small`.
template <class Pack>
DWORD give_packed(void* buffer, ULONG& size, DWORD too_small, Pack&& pack)
{
    const std::size_t needed = pack_into(buffer, size, pack);
    const bool fits = buffer != nullptr && needed <= size;
    size = fits ? size : static_cast<ULONG>(needed);
    return fits ? NO_ERROR : too_small;
}

template <class Function>
DWORD out_of_memory_checked(Function&& function) noexcept
try {
    return function();
} catch (const std::bad_alloc&) {
    return ERROR_NOT_ENOUGH_MEMORY;
}

}  // namespace spindle::host
