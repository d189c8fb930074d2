// A name look-up that runs beside its caller, on a thread of the pool, because somebody waits for it with a limit or does
// not wait at all. The resolver cannot be interrupted: a look-up that was given up ends unseen, with memory of its own.
// Answers to the pages "GetAddrInfoExW" and "GetAddrInfoExCancel".
#pragma once

#include "host/address_info.hpp"
#include "host/thread_pool.hpp"

#include <memory>

namespace spindle::host {

class background_look_up : public pool_task {
public:
    explicit background_look_up(name_request request) noexcept : request_(std::move(request)) {}
    virtual ~background_look_up() = default;
    background_look_up(const background_look_up&) = delete;
    background_look_up& operator=(const background_look_up&) = delete;

    /// Hands the look-up to the pool, which keeps it until it is done. False: no thread, nothing was begun.
    [[nodiscard]] static bool start(const std::shared_ptr<background_look_up>& target) noexcept;

    /// Ends it as WSATRY_AGAIN when it has not ended by then. False: no thread to watch the time, nothing was begun.
    [[nodiscard]] static bool limit(const std::shared_ptr<background_look_up>& target,
                                    kernel::clock::time_point deadline) noexcept;

    /// Gives up waiting at the deadline; true: the look-up has ended. Threads: any.
    [[nodiscard]] bool wait_until(kernel::clock::time_point deadline) noexcept;

    /// Ends it with the code, unless it has ended; the first caller wins and gets true.
    bool end(int code) noexcept { return end(code, {}); }

    /// Ends it without anybody being told, unless it has ended: the caller is told otherwise.
    bool abandon() noexcept;

    /// Valid once wait_until() said true.
    [[nodiscard]] int code() const noexcept { return code_; }
    [[nodiscard]] const resolver::answer& answer() const noexcept { return answer_; }
    [[nodiscard]] const name_request& request() const noexcept { return request_; }

protected:
    /// Called once, by whoever ends the look-up, without a lock.
    virtual void ended() noexcept {}

private:
    void run(const kernel::packet& taken) noexcept override;
    bool end(int code, resolver::answer&& found) noexcept;
    bool claim(int code, resolver::answer&& found) noexcept;
    void announce() noexcept;

    const name_request request_;
    std::shared_ptr<background_look_up> self_;  // while the pool has it
    kernel::static_mutex mutex_;
    kernel::condition changed_;
    bool claimed_ = false;
    bool ended_ = false;
    int code_ = 0;
    resolver::answer answer_;
};

}  // namespace spindle::host
