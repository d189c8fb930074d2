// Reading the interfaces, see interfaces.hpp. This file sees libc's socket headers and no Winsock header.
#include "host/interfaces.hpp"

#include "host/native_address.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netpacket/packet.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

namespace spindle::interfaces {

namespace {

using resolver::address;
using resolver::family;

struct descriptor {
    int value;
    ~descriptor()
    {
        if (value >= 0) {
            close(value);
        }
    }
};

medium medium_of(unsigned short hardware_type) noexcept
{
    switch (hardware_type) {
    case ARPHRD_ETHER:
        return medium::ethernet;
    case ARPHRD_LOOPBACK:
        return medium::loopback;
    case ARPHRD_PPP:
    case ARPHRD_SLIP:
        return medium::point_to_point;
    case ARPHRD_TUNNEL:
    case ARPHRD_TUNNEL6:
    case ARPHRD_SIT:
    case ARPHRD_IPGRE:
        return medium::tunnel;
    default:
        return medium::other;
    }
}

unsigned ones_in(const std::array<std::uint8_t, 16>& mask) noexcept
{
    unsigned count = 0;
    for (const std::uint8_t each : mask) {
        count += static_cast<unsigned>(__builtin_popcount(each));
    }
    return count;
}

unsigned mtu_of(int any_socket, const std::string& name) noexcept
{
    ifreq request{};
    name.copy(request.ifr_name, sizeof request.ifr_name - 1);
    return any_socket >= 0 && ioctl(any_socket, SIOCGIFMTU, &request) == 0
               ? static_cast<unsigned>(request.ifr_mtu)
               : 0;
}

// The file has megabits; an interface without a speed has none or -1 there.
std::uint64_t speed_of(const std::string& name)
{
    std::ifstream file("/sys/class/net/" + name + "/speed");
    long long megabits = 0;
    return file >> megabits && megabits > 0 ? static_cast<std::uint64_t>(megabits) * 1'000'000 : 0;
}

interface& entry_for(std::vector<interface>& list, const ifaddrs& found)
{
    const auto known = std::find_if(list.begin(), list.end(),
                                    [&](const interface& each) { return each.name == found.ifa_name; });
    if (known != list.end()) {
        return *known;
    }
    interface& made = list.emplace_back();
    made.name = found.ifa_name;
    made.index = if_nametoindex(found.ifa_name);
    made.up = (found.ifa_flags & IFF_UP) != 0;
    made.running = made.up && (found.ifa_flags & IFF_RUNNING) != 0;
    made.multicast = (found.ifa_flags & IFF_MULTICAST) != 0;
    made.kind = (found.ifa_flags & IFF_LOOPBACK) != 0 ? medium::loopback : medium::other;
    return made;
}

void add_hardware(const sockaddr* found, interface& target)
{
    sockaddr_ll link{};
    std::memcpy(&link, found, sizeof link);
    target.kind = medium_of(link.sll_hatype);
    if (target.kind != medium::loopback) {
        target.hardware_address.assign(link.sll_addr,
                                       link.sll_addr + std::min<std::size_t>(link.sll_halen, 8));
    }
}

void add_address(const ifaddrs& found, interface& target)
{
    unicast_address made;
    if (!resolver::from_native(found.ifa_addr, made.where)) {
        return;
    }
    address mask;
    if (found.ifa_netmask != nullptr && resolver::from_native(found.ifa_netmask, mask)) {
        made.prefix_length = ones_in(mask.bytes);
    }
    made.has_broadcast = made.where.kind == family::ipv4 && (found.ifa_flags & IFF_BROADCAST) != 0 &&
                         found.ifa_broadaddr != nullptr &&
                         resolver::from_native(found.ifa_broadaddr, made.broadcast);
    target.addresses.push_back(made);
}

int digit(char text) noexcept
{
    return text >= '0' && text <= '9'   ? text - '0'
           : text >= 'a' && text <= 'f' ? text - 'a' + 10
                                        : text - 'A' + 10;
}

// Thirty-two digits in network order.
address ipv6_from_digits(const std::string& text) noexcept
{
    address made;
    made.kind = family::ipv6;
    for (std::size_t index = 0; index < made.bytes.size() && 2 * index + 1 < text.size(); ++index) {
        made.bytes[index] =
            static_cast<std::uint8_t>(digit(text[2 * index]) << 4 | digit(text[2 * index + 1]));
    }
    return made;
}

// Eight digits of the number that the bytes are in memory.
address ipv4_from_digits(const std::string& text) noexcept
{
    const auto number = static_cast<std::uint32_t>(std::strtoul(text.c_str(), nullptr, 16));
    address made;
    std::memcpy(made.bytes.data(), &number, sizeof number);
    return made;
}

interface* named(std::vector<interface>& list, const std::string& name) noexcept
{
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const interface& each) { return each.name == name; });
    return found != list.end() ? &*found : nullptr;
}

// "address index prefix scope flags name", all in hexadecimal; the flags are those of netlink.
void read_ipv6_states(std::vector<interface>& list)
{
    constexpr unsigned failed = 0x08;
    constexpr unsigned deprecated = 0x20;
    constexpr unsigned tentative = 0x40;
    std::ifstream file("/proc/net/if_inet6");
    std::string digits;
    std::string name;
    unsigned index = 0;
    unsigned prefix = 0;
    unsigned scope = 0;
    unsigned flags = 0;
    while (file >> digits >> std::hex >> index >> prefix >> scope >> flags >> name) {
        interface* const owner = named(list, name);
        const address where = ipv6_from_digits(digits);
        for (unicast_address* each = owner != nullptr ? owner->addresses.data() : nullptr;
             owner != nullptr && each != owner->addresses.data() + owner->addresses.size(); ++each) {
            if (each->where.kind == family::ipv6 && each->where.bytes == where.bytes) {
                each->duplicate = (flags & failed) != 0;
                each->deprecated = (flags & deprecated) != 0;
                each->tentative = (flags & tentative) != 0;
            }
        }
    }
}

// "Iface Destination Gateway Flags RefCnt Use Metric Mask ..." below a line of titles.
void read_ipv4_gateways(std::vector<interface>& list)
{
    constexpr unsigned by_gateway = 2;
    std::ifstream file("/proc/net/route");
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string name;
        std::string destination;
        std::string gateway;
        std::string mask;
        unsigned flags = 0;
        unsigned references = 0;
        unsigned uses = 0;
        unsigned metric = 0;
        words >> name >> destination >> gateway >> std::hex >> flags >> std::dec >> references >> uses >>
            metric >> mask;
        interface* const owner = named(list, name);
        if (words && owner != nullptr && destination == "00000000" && mask == "00000000" &&
            (flags & by_gateway) != 0) {
            owner->gateways.push_back(ipv4_from_digits(gateway));
            owner->metric = metric;
        }
    }
}

// "destination prefix source prefix gateway metric references uses flags name".
void read_ipv6_gateways(std::vector<interface>& list)
{
    constexpr unsigned by_gateway = 2;
    std::ifstream file("/proc/net/ipv6_route");
    std::string destination;
    std::string source;
    std::string gateway;
    std::string name;
    unsigned prefix = 0;
    unsigned other = 0;
    unsigned flags = 0;
    while (file >> destination >> std::hex >> prefix >> source >> other >> gateway >> other >> other >>
           other >> flags >> name) {
        interface* const owner = named(list, name);
        if (owner != nullptr && prefix == 0 && (flags & by_gateway) != 0) {
            address where = ipv6_from_digits(gateway);
            where.scope_id = where.bytes[0] == 0xFE && (where.bytes[1] & 0xC0) == 0x80 ? owner->index : 0;
            owner->gateways.push_back(where);
        }
    }
}

// Lines of groups follow the line of their interface, which begins with its index.
void read_ipv4_groups(std::vector<interface>& list)
{
    std::ifstream file("/proc/net/igmp");
    std::string line;
    std::getline(file, line);
    interface* owner = nullptr;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string first;
        std::string name;
        words >> first;
        if (line.empty() || line[0] != '\t') {
            words >> name;
            owner = named(list, name);
        } else if (owner != nullptr && first.size() == 8) {
            owner->groups.push_back(ipv4_from_digits(first));
        }
    }
}

// "index name address users ...".
void read_ipv6_groups(std::vector<interface>& list)
{
    std::ifstream file("/proc/net/igmp6");
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        unsigned index = 0;
        std::string name;
        std::string digits;
        words >> index >> name >> digits;
        interface* const owner = named(list, name);
        if (words && owner != nullptr) {
            owner->groups.push_back(ipv6_from_digits(digits));
        }
    }
}

}  // namespace

bool interface::has(family wanted) const noexcept
{
    return std::any_of(addresses.begin(), addresses.end(),
                       [=](const unicast_address& each) { return each.where.kind == wanted; });
}

std::vector<interface> all()
{
    std::vector<interface> list;
    ifaddrs* found = nullptr;
    if (getifaddrs(&found) != 0) {
        return list;
    }
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owned(found, &freeifaddrs);
    for (; found != nullptr; found = found->ifa_next) {
        interface& target = entry_for(list, *found);
        if (found->ifa_addr != nullptr && found->ifa_addr->sa_family == AF_PACKET) {
            add_hardware(found->ifa_addr, target);
        } else if (found->ifa_addr != nullptr) {
            add_address(*found, target);
        }
    }
    const descriptor any{socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    for (interface& each : list) {
        each.mtu = mtu_of(any.value, each.name);
        each.bits_per_second = speed_of(each.name);
    }
    read_ipv6_states(list);
    read_ipv4_gateways(list);
    read_ipv6_gateways(list);
    read_ipv4_groups(list);
    read_ipv6_groups(list);
    std::sort(list.begin(), list.end(),
              [](const interface& left, const interface& right) { return left.index < right.index; });
    return list;
}

// A datagram socket that is connected there has chosen the address it would send from.
unsigned towards(const address& where)
{
    address target = where;
    target.port = target.port == 0 ? 9 : target.port;
    sockaddr_storage native{};
    socklen_t length = resolver::to_native(target, native);
    const descriptor probe{socket(native.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    if (probe.value < 0 || connect(probe.value, reinterpret_cast<sockaddr*>(&native), length) != 0) {
        return 0;
    }
    length = sizeof native;
    address source;
    if (getsockname(probe.value, reinterpret_cast<sockaddr*>(&native), &length) != 0 ||
        !resolver::from_native(reinterpret_cast<sockaddr*>(&native), source)) {
        return 0;
    }
    for (const interface& each : all()) {
        for (const unicast_address& own : each.addresses) {
            const bool same_scope = source.scope_id == 0 || own.where.scope_id == source.scope_id;
            if (own.where.kind == source.kind && own.where.bytes == source.bytes && same_scope) {
                return each.index;
            }
        }
    }
    // All of 127.0.0.0/8 is the loopback interface's, whatever is assigned to it.
    return source.kind == family::ipv4 && source.bytes[0] == 127 ? if_nametoindex("lo") : 0;
}

unsigned index_of(const char* name) noexcept
{
    return if_nametoindex(name);
}

std::string name_of(unsigned index)
{
    char name[IF_NAMESIZE] = {};
    return if_indextoname(index, name) != nullptr ? name : "";
}

resolver_settings read_resolver_settings()
{
    resolver_settings settings;
    std::ifstream file("/etc/resolv.conf");
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string keyword;
        std::string value;
        words >> keyword >> value;
        address server;
        for (const family kind : {family::ipv4, family::ipv6}) {
            server.kind = kind;
            if (keyword == "nameserver" &&
                resolver::parse_address(kind, value.c_str(), server.bytes.data())) {
                settings.servers.push_back(server);
            }
        }
        if ((keyword == "search" || keyword == "domain") && settings.domain.empty()) {
            settings.domain = value;
        }
    }
    return settings;
}

bool forwards()
{
    std::ifstream file("/proc/sys/net/ipv4/ip_forward");
    int value = 0;
    return file >> value && value != 0;
}

}  // namespace spindle::interfaces
