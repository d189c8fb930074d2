// Many threads on one completion port with a loop, from everywhere at once: no packet is lost, none comes twice, nobody
// hangs, and never are two threads in the loop.
#include <random>
#include <thread>

#include "kernel/wait.hpp"
#include "support/catch.hpp"
#include "support/eventually.hpp"

#include "fake_loop.hpp"

using namespace spindle;
using namespace spindle::test;
using outcome = kernel::completion_port::outcome;

namespace {

constexpr std::uintptr_t packets_per_source = 3000;

struct tally {
    explicit tally(std::size_t count) : seen(count) {}
    std::vector<std::atomic<int>> seen;
    std::atomic<std::uintptr_t> total{0};
    std::atomic<int> refused{0};
};

// What the provider's own thread does for a loop that nobody has come back to.
class backstop {
public:
    explicit backstop(looped_port& port) : port_(port) {}
    ~backstop()
    {
        stopping_ = true;
        thread_.join();
    }

private:
    void run()
    {
        unsigned before = 0;
        while (!stopping_) {
            std::this_thread::sleep_for(2ms);
            std::lock_guard lock(mutex);
            if (port_.loop != nullptr && port_.loop->lefts != before && port_.loop->inside == 0) {
                before = port_.loop->lefts;
                port_->unattended();
            }
        }
    }

    looped_port& port_;
    std::atomic<bool> stopping_{false};

public:
    std::mutex mutex;  // the loop may go away

private:
    std::thread thread_{[this] { run(); }};
};

void work(looped_port& port, tally& counted, unsigned seed)
{
    std::mt19937 generator(seed);
    const auto random = [&generator] { return static_cast<unsigned>(generator()); };
    std::vector<kernel::packet> taken(8);
    for (;;) {
        const std::size_t most = 1 + random() % taken.size();
        const auto result =
            port->take({taken.data(), most}, random() % 8 == 0 ? random() % 3 : 0xFFFFFFFF, false);
        if (result.how == outcome::abandoned) {
            return;
        }
        for (std::size_t index = 0; index < result.count; ++index) {
            const std::uintptr_t key = taken[index].key;
            ++counted.seen[key];
            ++counted.total;
            if (key % 4 == 1) {
                counted.refused += port->post(numbered(key - 1)) ? 0 : 1;  // what a worker queues itself
            }
        }
        if (random() % 64 == 0) {
            (void)kernel::wait({}, kernel::wait_mode::any, kernel::deadline_after(random() % 3), false);
        }
    }
}

void run_threads(unsigned concurrency, std::size_t workers, bool reopen)
{
    looped_port port(concurrency);
    // Keys: 4n + 1 is made ready in the loop and makes its worker post 4n; 4n + 2 is posted by others.
    tally counted(packets_per_source * 4);
    std::vector<std::thread> threads;
    {
        backstop watching(port);
        for (std::size_t index = 0; index < workers; ++index) {
            threads.emplace_back([&, index] { work(port, counted, static_cast<unsigned>(index + 1)); });
        }
        std::thread poster([&] {
            for (std::uintptr_t number = 0; number < packets_per_source; ++number) {
                counted.refused += port->post(numbered(number * 4 + 2)) ? 0 : 1;
            }
        });
        for (std::uintptr_t number = 0; number < packets_per_source; ++number) {
            if (reopen && number % 500 == 250) {
                std::lock_guard lock(watching.mutex);
                CHECK(eventually([&] {
                    std::lock_guard inner(port.loop->mutex);
                    return port.loop->ready.empty();
                }));
                port->give_up_loop(&port.source);
                REQUIRE(port->pin_loop(port.source, port.loop) == kernel::completion_port::loop_use::joined);
                port->unpin_loop();
            }
            port.loop->make_ready({numbered(number * 4 + 1)});
        }
        poster.join();
        CHECK(eventually([&] { return counted.total == packets_per_source * 3; }));
        CHECK_FALSE(port.loop->overlapping);
        std::lock_guard lock(watching.mutex);
        port.loop = nullptr;
        port.close();
    }
    for (auto& each : threads) {
        each.join();
    }
    CHECK(counted.refused == 0);
    for (std::size_t key = 0; key < counted.seen.size(); ++key) {
        if (counted.seen[key] != (key % 4 == 3 ? 0 : 1)) {
            FAIL("packet " << key << " came " << counted.seen[key] << " times");
        }
    }
}

}  // namespace

TEST_CASE("CP-20 every packet is taken exactly once, however many threads there are", "[kernel][port]")
{
    SECTION("one worker")
    {
        run_threads(1, 1, false);
    }
    SECTION("one may run, three wait")
    {
        run_threads(1, 4, false);
    }
    SECTION("two may run")
    {
        run_threads(2, 3, false);
    }
    SECTION("many may run")
    {
        run_threads(8, 6, false);
    }
    SECTION("the loop goes away and comes back")
    {
        run_threads(2, 4, true);
    }
}
