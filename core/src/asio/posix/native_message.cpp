// Datagrams with control messages (sendmsg(2), recvmsg(2), cmsg(3), ip(7), ipv6(7)): the kernel's structures to and from
// core's neutral ones. Contract MSG-5, MSG-12 to MSG-14, LNX-2, LNX-27.
#include <array>
#include <cstring>
#include <netinet/in.h>

#include "asio/posix/datagram.hpp"

namespace spindle::posix {
namespace {

constexpr std::size_t control_room = 512;
constexpr int congestion_bits = 3;

int level_of(address_family family) noexcept
{
    return family == address_family::ipv4 ? IPPROTO_IP : IPPROTO_IPV6;
}

/// The control messages of one datagram to be sent.
class outgoing_control {
public:
    explicit outgoing_control(msghdr& message) noexcept : message_(message)
    {
        message_.msg_control = bytes_.data();
        message_.msg_controllen = 0;
    }

    template <class Value>
    void add(int level, int type, const Value& value) noexcept
    {
        auto* at = bytes_.data() + message_.msg_controllen;
        cmsghdr header{};
        header.cmsg_level = level;
        header.cmsg_type = type;
        header.cmsg_len = CMSG_LEN(sizeof value);
        std::memcpy(at, &header, sizeof header);
        std::memcpy(at + CMSG_LEN(0), &value, sizeof value);
        message_.msg_controllen += CMSG_SPACE(sizeof value);
    }

private:
    alignas(cmsghdr) std::array<char, control_room> bytes_{};
    msghdr& message_;
};

in_pktinfo ipv4_info(const packet_info& packet) noexcept
{
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, packet.address.data(), sizeof info.ipi_spec_dst);
    info.ipi_ifindex = static_cast<int>(packet.interface_index);
    return info;
}

in6_pktinfo ipv6_info(const packet_info& packet) noexcept
{
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, packet.address.data(), sizeof info.ipi6_addr);
    info.ipi6_ifindex = packet.interface_index;
    return info;
}

/// The traffic class with the congestion mark in it; the socket's own where only the mark is given.
std::optional<int> class_to_send(int number, const message_control& control) noexcept
{
    if (!control.congestion_mark) {
        return control.traffic_class;
    }
    const bool ipv4 = control.family == address_family::ipv4;
    int whole = 0;
    if (control.traffic_class) {
        whole = *control.traffic_class;
    } else {
        socklen_t size = sizeof whole;
        (void)::getsockopt(number, level_of(control.family), ipv4 ? IP_TOS : IPV6_TCLASS, &whole, &size);
    }
    return (whole & ~congestion_bits) | *control.congestion_mark;
}

void put(outgoing_control& to, int number, const message_control& control) noexcept
{
    const bool ipv4 = control.family == address_family::ipv4;
    if (control.packet && ipv4) {
        to.add(IPPROTO_IP, IP_PKTINFO, ipv4_info(*control.packet));
    } else if (control.packet) {
        to.add(IPPROTO_IPV6, IPV6_PKTINFO, ipv6_info(*control.packet));
    }
    if (control.hop_limit) {
        to.add(level_of(control.family), ipv4 ? IP_TTL : IPV6_HOPLIMIT, *control.hop_limit);
    }
    if (const auto traffic_class = class_to_send(number, control)) {
        to.add(level_of(control.family), ipv4 ? IP_TOS : IPV6_TCLASS, *traffic_class);
    }
}

template <class Value>
Value value_of(const cmsghdr& part) noexcept
{
    Value value{};
    std::memcpy(&value, CMSG_DATA(&part), std::min<std::size_t>(sizeof value, part.cmsg_len - CMSG_LEN(0)));
    return value;
}

/// ip(7): the address in the header, and the local one the datagram was taken for, which differ for broadcasts. Without
/// an interface the option came later than the datagram and the second one is unknown.
void take_ipv4_info(const in_pktinfo& info, message_control& control) noexcept
{
    packet_info packet;
    std::memcpy(packet.address.data(), &info.ipi_addr, sizeof info.ipi_addr);
    packet.interface_index = static_cast<std::uint32_t>(info.ipi_ifindex);
    control.packet = packet;
    const bool local_known = info.ipi_spec_dst.s_addr != INADDR_ANY;
    if (IN_MULTICAST(ntohl(info.ipi_addr.s_addr))) {
        control.delivered = delivery::multicast;
    } else if (info.ipi_addr.s_addr == INADDR_BROADCAST ||
               (local_known && info.ipi_addr.s_addr != info.ipi_spec_dst.s_addr)) {
        control.delivered = delivery::broadcast;
    }
}

/// An IPv4 datagram of a dual-stack socket brings IPv4's structure as well, which says more.
void take_ipv6_info(const in6_pktinfo& info, message_control& control) noexcept
{
    if (IN6_IS_ADDR_V4MAPPED(&info.ipi6_addr)) {
        return;
    }
    packet_info packet;
    std::memcpy(packet.address.data(), &info.ipi6_addr, sizeof info.ipi6_addr);
    packet.interface_index = info.ipi6_ifindex;
    control.packet = packet;
    if (IN6_IS_ADDR_MULTICAST(&info.ipi6_addr)) {
        control.delivered = delivery::multicast;
    }
}

struct taker {
    int level;
    int type;
    void (*take)(const cmsghdr&, message_control&);
};

constexpr auto takers = std::to_array<taker>({
    {IPPROTO_IP, IP_PKTINFO,
     [](const cmsghdr& part, message_control& to) { take_ipv4_info(value_of<in_pktinfo>(part), to); }},
    {IPPROTO_IPV6, IPV6_PKTINFO,
     [](const cmsghdr& part, message_control& to) { take_ipv6_info(value_of<in6_pktinfo>(part), to); }},
    {IPPROTO_IP, IP_TTL,
     [](const cmsghdr& part, message_control& to) { to.hop_limit = value_of<int>(part); }},
    {IPPROTO_IPV6, IPV6_HOPLIMIT,
     [](const cmsghdr& part, message_control& to) { to.hop_limit = value_of<int>(part); }},
    // One byte; value_of() leaves the rest zero.
    {IPPROTO_IP, IP_TOS,
     [](const cmsghdr& part, message_control& to) { to.traffic_class = value_of<int>(part); }},
    {IPPROTO_IPV6, IPV6_TCLASS,
     [](const cmsghdr& part, message_control& to) { to.traffic_class = value_of<int>(part); }},
});

void take(msghdr& message, message_control& control) noexcept
{
    for (auto* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        const auto row = std::ranges::find_if(takers, [&](const taker& each) {
            return each.level == part->cmsg_level && each.type == part->cmsg_type;
        });
        if (row != takers.end()) {
            row->take(*part, control);
        }
    }
}

/// Tells the versions apart by the sender: a dual-stack socket names IPv4 ones in mapped form (ADR-5).
address_family version_of(const socket_address& sender) noexcept
{
    return sender.is_ipv4_mapped() ? address_family::ipv4 : sender.family();
}

std::optional<receive_outcome> receive_once(int number, mutable_buffers buffers, int flags,
                                            socket_address* from, message_control& control) noexcept
{
    alignas(cmsghdr) std::array<char, control_room> bytes;
    kernel_address name;
    auto message = message_of(buffers);
    message.msg_name = name.data();
    message.msg_namelen = name.size;
    message.msg_control = bytes.data();
    message.msg_controllen = bytes.size();
    const auto taken = restarted([&] { return ::recvmsg(number, &message, flags); });
    if (taken == -1) {
        return std::nullopt;
    }
    name.size = message.msg_namelen;
    const auto sender = name.to_winsock();
    control = {};
    control.family = version_of(sender);
    take(message, control);
    if (from != nullptr) {
        *from = sender;
    }
    return receive_outcome{static_cast<std::size_t>(taken), (message.msg_flags & MSG_TRUNC) != 0};
}

}  // namespace
}  // namespace spindle::posix

namespace spindle::native {

result<std::size_t> send_message(handle socket, const socket_kind&, const_buffers buffers,
                                 transfer_flags flags, const socket_address* to,
                                 const message_control& control) noexcept
{
    const int number = posix::descriptor(socket);
    return posix::in_one_piece(buffers, [&](const_buffers pieces) {
        posix::kernel_address name;
        auto message = posix::message_of(pieces);
        if (to != nullptr) {
            name = posix::kernel_address{*to};
            message.msg_name = name.data();
            message.msg_namelen = name.size;
        }
        posix::outgoing_control parts(message);
        posix::put(parts, number, control);
        return posix::send_past_errors([&] {
            return posix::restarted(
                [&] { return ::sendmsg(number, &message, static_cast<int>(flags) | MSG_NOSIGNAL); });
        });
    });
}

result<receive_outcome> receive_message(handle socket, const socket_kind&, mutable_buffers buffers,
                                        transfer_flags flags, socket_address* from,
                                        message_control& control) noexcept
{
    const int number = posix::descriptor(socket);
    const int kernel_flags = static_cast<int>(flags) & MSG_PEEK;
    return posix::from_one_piece(buffers, [&](mutable_buffers pieces) {
        return posix::receive_past_errors(
            number, [&] { return posix::receive_once(number, pieces, kernel_flags, from, control); });
    });
}

}  // namespace spindle::native
