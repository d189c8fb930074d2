// The typed conveniences of the embedded interface, over the raw options.
#include "spindle/socket.hpp"

#include <array>
#include <cstring>

namespace spindle {
namespace {

template <class Value>
result<void> set_value(socket& target, int level, int name, const Value& value)
{
    std::array<std::byte, sizeof(Value)> bytes{};
    std::memcpy(bytes.data(), &value, sizeof(Value));
    return target.set_option(level, name, bytes);
}

std::uint32_t to_winsock_milliseconds(std::chrono::milliseconds timeout)
{
    return static_cast<std::uint32_t>(timeout.count());
}

}  // namespace

result<void> socket::set_linger(linger_option linger)
{
    return set_value(*this, option_level::socket, socket_option::linger, linger);
}

result<linger_option> socket::linger()
{
    std::array<std::byte, sizeof(linger_option)> bytes{};
    if (auto got = get_option(option_level::socket, socket_option::linger, bytes); !got) {
        return got.error();
    }
    linger_option value;
    std::memcpy(&value, bytes.data(), sizeof(value));
    return value;
}

result<void> socket::set_receive_timeout(std::chrono::milliseconds timeout)
{
    return set_value(*this, option_level::socket, socket_option::receive_timeout, to_winsock_milliseconds(timeout));
}

result<void> socket::set_send_timeout(std::chrono::milliseconds timeout)
{
    return set_value(*this, option_level::socket, socket_option::send_timeout, to_winsock_milliseconds(timeout));
}

result<void> socket::set_no_delay(bool on)
{
    return set_value(*this, option_level::tcp, tcp_option::no_delay, std::int32_t{on ? 1 : 0});
}

}  // namespace spindle
