// posix_spawn and two pipes. The child's program is SPINDLE_STRESS_PEER, set by the build.
#include "peer_process.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "process_facts.hpp"

namespace spindle::stress {

peer_process::peer_process()
{
    std::array<int, 2> down{-1, -1};
    std::array<int, 2> up{-1, -1};
    if (pipe2(down.data(), O_CLOEXEC) != 0 || pipe2(up.data(), O_CLOEXEC) != 0) {
        return;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, down[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, up[1], STDOUT_FILENO);
    std::string program = SPINDLE_STRESS_PEER;
    std::array<char*, 2> arguments{program.data(), nullptr};
    if (posix_spawn(&child_, program.c_str(), &actions, nullptr, arguments.data(), environ) != 0) {
        child_ = -1;
    }
    posix_spawn_file_actions_destroy(&actions);
    close(down[0]);
    close(up[1]);
    to_child_ = down[1];
    from_child_ = up[0];
    const std::string ports = read_line(10'000);
    if (const auto data = field_of(ports, "data_port"), full = field_of(ports, "full_port");
        data > 0 && full > 0) {
        data_port_ = static_cast<unsigned short>(data);
        full_port_ = static_cast<unsigned short>(full);
    }
}

peer_process::~peer_process()
{
    close(to_child_);
    close(from_child_);
    if (child_ > 0) {
        kill(child_, SIGKILL);
        waitpid(child_, nullptr, 0);
    }
}

std::string peer_process::read_line(int limit_ms)
{
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(limit_ms);
    for (;;) {
        if (const auto end = input_.find('\n'); end != std::string::npos) {
            std::string line = input_.substr(0, end);
            input_.erase(0, end + 1);
            return line;
        }
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd readable{from_child_, POLLIN, 0};
        std::array<char, 512> part;
        if (left.count() <= 0 || poll(&readable, 1, static_cast<int>(left.count())) <= 0) {
            return {};
        }
        const ssize_t got = read(from_child_, part.data(), part.size());
        if (got <= 0) {
            return {};
        }
        input_.append(part.data(), static_cast<std::size_t>(got));
    }
}

peer_process::findings peer_process::ask(const std::string& command)
{
    const std::string line = command + "\n";
    if (write(to_child_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        return {};
    }
    const std::string answer = read_line(10'000);
    const auto number = [&answer](const char* name) { return static_cast<int>(field_of(answer, name)); };
    return {number("accepted"), number("open"),  number("deaf_open"), number("complete"),
            number("short"),    number("wrong"), number("reset"),     number("last_end_ms")};
}

peer_process::findings peer_process::wait_until_ended(int accepted, int limit_ms)
{
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(limit_ms);
    for (;;) {
        const findings now = ask("report");
        if ((now.accepted >= accepted && now.open == 0) || now.accepted < 0
            || std::chrono::steady_clock::now() > deadline) {
            return now;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

}  // namespace spindle::stress
