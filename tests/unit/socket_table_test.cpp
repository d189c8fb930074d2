// The handle table against a plain map: handles that crowd one place, that leave and come again.
#include "socket_table.hpp"

#include <cstdint>
#include <map>
#include <random>

#include "support/catch.hpp"

using namespace spindle;

namespace {

// The table never looks at the sockets themselves.
std::shared_ptr<basic_socket> made_up_socket(std::uintptr_t number)
{
    return {std::make_shared<int>(0), reinterpret_cast<basic_socket*>(number)};
}

void compare_after_random_calls(unsigned seed, socket_handle step)
{
    socket_table table;
    std::map<socket_handle, std::shared_ptr<basic_socket>> expected;
    std::mt19937 random(seed);
    for (std::uintptr_t call = 1; call <= 20000; ++call) {
        const socket_handle handle = (1 + random() % 300) * step;
        const auto known = expected.find(handle);
        if (random() % 2 == 0) {
            const auto socket = made_up_socket(call * 16);
            REQUIRE(table.insert(handle, socket) == expected.try_emplace(handle, socket).second);
        } else {
            REQUIRE_FALSE(table.erase(handle, reinterpret_cast<basic_socket*>(std::uintptr_t{8})));
            REQUIRE(table.erase(handle, known == expected.end() ? nullptr : known->second.get()) ==
                    (known != expected.end()));
            expected.erase(handle);
        }
        const socket_handle other = (1 + random() % 300) * step;
        const auto there = expected.find(other);
        REQUIRE(table.find(other) == (there == expected.end() ? nullptr : there->second));
    }
    REQUIRE(table.snapshot().size() == expected.size());
    for (const auto& socket : table.snapshot()) {
        REQUIRE(socket.use_count() == 3);  // the table's, the map's, the snapshot's
    }
}

}  // namespace

TEST_CASE("the handle table finds what was put in and not taken out", "[unit][sockets]")
{
    compare_after_random_calls(1, 4);     // as hosts give handles
    compare_after_random_calls(2, 1);     // as the default host does
    compare_after_random_calls(3, 256);   // one shard only
    compare_after_random_calls(4, 4096);  // one shard, few places of it
}

TEST_CASE("the handle table drops its reference when a socket is taken out", "[unit][sockets]")
{
    socket_table table;
    const auto socket = made_up_socket(16);
    REQUIRE(table.insert(4, socket));
    CHECK(socket.use_count() == 2);
    CHECK(table.erase(4, socket.get()));
    CHECK(socket.use_count() == 1);
    CHECK(table.find(4) == nullptr);
}
