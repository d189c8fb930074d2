// The system's interfaces and the news of their changes: getifaddrs(3), rtnetlink(7), proc(5) for what neither tells.
#include <array>
#include <cstdio>
#include <cstring>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <memory>
#include <net/if.h>
#include <netinet/in.h>
#include <new>

#include "asio/posix/descriptor.hpp"

namespace spindle::posix {
namespace {

/// The address in Winsock's form; empty when there is none, or one of a family without sockets here.
socket_address address_from(const sockaddr* given) noexcept
{
    if (given == nullptr || (given->sa_family != AF_INET && given->sa_family != AF_INET6)) {
        return {};
    }
    kernel_address address;
    address.size = given->sa_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    std::memcpy(&address.storage, given, address.size);
    return address.to_winsock();
}

network_interface describe(const ifaddrs& from, const socket_address& address) noexcept
{
    const auto has = [&](unsigned flag) { return (from.ifa_flags & flag) != 0; };
    network_interface made;
    made.index = ::if_nametoindex(from.ifa_name);
    made.up = has(IFF_UP);
    made.can_broadcast = has(IFF_BROADCAST);
    made.loopback = has(IFF_LOOPBACK);
    made.point_to_point = has(IFF_POINTOPOINT);
    made.multicast = has(IFF_MULTICAST);
    made.address = address;
    made.netmask = address_from(from.ifa_netmask);
    if (made.can_broadcast) {
        made.broadcast = address_from(from.ifa_broadaddr);
    }
    return made;
}

struct file_closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

/// Marks the addresses that are being probed for duplicates, or turned out to be some.
void find_unsettled(std::vector<network_interface>& all) noexcept
{
    constexpr unsigned unsettled = IFA_F_TENTATIVE | IFA_F_DADFAILED;
    const std::unique_ptr<std::FILE, file_closer> list{std::fopen("/proc/net/if_inet6", "re")};
    std::array<char, 33> digits{};
    unsigned index = 0;
    unsigned flags = 0;
    while (list != nullptr &&
           std::fscanf(list.get(), "%32s %x %*x %*x %x %*s", digits.data(), &index, &flags) == 3) {
        if ((flags & unsettled) == 0) {
            continue;
        }
        for (auto& each : all) {
            if (each.index != index || each.address.family() != address_family::ipv6) {
                continue;
            }
            std::array<char, 33> own{};
            for (std::size_t at = 0; at < 16; ++at) {
                std::snprintf(own.data() + 2 * at, 3, "%02x", std::to_integer<unsigned>(each.address.host()[at]));
            }
            each.settled = each.settled && std::strcmp(own.data(), digits.data()) != 0;
        }
    }
}

struct list_freer {
    void operator()(ifaddrs* list) const noexcept { ::freeifaddrs(list); }
};

}  // namespace
}  // namespace spindle::posix

namespace spindle::native {

result<std::vector<network_interface>> interfaces() noexcept
try {
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) == -1) {
        return errc_from_errno(errno);
    }
    const std::unique_ptr<ifaddrs, posix::list_freer> list{first};
    std::vector<network_interface> all;
    for (const auto* each = first; each != nullptr; each = each->ifa_next) {
        if (const auto address = posix::address_from(each->ifa_addr); address.size() != 0) {
            all.push_back(posix::describe(*each, address));
        }
    }
    posix::find_unsettled(all);
    return all;
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
}

result<handle> open_change_source(bool routes) noexcept
{
    constexpr unsigned address_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
    constexpr unsigned route_groups = RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE | RTMGRP_LINK | address_groups;
    posix::scoped_descriptor source{::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE)};
    sockaddr_nl name{};
    name.nl_family = AF_NETLINK;
    name.nl_groups = routes ? route_groups : address_groups;
    if (source.get() == -1 ||
        ::bind(source.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == -1) {
        return errc_from_errno(errno);
    }
    return handle{source.release()};
}

}  // namespace spindle::native
