// Who runs the loop of a completion port, and what the others do meanwhile; completion_port_loop.cpp.
#include <algorithm>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <thread>

#include "kernel/port_thread.hpp"
#include "kernel/thread.hpp"
#include "kernel/wait.hpp"
#include "support/background_call.hpp"
#include "support/catch.hpp"

#include "fake_loop.hpp"

using namespace spindle;
using namespace spindle::test;
using outcome = kernel::completion_port::outcome;

namespace {

constexpr unsigned for_ever = 0xFFFFFFFF;

struct answer {
    outcome how;
    std::vector<std::uintptr_t> keys;
};

answer take(kernel::completion_port& port, unsigned milliseconds = for_ever, std::size_t most = 1,
            bool alertable = false)
{
    std::vector<kernel::packet> taken(most);
    const auto result = port.take(taken, milliseconds, alertable);
    answer got{result.how, {}};
    for (std::size_t index = 0; index < result.count; ++index) {
        got.keys.push_back(taken[index].key);
    }
    return got;
}

// A thread that makes the calls it is given, one after the other: so it stays bound to its port between them.
class worker {
public:
    explicit worker(looped_port& port) : port_(port) {}
    ~worker()
    {
        port_.close();  // a test may leave its workers waiting
        give([this] { stopping_ = true; }).get();
        thread_.join();
    }

    template <class Call>
    auto give(Call call) -> std::future<decltype(call())>
    {
        auto task = std::make_shared<std::packaged_task<decltype(call())()>>(std::move(call));
        auto result = task->get_future();
        std::lock_guard lock(mutex_);
        calls_.push_back([task] { (*task)(); });
        changed_.notify_one();
        return result;
    }

    std::future<answer> takes(kernel::completion_port& port, std::size_t most = 1)
    {
        return give([&port, most] { return take(port, for_ever, most); });
    }

    bool sleeps()
    {
        return eventually([this] { return number_ != 0 && thread_sleeps(number_); });
    }

private:
    void run()
    {
        number_ = this_thread_number();
        while (!stopping_) {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return !calls_.empty(); });
            auto call = std::move(calls_.front());
            calls_.erase(calls_.begin());
            lock.unlock();
            call();
        }
    }

    looped_port& port_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::function<void()>> calls_;
    bool stopping_ = false;
    std::atomic<long> number_{0};
    std::thread thread_{[this] { run(); }};
};

bool ready(std::future<answer>& pending)
{
    return pending.wait_for(patience) == std::future_status::ready;
}

bool still_waits(std::future<answer>& pending, worker& waiting)
{
    return waiting.sleeps() && pending.wait_for(0s) != std::future_status::ready;
}

}  // namespace

TEST_CASE("the thread that waits runs the loop and takes what it completes there", "[kernel][port]")
{
    looped_port port(1);
    worker only(port);
    auto pending = only.takes(*port);
    CHECK(eventually([&] { return port.loop->inside == 1; }));
    port.loop->make_ready({numbered(7)});
    REQUIRE(ready(pending));
    CHECK(pending.get().keys == std::vector<std::uintptr_t>{7});
    CHECK(port.loop->wakes == 0);
    CHECK(port.loop->lefts >= 1);
}

TEST_CASE("a packet of another thread wakes the leader when nobody else waits", "[kernel][port]")
{
    looped_port port(1);
    worker only(port);
    auto pending = only.takes(*port);
    CHECK(eventually([&] { return port.loop->inside == 1; }));
    CHECK(port->post(numbered(3)));
    REQUIRE(ready(pending));
    CHECK(pending.get().keys == std::vector<std::uintptr_t>{3});
    CHECK(port.loop->wakes == 1);
}

TEST_CASE("CP-22 a packet of another thread goes to the thread that came in last", "[kernel][port]")
{
    looped_port port(4);
    worker first(port);
    worker second(port);
    worker third(port);
    auto leads = first.takes(*port);
    CHECK(eventually([&] { return port.loop->inside == 1; }));
    auto below = second.takes(*port);
    CHECK(still_waits(below, second));
    auto top = third.takes(*port);
    CHECK(still_waits(top, third));
    CHECK(port->post(numbered(1)));
    REQUIRE(ready(top));
    CHECK(port->post(numbered(2)));
    REQUIRE(ready(below));
    CHECK(port->post(numbered(3)));
    REQUIRE(ready(leads));
    CHECK(leads.get().keys == std::vector<std::uintptr_t>{3});
}

TEST_CASE("a leader expected back soon leaves the loop to the provider, which may call another worker",
          "[kernel][port]")
{
    looped_port port(4);
    worker first(port);
    worker second(port);
    auto pending = first.takes(*port);
    CHECK(eventually([&] { return port.loop->inside == 1; }));
    auto parked = second.takes(*port);
    CHECK(still_waits(parked, second));
    port.loop->make_ready({numbered(1)});
    REQUIRE(ready(pending));
    CHECK(port.loop->lefts >= 1);
    CHECK(port.loop->inside == 0);

    // What the worker queues itself waits for it, until the provider finds that nobody has come back.
    CHECK(first.give([&] { return port->post(numbered(2)); }).get());
    CHECK(still_waits(parked, second));
    port->unattended();
    REQUIRE(ready(parked));
    CHECK(parked.get().keys == std::vector<std::uintptr_t>{2});

    auto again = second.takes(*port);
    CHECK(eventually([&] { return port.loop->inside == 1; }));
    auto back = first.takes(*port);
    CHECK(still_waits(back, first));
    CHECK_FALSE(port.loop->overlapping);
}

TEST_CASE("unattended and without packets, a parked worker becomes the leader", "[kernel][port]")
{
    looped_port port(4);
    worker first(port);
    worker second(port);
    auto pending = first.takes(*port);
    CHECK(eventually([&] { return port.loop->inside == 1; }));
    auto parked = second.takes(*port);
    CHECK(still_waits(parked, second));
    port.loop->make_ready({numbered(1)});
    REQUIRE(ready(pending));
    port->unattended();
    CHECK(eventually([&] { return port.loop->inside == 1; }));
    port.loop->make_ready({numbered(2)});
    REQUIRE(ready(parked));
}

TEST_CASE("when workers stay away long, the next leader is called at once", "[kernel][port]")
{
    looped_port port(4);
    worker workers[]{worker(port), worker(port)};
    auto parked = workers[1].takes(*port);
    CHECK(eventually([&] { return port.loop->inside == 1; }));
    // Each round one worker is away for longer than it would take to wake the other.
    bool called = false;
    for (int round = 0; round < 100 && !called; ++round) {
        worker& next = workers[round % 2];
        auto waits = next.takes(*port);
        CHECK(still_waits(waits, next));
        port.loop->make_ready({numbered(1)});
        REQUIRE(ready(parked));
        called = eventually([&] { return port.loop->inside == 1; }, 100ms);
        if (!called) {
            port->unattended();
            CHECK(eventually([&] { return port.loop->inside == 1; }));
        }
        parked = std::move(waits);
    }
    CHECK(called);
}

TEST_CASE("what a turn brings beyond the leader's share goes to parked workers", "[kernel][port]")
{
    looped_port port(3);
    worker workers[]{worker(port), worker(port), worker(port)};
    std::vector<std::future<answer>> pending;
    for (auto& each : workers) {
        pending.push_back(each.takes(*port));
        CHECK(each.sleeps());
        CHECK(eventually([&] { return port.loop->inside == 1; }));
    }
    std::vector<kernel::packet> many;
    for (std::uintptr_t number = 0; number < 100; ++number) {
        many.push_back(numbered(number));
    }
    port.loop->make_ready(many);
    std::vector<bool> seen(100);
    for (auto& each : pending) {
        REQUIRE(ready(each));
        seen[each.get().keys.at(0)] = true;
    }
    const answer rest = workers[0].takes(*port, 100).get();
    for (const auto key : rest.keys) {
        CHECK_FALSE(seen[key]);
        seen[key] = true;
    }
    CHECK(rest.keys.size() == 97);
    CHECK(std::is_sorted(rest.keys.begin(), rest.keys.end()));
}

TEST_CASE("CP-23 a leader is not released while enough threads run, and is when one blocks elsewhere",
          "[kernel][port]")
{
    looped_port port(1);
    worker first(port);
    worker second(port);
    CHECK(port->post(numbered(1)));
    REQUIRE(first.takes(*port).get().keys.size() == 1);
    auto leads = second.takes(*port);
    CHECK(eventually([&] { return port.loop->inside == 1; }));
    port.loop->make_ready({numbered(2)});
    CHECK(eventually([&] { return port.loop->turns >= 2 && port.loop->inside == 1; }));
    CHECK(still_waits(leads, second));
    auto blocked = first.give(
        [] { return kernel::wait({}, kernel::wait_mode::any, kernel::deadline_after(20), false).status; });
    REQUIRE(ready(leads));
    CHECK(leads.get().keys == std::vector<std::uintptr_t>{2});
    CHECK(blocked.get() == kernel::wait_status::timed_out);
}

TEST_CASE("CP-15 time-outs are exact for a leader too, and 0 polls the loop", "[kernel][port]")
{
    looped_port port(1);
    const stopwatch since;
    CHECK(take(*port, 30).how == outcome::timed_out);
    CHECK(since.elapsed() >= 30ms);
    CHECK(take(*port, 0).how == outcome::timed_out);
    port.loop->make_ready({numbered(5)});
    CHECK(take(*port, 0).keys == std::vector<std::uintptr_t>{5});
}

TEST_CASE("CP-19, APC-13 an APC reaches a thread that leads", "[kernel][port]")
{
    looped_port port(1);
    worker only(port);
    std::atomic<kernel::thread*> self{nullptr};
    auto pending = only.give([&] {
        self = kernel::current_thread().object;
        return take(*port, for_ever, 1, true);
    });
    CHECK(eventually([&] { return port.loop->inside == 1; }));
    static std::atomic<int> ran;
    ran = 0;
    CHECK(self.load()->queue(
        kernel::apc{[](const kernel::apc& call) { ran += static_cast<int>(call.context); }, nullptr, 4}));
    REQUIRE(ready(pending));
    CHECK(pending.get().how == outcome::apcs_ran);
    CHECK(ran == 4);
}

TEST_CASE("CP-19 an APC that is queued already ends the wait at once, but packets come first",
          "[kernel][port]")
{
    looped_port port(1);
    static std::atomic<int> ran;
    ran = 0;
    CHECK(kernel::current_thread().object->queue(
        kernel::apc{[](const kernel::apc&) { ++ran; }, nullptr, 0}));
    CHECK(port->post(numbered(1)));
    CHECK(take(*port, for_ever, 1, true).keys.size() == 1);
    CHECK(ran == 0);
    CHECK(take(*port, for_ever, 1, true).how == outcome::apcs_ran);
    CHECK(ran == 1);
    CHECK(take(*port, 0, 1, true).how == outcome::timed_out);
}

TEST_CASE("a leader that times out hands the loop on", "[kernel][port]")
{
    looped_port port(2);
    worker first(port);
    worker second(port);
    auto leads = first.give([&] { return take(*port, 100); });
    CHECK(eventually([&] { return port.loop->inside == 1; }));
    auto parked = second.takes(*port);
    REQUIRE(ready(leads));
    CHECK(leads.get().how == outcome::timed_out);
    CHECK(eventually([&] { return port.loop->inside == 1; }));
    port.loop->make_ready({numbered(1)});
    REQUIRE(ready(parked));
}

TEST_CASE("CP-16 closing the port abandons leader and parked threads and closes the loop", "[kernel][port]")
{
    looped_port port(2);
    worker first(port);
    worker second(port);
    auto leads = first.takes(*port);
    CHECK(eventually([&] { return port.loop->inside == 1; }));
    auto parked = second.takes(*port);
    CHECK(still_waits(parked, second));
    CHECK(open_fake_loops == 1);
    port.close();
    CHECK(open_fake_loops == 0);
    CHECK(port.source.open_loops == 0);
    REQUIRE(ready(leads));
    CHECK(leads.get().how == outcome::abandoned);
    REQUIRE(ready(parked));
    CHECK(parked.get().how == outcome::abandoned);
    CHECK(take(*port, 0).how == outcome::abandoned);
    exchange::loop* none = nullptr;
    CHECK(port->pin_loop(port.source, none) == kernel::completion_port::loop_use::failed);
    CHECK(open_fake_loops == 0);
}

TEST_CASE("a port that loses its loop goes on, and may get another", "[kernel][port]")
{
    looped_port port(4);
    worker first(port);
    worker second(port);
    auto leads = first.takes(*port);
    CHECK(eventually([&] { return port.loop->inside == 1; }));
    auto parked = second.takes(*port);
    CHECK(still_waits(parked, second));
    kernel::loop_source other;
    other.functions = &fake_provider();
    port->give_up_loop(&other);
    CHECK(open_fake_loops == 1);
    exchange::loop* none = nullptr;
    CHECK(port->pin_loop(other, none) == kernel::completion_port::loop_use::none);

    port->give_up_loop(&port.source);
    CHECK(open_fake_loops == 0);
    CHECK(still_waits(leads, first));
    CHECK(still_waits(parked, second));
    CHECK(port->post(numbered(1)));
    CHECK(port->post(numbered(2)));
    REQUIRE(ready(leads));
    REQUIRE(ready(parked));

    auto waits = first.takes(*port);
    CHECK(still_waits(waits, first));
    fake_loop_refused = true;
    CHECK(port->pin_loop(port.source, port.loop) == kernel::completion_port::loop_use::failed);
    fake_loop_refused = false;
    REQUIRE(port->pin_loop(port.source, port.loop) == kernel::completion_port::loop_use::joined);
    port->unpin_loop();
    CHECK(eventually([&] { return port.loop->inside == 1; }));
    port.loop->make_ready({numbered(3)});
    REQUIRE(ready(waits));
}

TEST_CASE("a worker that takes packet after packet gives the loop a turn now and then", "[kernel][port]")
{
    looped_port port(1);
    for (int count = 0; count < 200; ++count) {
        CHECK(port->post(numbered(0)));
    }
    port.loop->make_ready({numbered(1)});
    bool seen = false;
    int taken = 0;
    while (taken < 200 && port.loop->turns == 0) {
        seen = seen || take(*port).keys.at(0) == 1;
        ++taken;
    }
    CHECK(taken < 100);
    CHECK_FALSE(seen);
    CHECK(take(*port, for_ever, 300).keys.back() == 1);
}
