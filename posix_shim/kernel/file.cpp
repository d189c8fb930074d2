// Transfers on descriptors, see file.hpp.
#include "kernel/file.hpp"

#include "kernel/handle_table.hpp"

#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace spindle::kernel {

namespace {

file_type type_of(int descriptor) noexcept
{
    struct stat facts {};
    if (fstat(descriptor, &facts) != 0) {
        return file_type::unknown;
    }
    switch (facts.st_mode & S_IFMT) {
    case S_IFREG:
    case S_IFDIR:
    case S_IFBLK:
        return file_type::disk;
    case S_IFCHR:
        return file_type::character;
    case S_IFIFO:
    case S_IFSOCK:
        return file_type::pipe;
    default:
        return file_type::unknown;
    }
}

// A descriptor that was handed down to the process may be in non-blocking mode for somebody else's sake.
bool worth_retrying(int descriptor, short events) noexcept
{
    if (errno == EAGAIN) {
        pollfd waiting{descriptor, events, 0};
        return poll(&waiting, 1, -1) >= 0 || errno == EINTR;
    }
    return errno == EINTR;
}

// While it lives, writing to a pipe without readers raises no SIGPIPE on this thread. The signal is blocked
// and, when this thread's own write raised it, taken back; one that was pending before stays.
class no_broken_pipe_signal {
public:
    explicit no_broken_pipe_signal(bool needed) noexcept : active_(needed)
    {
        if (active_) {
            sigset_t pending;
            sigpending(&pending);
            sigemptyset(&signal_);
            sigaddset(&signal_, SIGPIPE);
            active_ =
                sigismember(&pending, SIGPIPE) == 0 && pthread_sigmask(SIG_BLOCK, &signal_, &before_) == 0;
        }
    }
    no_broken_pipe_signal(const no_broken_pipe_signal&) = delete;
    no_broken_pipe_signal& operator=(const no_broken_pipe_signal&) = delete;
    ~no_broken_pipe_signal()
    {
        if (active_) {
            const int error = errno;
            const timespec at_once{};
            while (sigtimedwait(&signal_, nullptr, &at_once) < 0 && errno == EINTR) {
            }
            pthread_sigmask(SIG_SETMASK, &before_, nullptr);
            errno = error;
        }
    }

private:
    sigset_t signal_{};
    sigset_t before_{};
    bool active_;
};

bool same_file(int descriptor, const char* path) noexcept
{
    struct stat open_one {};
    struct stat named_one {};
    return fstat(descriptor, &open_one) == 0 && lstat(path, &named_one) == 0 &&
           open_one.st_dev == named_one.st_dev && open_one.st_ino == named_one.st_ino;
}

ssize_t write_some(int descriptor, const char* from, std::size_t size, std::optional<std::uint64_t> offset,
                   std::size_t done) noexcept
{
    if (!offset) {
        return ::write(descriptor, from, size);
    }
    if (*offset == end_of_file_offset) {
        iovec piece{const_cast<char*>(from), size};
        return pwritev2(descriptor, &piece, 1, 0, RWF_APPEND);
    }
    return pwrite(descriptor, from, size, static_cast<off_t>(*offset + done));
}

// Offsets mean nothing to pipes and terminals; the documentation has them ignored there.
std::optional<std::uint64_t> usable(std::optional<std::uint64_t> offset, file_type type) noexcept
{
    return type == file_type::disk ? offset : std::nullopt;
}

void move_pointer(int descriptor, std::optional<std::uint64_t> offset, std::size_t done) noexcept
{
    if (offset && *offset == end_of_file_offset) {
        lseek(descriptor, 0, SEEK_END);
    } else if (offset) {
        lseek(descriptor, static_cast<off_t>(*offset + done), SEEK_SET);
    }
}

}  // namespace

file::file(int descriptor, file_options options) noexcept
    : waitable(static_kind), descriptor_(descriptor), options_(std::move(options)), type_(type_of(descriptor))
{}

file::~file()
{
    if (!options_.delete_on_close.empty() && same_file(descriptor_, options_.delete_on_close.c_str())) {
        unlink(options_.delete_on_close.c_str());
    }
    if (!options_.borrowed) {
        close(descriptor_);
    }
}

file_transfer file::read(void* buffer, std::size_t size, std::optional<std::uint64_t> offset) noexcept
{
    offset = usable(offset, type_);
    file_transfer result;
    while (result.bytes < size) {
        char* to = static_cast<char*>(buffer) + result.bytes;
        const std::size_t rest = size - result.bytes;
        const ssize_t count = offset
                                  ? pread(descriptor_, to, rest, static_cast<off_t>(*offset + result.bytes))
                                  : ::read(descriptor_, to, rest);
        if (count < 0 && worth_retrying(descriptor_, POLLIN)) {
            continue;
        }
        result.error = count < 0 ? errno : 0;
        result.bytes += count > 0 ? static_cast<std::size_t>(count) : 0;
        if (count <= 0 || type_ != file_type::disk) {
            break;
        }
    }
    if (!options_.overlapped) {
        move_pointer(descriptor_, offset, result.bytes);
    }
    return result;
}

file_transfer file::write(const void* buffer, std::size_t size, std::optional<std::uint64_t> offset) noexcept
{
    offset = usable(offset, type_);
    const no_broken_pipe_signal guard(type_ == file_type::pipe);
    file_transfer result;
    while (result.bytes < size) {
        const char* from = static_cast<const char*>(buffer) + result.bytes;
        const ssize_t count = write_some(descriptor_, from, size - result.bytes, offset, result.bytes);
        if (count < 0 && worth_retrying(descriptor_, POLLOUT)) {
            continue;
        }
        if (count < 0) {
            result.error = errno;
            break;
        }
        result.bytes += static_cast<std::size_t>(count);
    }
    if (!options_.overlapped) {
        move_pointer(descriptor_, offset, result.bytes);
    }
    return result;
}

int duplicate_descriptor(std::uintptr_t handle) noexcept
{
    const auto target = handles.find<file>(handle & ~std::uintptr_t{3});
    return target ? fcntl(target->descriptor(), F_DUPFD_CLOEXEC, 3) : -1;
}

}  // namespace spindle::kernel
