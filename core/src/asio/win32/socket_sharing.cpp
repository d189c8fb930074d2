// Not offered: what a process would have to know of a socket besides the system's handle, which the base provider's
// WSADuplicateSocket could carry over, has no way there that also tells who holds the socket last.
#include "asio/socket_sharing.hpp"

namespace spindle {

result<std::unique_ptr<socket_share>> make_share() noexcept
{
    return errc::operation_not_supported;
}

result<std::unique_ptr<socket_offer>> make_offer(const std::shared_ptr<asio_context>&, native::handle, socket_share&,
                                                 std::uint32_t, std::uint32_t, transport::task)
{
    return errc::operation_not_supported;
}

result<taken_socket> take_offer(std::uint32_t, bool)
{
    return errc::invalid_argument;
}

}  // namespace spindle
