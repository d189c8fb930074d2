// Sockets that go from one process to another: on Linux posix/memory_share.cpp (the parts) and posix/socket_offer.cpp
// (the way); Windows' sockets go nowhere yet (win32/socket_sharing.cpp).
#pragma once

#include <cstdint>
#include <memory>

#include "asio/asio_context.hpp"
#include "asio/native.hpp"
#include "spindle/sharing.hpp"

namespace spindle {

struct taken_socket {
    native::handle socket = native::no_handle;
    socket_kind kind;
    std::unique_ptr<socket_share> share;
};

/// As the transport functions.
result<std::unique_ptr<socket_share>> make_share() noexcept;
result<std::unique_ptr<socket_offer>> make_offer(const std::shared_ptr<asio_context>& context, native::handle socket,
                                                 socket_share& share, std::uint32_t process, std::uint32_t token,
                                                 transport::task taken);
result<taken_socket> take_offer(std::uint32_t token, bool inheritable);

}  // namespace spindle
