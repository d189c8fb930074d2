// Setting and reading socket options by (level, name): one table, see option_table.cpp. Called inside a call on
// the socket (basic_socket::use) and without its state mutex.
#pragma once

#include <cstddef>
#include <span>

#include "spindle/result.hpp"

namespace spindle {

class basic_socket;

result<void> set_socket_option(basic_socket& target, int level, int name, std::span<const std::byte> value);
result<std::size_t> get_socket_option(basic_socket& target, int level, int name, std::span<std::byte> value);
/// Puts the client's settings on a fresh lower socket (after renew()). Under the state mutex.
void reapply_client_options(basic_socket& target) noexcept;

}  // namespace spindle
