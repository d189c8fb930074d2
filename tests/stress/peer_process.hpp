// Runs peer_main.cpp as a child process and asks it for its findings. The child ends when this object goes.
#pragma once

#include <string>
#include <sys/types.h>

namespace spindle::stress {

class peer_process {
public:
    /// Starts the child; data_port() is 0 when that failed.
    peer_process();
    peer_process(const peer_process&) = delete;
    peer_process& operator=(const peer_process&) = delete;
    ~peer_process();

    /// The port that accepts everything and reads as each connection's header says.
    [[nodiscard]] unsigned short data_port() const noexcept { return data_port_; }
    /// The port whose backlog is full: a connect to it neither succeeds nor fails for a long time.
    [[nodiscard]] unsigned short full_port() const noexcept { return full_port_; }

    struct findings {
        int accepted = -1;
        int open = -1;       ///< still open, deaf ones not counted
        int deaf_open = -1;  ///< never read
        int complete = -1;   ///< every byte right, then the end of the stream
        int short_end = -1;
        int wrong = -1;
        int reset = -1;
        int last_end_ms = -1;  ///< from mark to the last connection's end
    };
    /// "report", "mark" (starts the clock), "probe" (looks at the deaf connections) or "drop" (resets all).
    /// All numbers are -1 when the child does not answer within ten seconds.
    [[nodiscard]] findings ask(const std::string& command);
    /// Asks until no connection but deaf ones is open and that many were accepted, at most so long.
    [[nodiscard]] findings wait_until_ended(int accepted, int limit_ms);

private:
    [[nodiscard]] std::string read_line(int limit_ms);

    pid_t child_ = -1;
    int to_child_ = -1;
    int from_child_ = -1;
    std::string input_;
    unsigned short data_port_ = 0;
    unsigned short full_port_ = 0;
};

}  // namespace spindle::stress
