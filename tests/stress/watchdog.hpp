// Ends the test program with a message when something that must end does not: a hang is a finding, not a
// mystery.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "support/give_up.hpp"

namespace spindle::stress {

class watchdog {
public:
    /// `limit` is for a machine that does little else; a busy one gives a test a small part of its processors and is
    /// granted several times as much.
    watchdog(std::string what, std::chrono::seconds limit)
        : thread_([this, what = std::move(what), limit] { watch(what, limit); })
    {
    }
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;
    ~watchdog()
    {
        {
            const std::lock_guard lock(mutex_);
            over_ = true;
        }
        changed_.notify_one();
        thread_.join();
    }

private:
    static constexpr int patience = 5;

    void watch(const std::string& what, std::chrono::seconds limit)
    {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, limit * patience, [this] { return over_; })) {
            test::give_up(("hangs: " + what).c_str());
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool over_ = false;
    std::thread thread_;
};

}  // namespace spindle::stress
