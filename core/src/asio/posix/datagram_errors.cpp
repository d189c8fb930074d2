// The asynchronous errors of datagram sockets: what the kernel's error queue holds and what of it Winsock tells (LNX-28;
// ip(7) and ipv6(7), "IP_RECVERR").
#include <array>
#include <cstring>
#include <ctime>
#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>

#include "asio/posix/datagram.hpp"

namespace spindle::posix {
namespace {

struct icmp_meaning {
    int origin;
    int type;
    int code;  ///< -1: any
    errc error;
};

constexpr auto icmp_meanings = std::to_array<icmp_meaning>({
    {SO_EE_ORIGIN_ICMP, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, errc::connection_reset},
    {SO_EE_ORIGIN_ICMP, ICMP_TIME_EXCEEDED, -1, errc::network_reset},
    {SO_EE_ORIGIN_ICMP6, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOPORT, errc::connection_reset},
    {SO_EE_ORIGIN_ICMP6, ICMP6_TIME_EXCEEDED, -1, errc::network_reset},
});

/// What Winsock tells of a queued error; success for those it never mentions.
errc meaning_of(const sock_extended_err& error) noexcept
{
    for (const auto& meaning : icmp_meanings) {
        if (meaning.origin == error.ee_origin && meaning.type == error.ee_type &&
            (meaning.code == -1 || meaning.code == error.ee_code)) {
            return meaning.error;
        }
    }
    return errc::success;
}

enum class queue_state { empty, entry };

queue_state next_queued_error(int number, errc& meaning) noexcept
{
    alignas(cmsghdr) std::array<char, 512> control;
    msghdr message{};
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (restarted([&] { return ::recvmsg(number, &message, MSG_ERRQUEUE | MSG_DONTWAIT); }) == -1) {
        return queue_state::empty;
    }
    meaning = errc::success;
    for (auto* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        const bool ipv4 = part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR;
        const bool ipv6 = part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR;
        if (ipv4 || ipv6) {
            sock_extended_err error{};
            std::memcpy(&error, CMSG_DATA(part), sizeof(error));
            meaning = meaning_of(error);
        }
    }
    return queue_state::entry;
}

}  // namespace

errc reportable_error(int number) noexcept
{
    auto meaning = errc::success;
    while (next_queued_error(number, meaning) == queue_state::entry) {
        if (meaning != errc::success) {
            return meaning;
        }
    }
    return errc::success;
}

}  // namespace spindle::posix
