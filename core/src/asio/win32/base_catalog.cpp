// Search of the Winsock catalog for a base provider's entry. Pages: "WSCEnumProtocols", "WSAPROTOCOL_INFOW".
#include "base_catalog.hpp"

#include <ws2spi.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>
#include <span>
#include <vector>

#include "winsock.hpp"

namespace spindle::win32 {
namespace {

constexpr int base_chain_length = 1;

constinit std::atomic<const GUID*> own_ids{nullptr};
constinit std::atomic<std::size_t> own_count{0};

bool is_own(const GUID& id) noexcept
{
    const auto count = own_count.load(std::memory_order_acquire);
    const std::span<const GUID> own{own_ids.load(std::memory_order_acquire), count};
    return std::ranges::any_of(
        own, [&id](const GUID& candidate) { return std::memcmp(&candidate, &id, sizeof(id)) == 0; });
}

bool serves(const WSAPROTOCOL_INFOW& entry, const socket_kind& kind) noexcept
{
    const bool protocol = kind.protocol == 0 || (kind.protocol >= entry.iProtocol &&
                                                 kind.protocol <= entry.iProtocol + entry.iProtocolMaxOffset);
    return entry.ProtocolChain.ChainLen == base_chain_length &&
           entry.iAddressFamily == static_cast<int>(kind.family) &&
           entry.iSocketType == static_cast<int>(kind.type) && protocol && !is_own(entry.ProviderId);
}

std::vector<WSAPROTOCOL_INFOW> catalog()
{
    // The catalog may grow between the question for its size and the reading.
    std::vector<WSAPROTOCOL_INFOW> entries(32);
    for (int attempt = 0; attempt < 4; ++attempt) {
        auto bytes = static_cast<DWORD>(entries.size() * sizeof(WSAPROTOCOL_INFOW));
        int error = 0;
        const int count = ::WSCEnumProtocols(nullptr, entries.data(), &bytes, &error);
        if (count != SOCKET_ERROR) {
            entries.resize(static_cast<std::size_t>(count));
            return entries;
        }
        if (error != WSAENOBUFS) {
            break;
        }
        entries.resize(bytes / sizeof(WSAPROTOCOL_INFOW) + 8);
    }
    return {};
}

}  // namespace

void set_own_providers(const GUID* ids, std::size_t count) noexcept
{
    own_count.store(0, std::memory_order_release);
    own_ids.store(ids, std::memory_order_release);
    own_count.store(count, std::memory_order_release);
}

result<void> find_base_entry(const socket_kind& kind, WSAPROTOCOL_INFOW& entry) noexcept
try {
    const auto entries = catalog();
    const auto found =
        std::ranges::find_if(entries, [&kind](const auto& each) { return serves(each, kind); });
    if (found != entries.end()) {
        entry = *found;
        if (kind.protocol != 0) {
            entry.iProtocol = kind.protocol;
        }
        return {};
    }
    const bool family = std::ranges::any_of(
        entries, [&kind](const auto& each) { return each.iAddressFamily == static_cast<int>(kind.family); });
    return family ? errc::protocol_not_supported : errc::address_family_not_supported;
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
}

}  // namespace spindle::win32
