// What one run of the load generator measures, over which time, and the JSON line it ends with; also the content of
// the messages. The kinds of load (stream_load, datagram_load) fill it.
#pragma once

#include "histogram.hpp"

#include <netinet/in.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct load_options {
    std::string mode = "tcp";  // tcp, churn, idle, udp
    unsigned short port = 0;
    int connections = 1;         // at the same time
    std::size_t size = 64;       // bytes of a message
    double warm_up = 0.2;        // seconds before anything is counted
    double seconds = 1;          // seconds that are counted
    std::uint64_t messages = 0;  // instead of seconds: so many messages in all, no warm-up
    double limit = 60;           // seconds after which a run by `messages` gives up
};

using clock = std::chrono::steady_clock;

inline std::uint64_t nanoseconds(clock::duration time)
{
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(time).count());
}

/// Bytes that differ from message to message without being written anew: message k is a window into them that begins
/// at another place for each k.
class payload {
public:
    explicit payload(std::size_t size);
    const char* message(std::uint64_t number) const { return bytes_.data() + number % period; }

private:
    static constexpr std::size_t period = 251;
    std::vector<char> bytes_;
};

class measurement {
public:
    explicit measurement(const load_options& options) : options_(options) {}

    /// Begins the warm-up, or the counting when there is none.
    void start();
    /// Told once per turn of the loop. Says on standard output when counting begins, so that an observer can take the
    /// server's figures at that moment.
    void turn(clock::time_point now);
    bool over() const { return over_; }
    /// Milliseconds until something has to happen, for epoll_wait.
    int timeout() const;

    /// True when another message may be sent; counts it.
    bool may_send()
    {
        if (options_.messages != 0 && sent_ == options_.messages) {
            return false;
        }
        ++sent_;
        return !over_;
    }
    void answered(clock::duration latency)
    {
        ++answered_;
        latencies_.add(nanoseconds(latency));
        if (options_.messages != 0 && answered_ + lost_ >= options_.messages) {
            finish(clock::now());
        }
    }
    void lost();
    void failed(const char* what);
    /// Every connection is gone: nothing more will come.
    void abandon();

    /// The result line; false when something went wrong.
    bool report() const;

private:
    void begin_counting(clock::time_point now);
    void finish(clock::time_point now);

    const load_options& options_;
    histogram latencies_;
    std::uint64_t sent_ = 0;
    std::uint64_t answered_ = 0;
    std::uint64_t lost_ = 0;
    std::uint64_t errors_ = 0;
    bool counting_ = false;
    bool over_ = false;
    bool gave_up_ = false;
    clock::time_point next_;   // when the present part ends
    clock::time_point began_;  // counting
    clock::time_point ended_;
};

/// A sockaddr_in for a port of 127.0.0.1; `host` other than 1 gives 127.0.0.host.
sockaddr_in loopback(unsigned short port, unsigned host = 1);

bool run_streams(const load_options& options);
bool run_churn(const load_options& options);
bool run_idle(const load_options& options);
bool run_datagrams(const load_options& options);

}  // namespace bench
