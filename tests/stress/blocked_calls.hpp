// Threads that sit in every kind of blocking Winsock call, for tests that take the library away under them.
#pragma once

#include <winsock2.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace spindle::stress {

class peer_process;

/// One call on a thread of its own.
class blocked_call {
public:
    /// `call` returns 0 or the last error.
    blocked_call(std::string kind, SOCKET socket, std::function<int()> call);
    blocked_call(const blocked_call&) = delete;
    blocked_call& operator=(const blocked_call&) = delete;

    [[nodiscard]] const std::string& kind() const noexcept { return kind_; }
    [[nodiscard]] SOCKET socket() const noexcept { return socket_; }
    /// True when the thread sleeps inside the call.
    [[nodiscard]] bool is_blocked() const;
    [[nodiscard]] bool is_done() const noexcept { return done_; }
    /// Waits for the call's end; its code.
    int join();
    /// For a process that ends with the call still blocked.
    void abandon() { thread_.detach(); }

private:
    std::string kind_;
    SOCKET socket_;
    int code_ = -1;
    std::atomic<long> thread_number_{0};
    std::atomic<bool> done_{false};
    std::thread thread_;
};

using blocked_calls = std::vector<std::unique_ptr<blocked_call>>;

/// Starts `each` calls of each of the eight kinds: accept, connect, recv, recvfrom, send, sendto, recv with a
/// time-out, and closesocket that lingers. Throws when one is not blocked within ten seconds.
[[nodiscard]] blocked_calls start_blocked_calls(const peer_process& peer, int each);

}  // namespace spindle::stress
