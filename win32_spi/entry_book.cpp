// The remembered catalog entries; see entry_book.hpp.
#include "entry_book.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "spindle/catalog.hpp"
#include "spindle/constant_mutex.hpp"

namespace spindle::spi {

namespace {

using entry_list = std::vector<WSAPROTOCOL_INFOW>;

constinit constant_mutex book_lock;
constinit unsigned book_users = 0;             // guarded by book_lock
constinit entry_list* book_entries = nullptr;  // guarded by book_lock; not null while there are users

void copy_name(WCHAR (&target)[WSAPROTOCOL_LEN + 1], std::string_view name) noexcept
{
    const std::size_t length = std::min<std::size_t>(name.size(), WSAPROTOCOL_LEN);
    std::fill(std::copy_n(name.begin(), length, target), std::end(target), WCHAR{0});
}

/// The fields of an entry that follow from what the socket is, for a client that asked for another kind than
/// its entry's.
void apply_kind(WSAPROTOCOL_INFOW& info, const socket_kind& kind) noexcept
{
    info.iAddressFamily = static_cast<int>(kind.family);
    info.iSocketType = static_cast<int>(kind.type);
    info.iProtocol = kind.protocol;
    info.iProtocolMaxOffset = 0;
    info.iMaxSockAddr = static_cast<int>(address_size(kind.family));
    info.iMinSockAddr = kind.family == address_family::local ? 2 : info.iMaxSockAddr;
    if (const catalog_entry* entry = find_entry(kind)) {
        info.dwServiceFlags1 = entry->service_flags | (info.dwServiceFlags1 & XP1_IFS_HANDLES);
        info.dwMessageSize = entry->message_size;
        copy_name(info.szProtocol, entry->name);
    }
}

}  // namespace

void forget_entries_after_fork() noexcept
{
    book_lock.reset_after_fork();
    book_users = 0;
    book_entries = nullptr;
}

entry_book_user::entry_book_user()
{
    auto entries = std::make_unique<entry_list>();
    const std::lock_guard lock(book_lock);
    if (book_users == 0) {
        book_entries = entries.release();
    }
    ++book_users;
}

entry_book_user::~entry_book_user()
{
    std::unique_ptr<entry_list> last;
    const std::lock_guard lock(book_lock);
    if (--book_users == 0) {
        last.reset(book_entries);
        book_entries = nullptr;
    }
}

void remember_entry(const WSAPROTOCOL_INFOW& entry)
{
    const std::lock_guard lock(book_lock);
    if (book_entries == nullptr) {
        return;
    }
    const auto known =
        std::find_if(book_entries->begin(), book_entries->end(), [&](const WSAPROTOCOL_INFOW& other) {
            return other.dwCatalogEntryId == entry.dwCatalogEntryId;
        });
    if (known != book_entries->end()) {
        *known = entry;
    } else {
        book_entries->push_back(entry);
    }
}

DWORD entry_id_for(const socket_kind& kind) noexcept
{
    const std::lock_guard lock(book_lock);
    if (book_entries == nullptr || book_entries->empty()) {
        return 0;
    }
    const auto match = std::find_if(book_entries->begin(), book_entries->end(),
                                    [&](const WSAPROTOCOL_INFOW& entry) { return same_entry(kind_of(entry), kind); });
    return match != book_entries->end() ? match->dwCatalogEntryId : book_entries->front().dwCatalogEntryId;
}

WSAPROTOCOL_INFOW describe_socket(DWORD id, const socket_kind& kind) noexcept
{
    WSAPROTOCOL_INFOW info{};
    info.dwCatalogEntryId = id;
    info.dwProviderFlags = PFL_MATCHES_PROTOCOL_ZERO;
    info.ProtocolChain.ChainLen = BASE_PROTOCOL;
    info.iVersion = 2;
    {
        const std::lock_guard lock(book_lock);
        if (book_entries != nullptr) {
            const auto known =
                std::find_if(book_entries->begin(), book_entries->end(),
                             [&](const WSAPROTOCOL_INFOW& entry) { return entry.dwCatalogEntryId == id; });
            info = known != book_entries->end() ? *known : info;
        }
    }
    if (!same_entry(kind_of(info), kind)) {
        apply_kind(info, kind);
    }
    info.iProtocol = kind.protocol;
    info.dwProviderReserved = 0;
    return info;
}

socket_kind kind_of(const WSAPROTOCOL_INFOW& entry) noexcept
{
    return {static_cast<address_family>(entry.iAddressFamily), static_cast<socket_type>(entry.iSocketType),
            entry.iProtocol};
}

}  // namespace spindle::spi
