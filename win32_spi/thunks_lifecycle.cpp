// Sockets come and go: WSPSocket, WSPCloseSocket, WSPShutdown, WSPDuplicateSocket, WSPCancelBlockingCall.
// What a request for a socket resolves to is core's catalog; what a close does is core's close policy.
#include <bit>
#include <optional>

#include "entry_book.hpp"
#include "exchange_provider.hpp"
#include "rio_state.hpp"
#include "spindle/catalog.hpp"
#include "thunk.hpp"
#include "thunks.hpp"
#include "upcall_host.hpp"

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

/// DUP-1 to DUP-7. What the structure says beside the token is the host's affair, which found this provider by it.
result<SOCKET> open_duplicate(const WSAPROTOCOL_INFOW& info, DWORD dwFlags)
{
    const auto opened =
        the_provider().open_duplicate({info.dwProviderReserved, dwFlags, info.dwCatalogEntryId});
    if (!opened) {
        return opened.error();
    }
    share_file(*opened->socket, opened->handle);
    return static_cast<SOCKET>(opened->handle);
}

result<SOCKET> open_socket(int af, int type, int protocol, const WSAPROTOCOL_INFOW* lpProtocolInfo,
                           DWORD dwFlags)
{
    join_host(*upcalls_of_provider());
    std::optional<named_entry> entry;
    if (lpProtocolInfo != nullptr) {
        const WSAPROTOCOL_INFOW info = load(lpProtocolInfo);
        if (info.dwProviderReserved != 0) {
            return open_duplicate(info, dwFlags);
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
    return socket_call(s, lpErrno, [s](socket& it) {
        auto closed = it.close(static_cast<socket_handle>(s));
        if (closed && the_provider().find(it.handle()).get() != &it) {
            end_request_queue(it);  // that was the last handle
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

int WSPAPI WSPDuplicateSocket(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOW lpProtocolInfo,
                              LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) -> result<void> {
        if (!provider::process_exists(dwProcessId)) {
            return errc::invalid_argument;
        }
        if (lpProtocolInfo == nullptr) {
            return errc::fault;
        }
        const auto token = the_provider().duplicate(it, dwProcessId);
        if (!token) {
            return token.error();
        }
        WSAPROTOCOL_INFOW info = describe_socket(it.catalog_entry_id(), it.kind());
        info.dwProviderReserved = *token;
        store(lpProtocolInfo, info);
        return {};
    });
}

int WSPAPI WSPCancelBlockingCall(LPINT lpErrno) noexcept
{
    return spi_call(call_failed, lpErrno, []() -> result<int> {
        const auto cancelled = the_provider().cancel_blocking_call();
        return cancelled ? result<int>(0) : result<int>(cancelled.error());
    });
}

}  // namespace spindle::spi
