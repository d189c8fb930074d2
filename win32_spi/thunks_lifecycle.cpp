// Sockets come and go: WSPSocket, WSPCloseSocket, WSPShutdown, WSPDuplicateSocket, WSPCancelBlockingCall.
// What a request for a socket resolves to is core's catalog; what a close does is core's close policy.
#include <bit>
#include <optional>

#include "entry_book.hpp"
#include "rio_state.hpp"
#include "spindle/catalog.hpp"
#include "thunk.hpp"
#include "thunks.hpp"

namespace spindle::spi {

namespace {

constexpr DWORD control_plane_flags = WSA_FLAG_MULTIPOINT_C_ROOT | WSA_FLAG_MULTIPOINT_C_LEAF;
constexpr DWORD data_plane_flags = WSA_FLAG_MULTIPOINT_D_ROOT | WSA_FLAG_MULTIPOINT_D_LEAF;

/// What each multipoint flag asks of the protocol (SOCK-18).
struct multipoint_need {
    DWORD flag;
    DWORD service;
};
constexpr multipoint_need multipoint_needs[] = {
    {control_plane_flags | data_plane_flags, XP1_SUPPORT_MULTIPOINT},
    {WSA_FLAG_MULTIPOINT_C_ROOT, XP1_MULTIPOINT_CONTROL_PLANE},
    {WSA_FLAG_MULTIPOINT_D_ROOT, XP1_MULTIPOINT_DATA_PLANE},
};

/// Exactly one flag per plane, or none at all (SOCK-17), and only what the protocol has.
bool multipoint_fits(DWORD flags, const socket_kind& kind) noexcept
{
    if ((flags & (control_plane_flags | data_plane_flags)) == 0) {
        return true;
    }
    if (!std::has_single_bit(flags & control_plane_flags) || !std::has_single_bit(flags & data_plane_flags)) {
        return false;
    }
    const catalog_entry* entry = find_entry(kind);
    for (const multipoint_need& need : multipoint_needs) {
        if ((flags & need.flag) != 0 && (entry == nullptr || (entry->service_flags & need.service) == 0)) {
            return false;
        }
    }
    return true;
}

struct named_entry {
    WSAPROTOCOL_INFOW info;
    socket_kind kind;
};

result<SOCKET> open_socket(int af, int type, int protocol, const WSAPROTOCOL_INFOW* lpProtocolInfo,
                           DWORD dwFlags)
{
    std::optional<named_entry> entry;
    if (lpProtocolInfo != nullptr) {
        const WSAPROTOCOL_INFOW info = load(lpProtocolInfo);
        // Nonzero marks a duplicate (DUP-2); no token of ours is out there, so it is a damaged one (DUP-3).
        if (info.dwProviderReserved != 0) {
            return errc::invalid_argument;
        }
        entry = named_entry{info, kind_of(info)};
    }
    const auto kind = resolve_kind(af, type, protocol, entry ? &entry->kind : nullptr);
    if (!kind) {
        return kind.error();
    }
    if (!multipoint_fits(dwFlags, *kind)) {
        return errc::invalid_argument;
    }
    // Nobody here holds the security privilege this flag needs (SOCK-20).
    if ((dwFlags & WSA_FLAG_ACCESS_SYSTEM_SECURITY) != 0) {
        return errc::access_denied;
    }
    const DWORD id = entry ? entry->info.dwCatalogEntryId : entry_id_for(*kind);
    const auto opened = the_provider().open({*kind, dwFlags, id});
    if (!opened) {
        return opened.error();
    }
    if (entry) {
        remember_entry(entry->info);
    }
    return static_cast<SOCKET>((*opened)->handle());
}

}  // namespace

SOCKET WSPAPI WSPSocket(int af, int type, int protocol, LPWSAPROTOCOL_INFOW lpProtocolInfo, GROUP,
                        DWORD dwFlags, LPINT lpErrno) noexcept
{
    // The group is accepted and ignored (decision D-26).
    return spi_call(no_socket, lpErrno,
                    [&] { return open_socket(af, type, protocol, lpProtocolInfo, dwFlags); });
}

int WSPAPI WSPCloseSocket(SOCKET s, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [](socket& it) {
        auto closed = it.close();
        if (closed) {
            end_request_queue(it);
        }
        return closed;
    });
}

int WSPAPI WSPShutdown(SOCKET s, int how, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) -> result<void> {
        if (how < SD_RECEIVE || how > SD_BOTH) {
            return errc::invalid_argument;
        }
        return it.shutdown(static_cast<shutdown_direction>(how));
    });
}

int WSPAPI WSPDuplicateSocket(SOCKET s, DWORD, LPWSAPROTOCOL_INFOW, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [](socket&) -> result<void> { return errc::operation_not_supported; });
}

int WSPAPI WSPCancelBlockingCall(LPINT lpErrno) noexcept
{
    return spi_call(call_failed, lpErrno, []() -> result<int> {
        const auto cancelled = the_provider().cancel_blocking_call();
        return cancelled ? result<int>(0) : result<int>(cancelled.error());
    });
}

}  // namespace spindle::spi
