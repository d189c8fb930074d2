// The gate through which every call into the provider goes: who is inside, who is kept out, and that nobody
// slips in between the closing and the count. It carries clause CLEAN-15; the whole provider is tested in
// tests/spi.
#include "support/catch.hpp"

#include "spindle/call_gate.hpp"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

using spindle::call_gate;
using namespace std::chrono_literals;

TEST_CASE("START-22 a gate that was never opened admits nobody", "[unit][gate]")
{
    call_gate gate;
    CHECK_FALSE(gate.is_open());
    CHECK_FALSE(gate.enter());
    CHECK(gate.idle());
}

TEST_CASE("CLEAN-15 a closed gate is idle only when every caller has left", "[unit][gate]")
{
    call_gate gate;
    gate.open();
    CHECK(gate.enter());
    CHECK(gate.enter());
    gate.close();
    CHECK_FALSE(gate.enter());
    CHECK_FALSE(gate.idle());
    gate.leave();
    CHECK_FALSE(gate.wait_idle_for(1ms));
    gate.leave();
    CHECK(gate.idle());
    CHECK(gate.wait_idle_for(0ms));
}

TEST_CASE("CLEAN-18 a gate opens again after it was closed", "[unit][gate]")
{
    call_gate gate;
    for (int round = 0; round < 3; ++round) {
        gate.open();
        CHECK(gate.enter());
        gate.leave();
        gate.close();
        CHECK_FALSE(gate.enter());
        CHECK(gate.idle());
    }
}

TEST_CASE("CLEAN-15 after closing and idling no caller is inside, however many come and go", "[unit][gate]")
{
    call_gate gate;
    std::atomic<bool> torn_down{true};
    std::atomic<bool> stop{false};
    std::atomic<int> wrong{0};
    std::atomic<long> entered{0};

    std::vector<std::thread> callers;
    for (int i = 0; i < 4; ++i) {
        callers.emplace_back([&] {
            while (!stop) {
                if (gate.enter()) {
                    wrong += torn_down ? 1 : 0;
                    ++entered;
                    std::this_thread::yield();
                    wrong += torn_down ? 1 : 0;
                    gate.leave();
                } else {
                    std::this_thread::yield();
                }
            }
        });
    }
    for (int round = 0; round < 200; ++round) {
        const long before = entered;
        torn_down = false;
        gate.open();
        while (entered == before) {
            std::this_thread::yield();
        }
        gate.close();
        const bool idle = gate.wait_idle_for(10s);
        torn_down = true;
        if (!idle) {
            ++wrong;
        }
    }
    stop = true;
    for (auto& caller : callers) {
        caller.join();
    }
    CHECK(wrong == 0);
    CHECK(entered >= 200);
}

TEST_CASE("CLEAN-22 the child of a fork finds the gate shut and empty", "[unit][gate]")
{
    call_gate gate;
    gate.open();
    REQUIRE(gate.enter());
    gate.reset_after_fork();
    CHECK(gate.idle());
    CHECK_FALSE(gate.is_open());
    CHECK_FALSE(gate.enter());
}
