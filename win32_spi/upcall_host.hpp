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

private:
    WSPUPCALLTABLE upcalls_;
    bool ifs_handles_;
    entry_book_user book_;
};

}  // namespace spindle::spi
