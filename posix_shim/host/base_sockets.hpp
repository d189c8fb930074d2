// What a layer's socket stands for below: the host waits for readiness at base sockets, unless a layer wants to be asked.
// Answers to the page "Winsock IOCTLs", SIO_BSP_HANDLE, _SELECT and _POLL (clauses LSP-14, LSP-15, MAP-11, POL-18).
#pragma once

#include "host/dispatch.hpp"

#include <unordered_map>

namespace spindle::host {

/// False for a socket of a base provider and for what is no socket.
[[nodiscard]] bool is_layered(SOCKET s) noexcept;

/// The socket that a layer names for this control code; s itself when it names none, or is no layer's. The caller is
/// inside a call_scope.
[[nodiscard]] SOCKET base_socket(SOCKET s, DWORD control_code) noexcept;

/// Each of a call's sockets with its base socket.
class base_sockets {
public:
    explicit base_sockets(DWORD control_code) noexcept : code_(control_code) {}

    /// Throws bad_alloc.
    SOCKET base_of(SOCKET s);
    /// Of one that base_of() has returned.
    [[nodiscard]] SOCKET above(SOCKET base) const { return above_.at(base); }
    /// False: two providers have the base sockets asked for so far.
    [[nodiscard]] bool of_one_provider() const noexcept { return one_provider_; }

private:
    const DWORD code_;
    std::unordered_map<SOCKET, SOCKET> base_;
    std::unordered_map<SOCKET, SOCKET> above_;
    void* owner_ = nullptr;
    bool one_provider_ = true;
};

}  // namespace spindle::host
