// The outcome of a request in its two forms that concern a provider: NTSTATUS in an OVERLAPPED, Winsock code everywhere
// else (contract, table T-ERR; clauses OVL-8, GOR-9).
#pragma once

#include <cstdint>

#include "spindle/error.hpp"
#include "spindle/transport.hpp"

namespace spindle::spi {

inline constexpr std::uint32_t status_pending = 0x103;  // also WSS_OPERATION_IN_PROGRESS

/// `type`: one code has two statuses, by the kind of socket that failed.
[[nodiscard]] std::uint32_t status_of(errc code, socket_type type) noexcept;
/// success for success and informational statuses; invalid_argument for failures that are not in the table.
[[nodiscard]] errc code_of(std::uint32_t status) noexcept;

}  // namespace spindle::spi
