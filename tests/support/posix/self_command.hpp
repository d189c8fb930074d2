// The test program started once more, with arguments of the test's choice; see execve(2), wait(2).
#pragma once

#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace spindle::test {

/// Made before vfork(), so that the child has nothing to do but run().
class self_command {
public:
    explicit self_command(std::vector<std::string> arguments) : words_(std::move(arguments))
    {
        words_.insert(words_.begin(), "/proc/self/exe");
        for (auto& word : words_) {
            pointers_.push_back(word.data());
        }
        pointers_.push_back(nullptr);
    }
    self_command(const self_command&) = delete;
    self_command& operator=(const self_command&) = delete;

    [[noreturn]] void run() const noexcept
    {
        ::execv(pointers_.front(), pointers_.data());
        ::_exit(127);
    }

private:
    std::vector<std::string> words_;
    std::vector<char*> pointers_;
};

/// What waitpid() reported: the exit code, or 1000 and the signal's number.
[[nodiscard]] inline int exit_code(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

}  // namespace spindle::test
