// What a request for a socket resolves to (SOCK-1, SOCK-7 to SOCK-11) and the built-in entries (CAT-4,
// T-CAT). Pure table work; the same through WSPSocket is in the tests of that function.
#include "support/catch.hpp"

#include "spindle/catalog.hpp"

using namespace spindle;

namespace {

constexpr int inet = 2;
constexpr int inet6 = 23;
constexpr int local = 1;
constexpr int stream = 1;
constexpr int datagram = 2;
constexpr int raw = 3;
constexpr int tcp = 6;
constexpr int udp = 17;
constexpr int unknown = 77;

constexpr socket_kind tcp4{address_family::ipv4, socket_type::stream, tcp};
constexpr socket_kind udp4{address_family::ipv4, socket_type::datagram, udp};
constexpr socket_kind tcp6{address_family::ipv6, socket_type::stream, tcp};
constexpr socket_kind udp6{address_family::ipv6, socket_type::datagram, udp};
constexpr socket_kind local_stream{address_family::local, socket_type::stream, 0};
constexpr socket_kind zeroed{address_family::unspecified, static_cast<socket_type>(0), 0};

struct request {
    int family;
    int type;
    int protocol;
};

bool resolves(const request& asked, const socket_kind& expected, const socket_kind* entry = nullptr)
{
    INFO("(" << asked.family << ", " << asked.type << ", " << asked.protocol << ")");
    const auto kind = resolve_kind(asked.family, asked.type, asked.protocol, entry);
    CHECK(kind.has_value());
    return kind && *kind == expected;
}

errc refusal(const request& asked, const socket_kind* entry = nullptr)
{
    return to_errc(resolve_kind(asked.family, asked.type, asked.protocol, entry).error());
}

}  // namespace

TEST_CASE("SOCK-7 zeros in a request take the first entry that matches", "[unit][catalog][SOCK-7]")
{
    for (const request& asked : {request{inet, stream, 0},
                                 {inet, 0, tcp},
                                 {inet, 0, 0},
                                 {0, stream, tcp},
                                 {0, 0, tcp},
                                 {inet, stream, tcp}}) {
        CHECK(resolves(asked, tcp4));
    }
    for (const request& asked :
         {request{inet, datagram, 0}, {inet, 0, udp}, {0, 0, udp}, {inet, datagram, udp}}) {
        CHECK(resolves(asked, udp4));
    }
    CHECK(resolves({inet6, stream, 0}, tcp6));
    CHECK(resolves({inet6, datagram, 0}, udp6));
    CHECK(resolves({inet6, 0, 0}, tcp6));
    CHECK(resolves({local, stream, 0}, local_stream));
}

TEST_CASE("SOCK-8 the reasons of a refusal have an order", "[unit][catalog][SOCK-8]")
{
    CHECK(refusal({0, 0, 0}) == errc::invalid_argument);
    CHECK(refusal({0, stream, 0}) == errc::invalid_argument);
    CHECK(refusal({0, unknown, 0}) == errc::invalid_argument);
    CHECK(refusal({unknown, unknown, unknown}) == errc::socket_type_not_supported);
    CHECK(refusal({local, raw, 0}) == errc::socket_type_not_supported);
    CHECK(refusal({inet, raw, 256}) == errc::protocol_not_supported);
    CHECK(refusal({inet, from_catalog_entry, 0}) == errc::socket_type_not_supported);
    CHECK(refusal({unknown, stream, tcp}) == errc::address_family_not_supported);
    CHECK(refusal({unknown, 0, unknown}) == errc::address_family_not_supported);
    CHECK(refusal({inet, stream, unknown}) == errc::protocol_not_supported);
    CHECK(refusal({0, 0, unknown}) == errc::protocol_not_supported);
    CHECK(refusal({local, stream, tcp}) == errc::protocol_not_supported);
}

TEST_CASE("SOCK-9 a type and a protocol that exist, but not together, are refused", "[unit][catalog][SOCK-9]")
{
    CHECK(refusal({inet, stream, udp}) == errc::protocol_not_supported);
    CHECK(refusal({inet, datagram, tcp}) == errc::protocol_not_supported);
    CHECK(refusal({0, stream, udp}) == errc::protocol_not_supported);
}

TEST_CASE("ADR-6 AF_UNIX has stream sockets only", "[unit][catalog][ADR-6]")
{
    CHECK(refusal({local, datagram, 0}) == errc::socket_type_not_supported);
}

TEST_CASE("SOCK-10 values of the request win over those of the entry", "[unit][catalog][SOCK-10]")
{
    CHECK(resolves({inet, stream, tcp}, tcp4, &udp4));
    CHECK(resolves({inet, stream, 0}, tcp4, &udp4));
    CHECK(resolves({inet6, 0, 0}, udp6, &udp4));
    CHECK(refusal({inet, stream, udp}, &tcp4) == errc::protocol_not_supported);
}

TEST_CASE("SOCK-11 a request of zeros or -1 takes the entry's values", "[unit][catalog][SOCK-11]")
{
    for (const socket_kind& kind : {tcp4, udp4, tcp6, udp6, local_stream}) {
        CHECK(resolves({0, 0, 0}, kind, &kind));
        CHECK(resolves({from_catalog_entry, from_catalog_entry, from_catalog_entry}, kind, &kind));
        CHECK(resolves({from_catalog_entry, 0, from_catalog_entry}, kind, &kind));
    }
    CHECK(refusal({0, 0, udp}, &zeroed) == errc::address_family_not_supported);
    CHECK(refusal({0, 0, 0}, &zeroed) == errc::address_family_not_supported);
}

TEST_CASE("SOCK-1 a single -1 takes that field of the entry", "[unit][catalog][SOCK-1]")
{
    CHECK(resolves({from_catalog_entry, datagram, udp}, udp6, &udp6));
    CHECK(resolves({inet6, from_catalog_entry, udp}, udp6, &udp6));
    CHECK(resolves({inet6, datagram, from_catalog_entry}, udp6, &udp6));
}

TEST_CASE("CAT-4 entries tell streams from messages and name what they can", "[unit][catalog][CAT-4]")
{
    CHECK(catalog_entries().size() == 7);
    for (const catalog_entry& entry : catalog_entries()) {
        INFO(entry.name);
        const bool messages = entry.kind.type != socket_type::stream;
        CHECK(find_entry(entry.kind) == &entry);
        CHECK((entry.message_size != 0) == messages);
        CHECK((entry.largest_datagram != 0) == messages);
        CHECK(((entry.service_flags & 0x8U) != 0) == messages);
        CHECK((entry.service_flags & 0x20000U) == 0);  // XP1_IFS_HANDLES is the SPI layer's to add
        CHECK_FALSE(entry.name.empty());
    }
    CHECK(find_entry(tcp4)->service_flags == 0x66);
    CHECK(find_entry(udp6)->service_flags == 0x609);
    CHECK(find_entry(udp4)->largest_datagram == 65507);
    CHECK(find_entry(udp6)->largest_datagram == 65527);
    CHECK(find_entry(zeroed) == nullptr);
}
