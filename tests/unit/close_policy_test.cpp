// The linger matrix (contract, 3.3) as the pure function plan_close: every row, in every situation that the
// row leaves open. What the connection does afterwards is in tests/spi/linger_test.cpp.
#include "support/catch.hpp"

#include "core/src/close_policy.hpp"

#include <cstdint>
#include <vector>

using namespace spindle;
using std::chrono::seconds;

namespace {

close_situation connected(linger_option linger, bool blocking, std::size_t unsent)
{
    return {.connected_stream = true, .linger = linger, .blocking = blocking, .unsent_bytes = unsent};
}

const std::vector<std::uint16_t> some_seconds = {0, 1, 2, 73, 65535};
const std::vector<std::size_t> some_unsent = {1, 4096, std::size_t{1} << 40U};

}  // namespace

TEST_CASE("LING-1, LOPT-1 with linger off a close never refuses and never waits", "[unit][linger]")
{
    for (const bool blocking : {true, false}) {
        for (const auto time : some_seconds) {
            // l_linger counts only while l_onoff is set.
            CHECK(plan_close(connected({0, time}, blocking, 0)) == close_plan{close_action::finish});
            for (const auto unsent : some_unsent) {
                CHECK(plan_close(connected({0, time}, blocking, unsent)) ==
                      close_plan{close_action::drain_background});
            }
        }
    }
}

TEST_CASE("LING-3 linger {1,0} aborts whether or not data is left, in both modes", "[unit][linger]")
{
    for (const bool blocking : {true, false}) {
        for (const std::size_t unsent : {std::size_t{0}, std::size_t{1}, std::size_t{1} << 40U}) {
            CHECK(plan_close(connected({1, 0}, blocking, unsent)) == close_plan{close_action::abort});
        }
    }
}

TEST_CASE("LING-4 linger {1,N} on a blocking socket waits N seconds, and only when data is left",
          "[unit][linger]")
{
    for (const auto time : some_seconds) {
        if (time == 0) {
            continue;
        }
        CHECK(plan_close(connected({1, time}, true, 0)) == close_plan{close_action::finish});
        for (const auto unsent : some_unsent) {
            CHECK(plan_close(connected({1, time}, true, unsent)) ==
                  close_plan{close_action::drain_blocking, seconds{time}});
        }
    }
}

TEST_CASE("LING-7 linger {1,N} on a non-blocking socket refuses, and only when data is left",
          "[unit][linger]")
{
    for (const auto time : some_seconds) {
        if (time == 0) {
            continue;
        }
        CHECK(plan_close(connected({1, time}, false, 0)) == close_plan{close_action::finish});
        for (const auto unsent : some_unsent) {
            CHECK(plan_close(connected({1, time}, false, unsent)) == close_plan{close_action::refuse});
        }
    }
}

TEST_CASE("LOPT-6 any l_onoff other than 0 means on", "[unit][linger]")
{
    CHECK(plan_close(connected({2, 0}, true, 5)).action == close_action::abort);
    CHECK(plan_close(connected({65535, 3}, true, 5)) == close_plan{close_action::drain_blocking, seconds{3}});
    CHECK(plan_close(connected({256, 3}, false, 5)).action == close_action::refuse);
}

TEST_CASE("CLOSE-14 what is no connected stream is released at once, whatever its linger setting",
          "[unit][linger]")
{
    for (const bool blocking : {true, false}) {
        for (const auto linger : {linger_option{0, 0}, linger_option{1, 0}, linger_option{1, 73}}) {
            const close_situation now{
                .connected_stream = false, .linger = linger, .blocking = blocking, .unsent_bytes = 0};
            CHECK(plan_close(now) == close_plan{close_action::release});
        }
    }
}
