// See the header.
#include "support/child_of_self.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "self_command.hpp"
#include "support/eventually.hpp"

namespace spindle::test {
namespace {

/// Numbers that what a test program prints on its standard output does not meet.
constexpr int child_reads = 100;
constexpr int child_writes = 101;

template <class Transfer>
bool whole(Transfer&& transfer, std::size_t size)
{
    for (std::size_t done = 0; done < size;) {
        const ssize_t moved = transfer(done, size - done);
        if (moved <= 0 && errno != EINTR) {
            return false;
        }
        done += moved > 0 ? static_cast<std::size_t>(moved) : 0;
    }
    return true;
}

bool read_whole(int from, void* data, std::size_t size)
{
    return whole(
        [&](std::size_t at, std::size_t left) {
            errno = 0;
            return ::read(from, static_cast<char*>(data) + at, left);
        },
        size);
}

bool write_whole(int to, const void* data, std::size_t size)
{
    return whole(
        [&](std::size_t at, std::size_t left) {
            errno = 0;
            return ::write(to, static_cast<const char*>(data) + at, left);
        },
        size);
}

}  // namespace

child_of_self::child_of_self(const std::vector<std::string>& arguments)
{
    std::array<int, 2> down{};
    std::array<int, 2> up{};
    if (::pipe2(down.data(), O_CLOEXEC) != 0 || ::pipe2(up.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipe");
    }
    const self_command again(arguments);
    process_ = ::vfork();
    if (process_ == 0) {
        ::dup2(down[0], child_reads);
        ::dup2(up[1], child_writes);
        again.run();
    }
    ::close(down[0]);
    ::close(up[1]);
    to_ = down[1];
    from_ = up[0];
    if (process_ < 0) {
        throw std::runtime_error("cannot run the test program again");
    }
    std::signal(SIGPIPE, SIG_IGN);
}

child_of_self::~child_of_self()
{
    (void)finish();
    ::close(from_);
}

bool child_of_self::write(const void* data, std::size_t size)
{
    return write_whole(to_, data, size);
}

bool child_of_self::read(void* data, std::size_t size)
{
    return read_whole(from_, data, size);
}

void child_of_self::kill()
{
    ::kill(process_, SIGKILL);
    (void)wait();
}

int child_of_self::finish()
{
    if (to_ != -1) {
        ::close(std::exchange(to_, -1));
    }
    return wait();
}

int child_of_self::wait()
{
    if (process_ < 0) {
        return -1;
    }
    int status = 0;
    if (!eventually([&] { return ::waitpid(process_, &status, WNOHANG) == process_; })) {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, &status, 0);
    }
    process_ = -1;
    return exit_code(status);
}

bool read_from_parent(void* data, std::size_t size)
{
    return read_whole(child_reads, data, size);
}

bool write_to_parent(const void* data, std::size_t size)
{
    return write_whole(child_writes, data, size);
}

}  // namespace spindle::test
