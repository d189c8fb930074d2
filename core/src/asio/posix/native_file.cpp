// Files as sources of bytes, and sendfile(2), which has no MSG_NOSIGNAL (LNX-20).
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asio/posix/descriptor.hpp"
#include "spindle/file_source.hpp"

namespace spindle::posix {
namespace {

/// Keeps SIGPIPE from the thread, and takes back the one that a call in the scope has raised.
class no_broken_pipe_signal {
public:
    no_broken_pipe_signal() noexcept
    {
        sigset_t pending;
        sigemptyset(&pending);
        sigemptyset(&signal_);
        sigaddset(&signal_, SIGPIPE);
        // One that waits already is somebody else's.
        blocked_ = ::sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 0 &&
                   ::pthread_sigmask(SIG_BLOCK, &signal_, &before_) == 0;
    }
    no_broken_pipe_signal(const no_broken_pipe_signal&) = delete;
    no_broken_pipe_signal& operator=(const no_broken_pipe_signal&) = delete;
    ~no_broken_pipe_signal()
    {
        if (!blocked_) {
            return;
        }
        const int error = errno;
        if (raised_) {
            const timespec at_once{};
            (void)restarted([&] { return ::sigtimedwait(&signal_, nullptr, &at_once); });
        }
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
        errno = error;
    }
    void raised() noexcept { raised_ = true; }

private:
    sigset_t signal_{};
    sigset_t before_{};
    bool blocked_ = false;
    bool raised_ = false;
};

errc file_error(int number) noexcept
{
    return number == EBADF || number == EACCES || number == EPERM ? errc::access_denied
                                                                  : errc::system_call_failure;
}

class descriptor_source final : public file_source {
public:
    explicit descriptor_source(int number) noexcept : file_(number) {}

    result<std::uint64_t> size() override
    {
        struct stat facts {};
        if (::fstat(file_.get(), &facts) == -1) {
            return errc::invalid_handle;
        }
        if (S_ISREG(facts.st_mode)) {
            return static_cast<std::uint64_t>(facts.st_size);
        }
        return errc::invalid_handle;
    }

    result<std::size_t> read_at(std::uint64_t offset, mutable_buffer into) override
    {
        const auto got =
            restarted([&] { return ::pread(file_.get(), into.data, into.size, static_cast<off_t>(offset)); });
        return got == -1 ? result<std::size_t>(file_error(errno)) : static_cast<std::size_t>(got);
    }

    result<std::uint64_t> position() override
    {
        const auto at = ::lseek(file_.get(), 0, SEEK_CUR);
        return at == -1 ? result<std::uint64_t>(errc::invalid_handle) : static_cast<std::uint64_t>(at);
    }

    result<void> move_to(std::uint64_t position) override
    {
        return ::lseek(file_.get(), static_cast<off_t>(position), SEEK_SET) == -1
                   ? result<void>(errc::invalid_handle)
                   : result<void>();
    }

    [[nodiscard]] std::intptr_t native() const noexcept override { return file_.get(); }

private:
    scoped_descriptor file_;
};

/// What the file is to blame for, or a kind of file that the call cannot take (sendfile(2)); reading tells which.
bool is_for_the_file(int number) noexcept
{
    switch (number) {
    case EBADF:
    case EINVAL:
    case EIO:
    case ENOSYS:
    case EOVERFLOW:
    case ESPIPE:
    case EACCES:
    case EISDIR:
        return true;
    default:
        return false;
    }
}

}  // namespace
}  // namespace spindle::posix

namespace spindle {

std::unique_ptr<file_source> make_file_source(std::intptr_t native)
{
    posix::scoped_descriptor owned(static_cast<int>(native));
    auto made = std::make_unique<posix::descriptor_source>(owned.get());
    owned.release();
    return made;
}

namespace native {

result<std::size_t> send_file(handle socket, file_source& file, std::uint64_t offset,
                              std::size_t size) noexcept
{
    if (file.native() == -1) {
        return errc::operation_not_supported;
    }
    auto from = static_cast<off_t>(offset);
    posix::no_broken_pipe_signal guard;
    const auto sent = posix::restarted(
        [&] { return ::sendfile(posix::descriptor(socket), static_cast<int>(file.native()), &from, size); });
    if (sent != -1) {
        return static_cast<std::size_t>(sent);
    }
    if (errno == EPIPE) {
        guard.raised();
    }
    return posix::is_for_the_file(errno) ? errc::operation_not_supported : errc_from_errno(errno);
}

}  // namespace native
}  // namespace spindle
