// The option table through the embedding interface: order of checks, lengths, defaults, and the options with
// rules of their own (OPT-1 to OPT-12, LOPT-1 to LOPT-9, T-SOL, T-TCP). What options do to connections is
// tested elsewhere.
#include "support/catch.hpp"

#include "spindle/provider.hpp"

#include <array>
#include <climits>
#include <cstring>

using namespace spindle;

namespace {

constexpr int sol = option_level::socket;
constexpr int ip_time_to_live = 4;
constexpr int tcp_keep_count = 16;
constexpr int tcp_bsd_urgent = 0x7000;

/// A started provider with one fresh socket of each kind.
struct fixture {
    fixture() { started = provider.startup({2, 2}).has_value(); }
    ~fixture()
    {
        if (started) {
            (void)provider.cleanup();
        }
    }
    fixture(const fixture&) = delete;
    fixture& operator=(const fixture&) = delete;

    socket_ptr open(address_family family, socket_type type, int protocol)
    {
        const auto opened = provider.open({{family, type, protocol}, creation_flag::overlapped, 1});
        REQUIRE(opened.has_value());
        return *opened;
    }
    socket_ptr tcp() { return open(address_family::ipv4, socket_type::stream, 6); }
    socket_ptr udp() { return open(address_family::ipv4, socket_type::datagram, 17); }
    socket_ptr tcp6() { return open(address_family::ipv6, socket_type::stream, 6); }

    spindle::provider provider;
    bool started = false;
};

errc set_bytes(socket& target, int level, int name, const void* data, std::size_t size)
{
    return to_errc(target.set_option(level, name, {static_cast<const std::byte*>(data), size}).error());
}

errc set_int(socket& target, int level, int name, int value, std::size_t size = sizeof(int))
{
    return set_bytes(target, level, name, &value, size);
}

struct got {
    errc code;
    std::size_t size;  // bytes written
    int value;         // of a buffer that was filled with 0x55 before
};

got get(socket& target, int level, int name, std::size_t room = sizeof(int))
{
    std::array<std::byte, 64> bytes;
    bytes.fill(std::byte{0x55});
    const auto written = target.get_option(level, name, {bytes.data(), room});
    int value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return {to_errc(written.error()), written ? *written : 0, value};
}

int value_of(socket& target, int level, int name)
{
    const got answer = get(target, level, name);
    CHECK(answer.code == errc::success);
    return answer.value;
}

linger_option linger_of(socket& target)
{
    const auto linger = target.linger();
    CHECK(linger.has_value());
    return linger ? *linger : linger_option{};
}

}  // namespace

TEST_CASE_METHOD(fixture, "OPT-1 the level is judged before the name, the name before the value",
                 "[unit][option][OPT-1]")
{
    const auto s = tcp();
    CHECK(set_bytes(*s, 0x8000, socket_option::debug, nullptr, 0) == errc::invalid_argument);
    CHECK(set_bytes(*s, -1, 0x7777, nullptr, 0) == errc::invalid_argument);
    CHECK(set_bytes(*s, sol, 0x7777, nullptr, 0) == errc::no_protocol_option);
    CHECK(set_bytes(*s, sol, socket_option::debug, nullptr, 0) == errc::fault);
    CHECK(to_errc(s->get_option(0x8000, socket_option::debug, {}).error()) == errc::invalid_argument);
    CHECK(to_errc(s->get_option(sol, 0x7777, {}).error()) == errc::no_protocol_option);
    CHECK(to_errc(s->get_option(sol, socket_option::debug, {}).error()) == errc::fault);
    CHECK(get(*s, sol, 0x40).code == errc::invalid_argument);
    CHECK(get(*s, sol, 0x1003).code == errc::invalid_argument);
}

TEST_CASE_METHOD(fixture, "OPT-3 booleans take one byte and more", "[unit][option][OPT-3]")
{
    const auto s = tcp();
    const std::array<int, 16> wide{1};
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{2}, std::size_t{4}, std::size_t{8}, std::size_t{42}}) {
        CHECK(set_int(*s, sol, socket_option::debug, 0) == errc::success);
        CHECK(set_bytes(*s, sol, socket_option::debug, wide.data(), size) == errc::success);
        CHECK(value_of(*s, sol, socket_option::debug) == 1);
    }
}

TEST_CASE_METHOD(fixture, "OPT-4 numbers need four bytes", "[unit][option][OPT-4]")
{
    const auto s = tcp();
    for (const int name :
         {socket_option::send_buffer, socket_option::receive_timeout, socket_option::linger}) {
        CHECK(set_int(*s, sol, name, 1, 3) == errc::fault);
        CHECK(get(*s, sol, name, 3).code == errc::fault);
        CHECK(get(*s, sol, name, 0).code == errc::fault);
    }
}

TEST_CASE_METHOD(fixture, "OPT-5 lengths zero and minus one", "[unit][option][OPT-5]")
{
    const auto s = tcp();
    const auto minus_one = static_cast<std::size_t>(UINT_MAX);
    const int one = 1;
    CHECK(set_int(*s, sol, socket_option::debug, 1) == errc::success);
    CHECK(set_int(*s, sol, socket_option::debug, 0, 0) == errc::success);
    CHECK(value_of(*s, sol, socket_option::debug) == 1);
    CHECK(set_int(*s, sol, socket_option::keep_alive, 1, 0) == errc::fault);
    CHECK(set_int(*s, sol, socket_option::send_buffer, 1, 0) == errc::fault);
    CHECK(set_int(*s, option_level::ip, ip_time_to_live, 1, 0) == errc::fault);
    CHECK(set_bytes(*s, sol, socket_option::reuse_address, &one, minus_one) == errc::success);
    CHECK(value_of(*s, sol, socket_option::reuse_address) == 1);
    CHECK(set_bytes(*s, sol, socket_option::keep_alive, &one, minus_one) == errc::no_buffer_space);
    CHECK(set_bytes(*s, option_level::tcp, tcp_option::no_delay, &one, minus_one) == errc::no_buffer_space);
    CHECK(set_bytes(*s, option_level::ip, ip_time_to_live, &one, minus_one) == errc::no_buffer_space);
}

TEST_CASE_METHOD(fixture, "OPT-6 OPT-8 one-byte options fill and look at one byte",
                 "[unit][option][OPT-6][OPT-8]")
{
    const auto s = tcp();
    struct place {
        int level;
        int name;
    };
    for (const place at : {place{sol, socket_option::keep_alive},
                           {sol, socket_option::dont_route},
                           {option_level::tcp, tcp_option::no_delay},
                           {option_level::ipv6, ipv6_option::v6_only}}) {
        CHECK(set_int(*s, at.level, at.name, 1) == errc::success);
        const got on = get(*s, at.level, at.name);
        CHECK(on.size == 1);
        CHECK(on.value == 0x55555501);
        CHECK(set_int(*s, at.level, at.name, 0x100) == errc::success);
        CHECK(get(*s, at.level, at.name).value == 0x55555500);
    }
}

TEST_CASE_METHOD(fixture, "OPT-7 OPT-8 other booleans are 0 or 1 and as long as the buffer",
                 "[unit][option][OPT-7][OPT-8]")
{
    const auto s = tcp();
    CHECK(set_int(*s, sol, socket_option::debug, 0x100) == errc::success);
    const got whole = get(*s, sol, socket_option::debug, 8);
    CHECK(whole.size == 4);
    CHECK(whole.value == 1);
    for (const std::size_t room : {std::size_t{1}, std::size_t{2}}) {
        const got narrow = get(*s, sol, socket_option::debug, room);
        CHECK(narrow.size == 1);
        CHECK(narrow.value == 0x55555501);
    }
}

TEST_CASE_METHOD(fixture, "OPT-9 a hop limit is at most 255", "[unit][option][OPT-9]")
{
    const auto s = tcp();
    CHECK(set_int(*s, option_level::ip, ip_time_to_live, 256) == errc::invalid_argument);
    CHECK(set_int(*s, option_level::ip, ip_time_to_live, 0x0A21, 1) == errc::success);
    CHECK(value_of(*s, option_level::ip, ip_time_to_live) == 0x21);
}

TEST_CASE_METHOD(fixture, "OPT-10 options have their documented defaults", "[unit][option][OPT-10]")
{
    const auto s = tcp();
    for (const int name :
         {socket_option::debug, socket_option::accept_connections, socket_option::reuse_address,
          socket_option::broadcast, socket_option::oob_inline, socket_option::exclusive_address_use,
          socket_option::send_timeout, socket_option::receive_timeout, socket_option::error,
          socket_option::group_id, socket_option::group_priority, socket_option::conditional_accept}) {
        INFO(name);
        CHECK(value_of(*s, sol, name) == 0);
    }
    CHECK(value_of(*s, sol, socket_option::dont_linger) == 1);
    CHECK(value_of(*s, sol, socket_option::send_buffer) == 65536);
    CHECK(value_of(*s, sol, socket_option::receive_buffer) == 65536);
    CHECK(value_of(*s, sol, socket_option::connect_time) == -1);
    CHECK(value_of(*s, sol, socket_option::type) == 1);
    CHECK(value_of(*s, option_level::tcp, tcp_bsd_urgent) == 1);
    CHECK(linger_of(*s) == linger_option{});
}

TEST_CASE_METHOD(fixture, "OPT-12 LOPT-7 options of another type of socket are refused",
                 "[unit][option][OPT-12][LOPT-7]")
{
    const auto s = udp();
    for (const int name : {socket_option::linger, socket_option::dont_linger, socket_option::keep_alive}) {
        CHECK(get(*s, sol, name).code == errc::no_protocol_option);
        CHECK(set_int(*s, sol, name, 0) == errc::no_protocol_option);
    }
    CHECK(get(*s, option_level::tcp, tcp_option::no_delay).code == errc::no_protocol_option);
    CHECK(get(*tcp6(), option_level::ip, ip_time_to_live).code == errc::invalid_argument);
    CHECK(value_of(*s, sol, socket_option::max_message_size) == 65507);
    CHECK(get(*tcp(), sol, socket_option::max_message_size).code == errc::no_protocol_option);
}

TEST_CASE_METHOD(fixture, "T-SOL read-only options say so", "[unit][option][T-SOL]")
{
    const auto s = tcp();
    for (const int name : {socket_option::accept_connections, socket_option::group_id,
                           socket_option::connect_time, socket_option::type}) {
        CHECK(set_int(*s, sol, name, 1) == errc::no_protocol_option);
    }
    CHECK(set_int(*udp(), sol, socket_option::type, 1) == errc::invalid_argument);
}

TEST_CASE_METHOD(fixture, "T-SOL buffer sizes and SO_ERROR are read back as they were set",
                 "[unit][option][T-SOL]")
{
    const auto s = tcp();
    for (const int bytes : {0, 1, 4096, 100000}) {
        CHECK(set_int(*s, sol, socket_option::send_buffer, bytes) == errc::success);
        CHECK(value_of(*s, sol, socket_option::send_buffer) == bytes);
        CHECK(set_int(*s, sol, socket_option::receive_buffer, bytes) == errc::success);
        CHECK(value_of(*s, sol, socket_option::receive_buffer) == bytes);
    }
    CHECK(set_int(*s, sol, socket_option::send_buffer, -1) == errc::invalid_argument);
    CHECK(set_int(*s, sol, socket_option::error, 10061) == errc::success);
    CHECK(value_of(*s, sol, socket_option::error) == 10061);
    CHECK(value_of(*s, sol, socket_option::error) == 10061);
}

TEST_CASE_METHOD(fixture, "BIND-9 BND-1 the two ways of sharing a port exclude each other",
                 "[unit][option][BIND-9][BND-1]")
{
    const auto s = tcp();
    CHECK(set_int(*s, sol, socket_option::reuse_address, 1) == errc::success);
    CHECK(set_int(*s, sol, socket_option::exclusive_address_use, 1) == errc::invalid_argument);
    CHECK(set_int(*s, sol, socket_option::exclusive_address_use, 0) == errc::success);
    CHECK(value_of(*s, sol, socket_option::reuse_address) == 1);
    CHECK(set_int(*s, sol, socket_option::reuse_address, 0) == errc::success);
    CHECK(set_int(*s, sol, socket_option::exclusive_address_use, 1) == errc::success);
    CHECK(set_int(*s, sol, socket_option::reuse_address, 1) == errc::invalid_argument);
    CHECK(value_of(*s, sol, socket_option::exclusive_address_use) == 1);
}

TEST_CASE_METHOD(fixture, "LOPT-3 LOPT-4 SO_DONTLINGER is the other side of SO_LINGER",
                 "[unit][option][LOPT-3][LOPT-4]")
{
    const auto s = tcp();
    CHECK(s->set_linger({1, 73}).has_value());
    CHECK(value_of(*s, sol, socket_option::dont_linger) == 0);
    CHECK(set_int(*s, sol, socket_option::dont_linger, 1, 1) == errc::success);
    CHECK(linger_of(*s) == linger_option{0, 73});
    CHECK(set_int(*s, sol, socket_option::dont_linger, 0) == errc::success);
    CHECK(linger_of(*s) == linger_option{1, 73});
}

TEST_CASE_METHOD(fixture, "LOPT-5 lingering that was never given a time does not become a hard close",
                 "[unit][option][LOPT-5]")
{
    const auto s = tcp();
    CHECK(set_int(*s, sol, socket_option::dont_linger, 0) == errc::success);
    CHECK(linger_of(*s) == linger_option{1, 10});
}

TEST_CASE_METHOD(fixture, "LOPT-6 SO_LINGER is four bytes", "[unit][option][LOPT-6]")
{
    const auto s = tcp();
    CHECK(set_int(*s, sol, socket_option::linger, 1, 1) == errc::fault);
    CHECK(set_int(*s, sol, socket_option::linger, 1, 2) == errc::fault);
    CHECK(set_bytes(*s, sol, socket_option::linger, nullptr, 4) == errc::fault);
    CHECK(set_bytes(*s, sol, socket_option::dont_linger, nullptr, 4) == errc::fault);
    const linger_option wanted{7, 555};
    CHECK(set_bytes(*s, sol, socket_option::linger, &wanted, sizeof wanted) == errc::success);
    CHECK(linger_of(*s) == wanted);
}

TEST_CASE_METHOD(fixture, "LIST-6 SO_ACCEPTCONN is set by listening alone", "[unit][option][LIST-6]")
{
    const auto s = tcp();
    REQUIRE(s->bind(socket_address::loopback(address_family::ipv4)).has_value());
    CHECK(value_of(*s, sol, socket_option::accept_connections) == 0);
    CHECK(set_int(*s, sol, socket_option::conditional_accept, 1) == errc::success);
    REQUIRE(s->listen(1).has_value());
    CHECK(value_of(*s, sol, socket_option::accept_connections) == 1);
    CHECK(set_int(*s, sol, socket_option::conditional_accept, 0) == errc::invalid_argument);
}

TEST_CASE_METHOD(fixture, "T-IP6 IPV6_V6ONLY is on and counts at bind time", "[unit][option][T-IP6]")
{
    const auto s = tcp6();
    CHECK(get(*s, option_level::ipv6, ipv6_option::v6_only).value == 0x55555501);
    CHECK(set_int(*s, option_level::ipv6, ipv6_option::v6_only, 0) == errc::success);
    REQUIRE(s->bind(socket_address::loopback(address_family::ipv6)).has_value());
    CHECK(set_int(*s, option_level::ipv6, ipv6_option::v6_only, 1) == errc::invalid_argument);
}

TEST_CASE_METHOD(fixture, "T-TCP the urgent pointer's reading cannot be taken back", "[unit][option][T-TCP]")
{
    const auto s = tcp();
    CHECK(set_int(*s, option_level::tcp, tcp_option::expedited_1122, 1) == errc::success);
    CHECK(value_of(*s, option_level::tcp, tcp_bsd_urgent) == 0);
    CHECK(set_int(*s, option_level::tcp, tcp_option::expedited_1122, 0) == errc::invalid_argument);
    CHECK(set_int(*s, option_level::tcp, tcp_bsd_urgent, 1) == errc::invalid_argument);
    CHECK(set_int(*s, option_level::tcp, tcp_keep_count, 256) == errc::invalid_argument);
    CHECK(set_int(*s, option_level::tcp, tcp_keep_count, 7) == errc::success);
    CHECK(value_of(*s, option_level::tcp, tcp_keep_count) == 7);
}
