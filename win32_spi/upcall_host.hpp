// core's host interface over the table of upcalls that WSPStartup was given (Winsock SPI: "Upcalls Exposed by
// Winsock DLL"). One object per successful WSPStartup; the newest serves all upcalls (START-18).
#pragma once

#include "entry_book.hpp"
#include "spindle/host.hpp"
#include "winsock.hpp"

namespace spindle::spi {

class upcall_host final : public host {
public:
    /// Copies the table: it is a by-value argument of the call. `started` decides between the two kinds of
    /// handles (HAND-1, decision D-8). Throws bad_alloc.
    upcall_host(const WSPUPCALLTABLE& upcalls, const WSAPROTOCOL_INFOW& started);

    result<socket_handle> create_socket_handle(std::uint32_t catalog_entry_id, socket_token token) override;
    void close_socket_handle(std::uint32_t catalog_entry_id, socket_handle handle) noexcept override;
    blocking_hook query_blocking_hook(std::uint32_t catalog_entry_id) noexcept override;
    std::chrono::nanoseconds begin_alertable_wait(void (*wake)(void*), void* context) noexcept override;
    void end_alertable_wait() noexcept override;
    void run_queued_routines() noexcept override;
    void begin_blocking_call(blocked_call& call) noexcept override;
    void end_blocking_call(blocked_call& call) noexcept override;
    void set_event(const network_event_target& target) noexcept override;
    void post_network_event(const network_event_target& target, socket_handle socket, unsigned event,
                            errc code) noexcept override;

    // What overlapped requests need. False: the upcall failed or there is none.
    [[nodiscard]] bool has_ifs_handles() const noexcept { return ifs_handles_; }
    /// What join_host() tells the host.
    [[nodiscard]] DWORD started_entry_id() const noexcept { return started_entry_id_; }
    [[nodiscard]] const void* modify_handle_upcall() const noexcept
    {
        return reinterpret_cast<const void*>(upcalls_.lpWPUModifyIFSHandle);
    }
    void set_event(HANDLE event) const noexcept;
    bool reset_event(HANDLE event) const noexcept;
    bool queue_apc(WSATHREADID& thread, LPWSAUSERAPC routine, DWORD_PTR context) const noexcept;
    bool open_current_thread(WSATHREADID& thread) const noexcept;
    /// WPUCloseThread; null where the host has none.
    [[nodiscard]] LPWPUCLOSETHREAD thread_closer() const noexcept { return upcalls_.lpWPUCloseThread; }
    void close_thread(WSATHREADID& thread) const noexcept;
    /// WPUCompleteOverlappedRequest, which is an export of the host and no member of the table (UP-7).
    bool complete_request(SOCKET s, LPWSAOVERLAPPED overlapped, DWORD error, DWORD bytes) const noexcept;

private:
    WSPUPCALLTABLE upcalls_;
    LPWPUCOMPLETEOVERLAPPEDREQUEST complete_;
    bool ifs_handles_;
    DWORD started_entry_id_;
    entry_book_user book_;
};

/// The host of the newest WSPStartup (START-18). Valid inside a call and until the last cleanup has ended.
[[nodiscard]] const upcall_host* upcalls_of_provider() noexcept;
void set_upcalls_of_provider(const upcall_host* newest) noexcept;

}  // namespace spindle::spi
