// A call that may block, on a thread of its own: a test can see that it waits, provoke what should wake it
// and take its outcome. A call that never comes back ends the test program with a message instead of hanging
// it.
#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

#include "support/eventually.hpp"
#include "support/give_up.hpp"
#include "support/process_probe.hpp"

namespace spindle::test {

template <class Result>
class background_call {
public:
    template <class Call>
    explicit background_call(Call call)
    {
        std::packaged_task<Result()> task([this, call = std::move(call)]() mutable {
            number_.store(this_thread_number());
            return call();
        });
        outcome_ = task.get_future();
        thread_ = std::thread(std::move(task));
    }
    background_call(const background_call&) = delete;
    background_call& operator=(const background_call&) = delete;

    ~background_call()
    {
        if (!taken_ && outcome_.wait_for(patience) != std::future_status::ready) {
            give_up("a call that should have ended is still blocked");
        }
        thread_.join();
    }

    [[nodiscard]] bool done() const { return taken_ || outcome_.wait_for(0s) == std::future_status::ready; }

    /// Waits until the call sleeps in the system. False: it came back instead, or never went to sleep.
    [[nodiscard]] bool blocks() const
    {
        const bool settled = eventually([&] { return done() || (number_ != 0 && thread_sleeps(number_)); });
        return settled && !done();
    }

    /// The outcome; throws when it does not come within `bound`.
    Result result(std::chrono::milliseconds bound = patience)
    {
        if (outcome_.wait_for(bound) != std::future_status::ready) {
            throw std::runtime_error("the call is still blocked");
        }
        taken_ = true;
        return outcome_.get();
    }

private:
    std::atomic<long> number_{0};
    std::future<Result> outcome_;
    bool taken_ = false;
    std::thread thread_;
};

template <class Call>
background_call(Call) -> background_call<decltype(std::declval<Call>()())>;

}  // namespace spindle::test
