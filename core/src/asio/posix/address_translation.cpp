// Addresses and the socket triple between Winsock's numbers and the kernel's. The layouts are those of ip(7),
// ipv6(7) and unix(7).
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <netinet/in.h>
#include <sys/un.h>

#include "asio/posix/descriptor.hpp"

namespace spindle::posix {
namespace {

struct family_pair {
    address_family winsock;
    int kernel;
};

constexpr std::array<family_pair, 3> families{{
    {address_family::ipv4, AF_INET},
    {address_family::ipv6, AF_INET6},
    {address_family::local, AF_UNIX},
}};

constexpr std::size_t path_offset = offsetof(sockaddr_un, sun_path);

static_assert(sizeof(sockaddr_in) == 16 && offsetof(sockaddr_in, sin_port) == 2);
static_assert(offsetof(sockaddr_in, sin_addr) == 4);
static_assert(sizeof(sockaddr_in6) == 28 && offsetof(sockaddr_in6, sin6_port) == 2);
static_assert(offsetof(sockaddr_in6, sin6_addr) == 8 && offsetof(sockaddr_in6, sin6_scope_id) == 24);
static_assert(sizeof(sockaddr_un) == 110 && path_offset == 2);

std::size_t local_size(const socket_address& address) noexcept
{
    const auto path = address.host();
    if (path.empty()) {
        return path_offset;
    }
    if (path.front() == std::byte{0}) {
        return path_offset + path.size();
    }
    return std::min(path_offset + path.size() + 1, sizeof(sockaddr_un));
}

}  // namespace

int domain_of(address_family family) noexcept
{
    for (const auto& pair : families) {
        if (pair.winsock == family) {
            return pair.kernel;
        }
    }
    return -1;
}

int type_of(socket_type type) noexcept
{
    constexpr std::array types{0, static_cast<int>(SOCK_STREAM), static_cast<int>(SOCK_DGRAM),
                               static_cast<int>(SOCK_RAW)};
    return types[static_cast<std::size_t>(type)];
}

kernel_address::kernel_address(const socket_address& address) noexcept
{
    std::memset(&storage, 0, sizeof(sockaddr_un) + 1);
    std::memcpy(&storage, address.data(), address.size());
    const int domain = domain_of(address.family());
    storage.ss_family = static_cast<sa_family_t>(domain == -1 ? AF_UNSPEC : domain);
    size = static_cast<socklen_t>(domain == AF_UNIX ? local_size(address) : address.size());
}

socket_address kernel_address::to_winsock() const noexcept
{
    const auto* pair = std::ranges::find(families, static_cast<int>(storage.ss_family), &family_pair::kernel);
    if (size < sizeof(sa_family_t) || pair == families.end()) {
        return {};
    }
    // Zero-filled, of the family's full size: what the kernel leaves out of a path is not there.
    auto address = socket_address::any(pair->winsock);
    const auto given = std::min(static_cast<std::size_t>(size), address.size());
    std::memcpy(address.data() + path_offset, reinterpret_cast<const char*>(&storage) + path_offset,
                given - path_offset);
    return address;
}

}  // namespace spindle::posix
