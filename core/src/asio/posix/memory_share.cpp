// See the header.
#include "asio/posix/memory_share.hpp"

#include <cstdio>
#include <fcntl.h>
#include <new>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asio/socket_sharing.hpp"

namespace spindle::posix {
namespace {

constexpr off_t holder_byte = 0;
constexpr off_t lock_byte = 1;

// A process that may write the memory must not be able to take it away from under the others.
constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

struct flock range(short type, off_t byte) noexcept
{
    struct flock asked{};
    asked.l_type = type;
    asked.l_whence = SEEK_SET;
    asked.l_start = byte;
    asked.l_len = 1;
    return asked;
}

bool set_lock(int part, short type, off_t byte, int command = F_OFD_SETLK) noexcept
{
    struct flock asked = range(type, byte);
    return restarted([&] { return ::fcntl(part, command, &asked); }) == 0;
}

}  // namespace

result<std::unique_ptr<socket_share>> memory_share::make() noexcept
{
    const int part = ::memfd_create("spindle-socket", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (part == -1) {
        return errc_from_errno(errno);
    }
    if (::ftruncate(part, memory_size) == -1 || ::fcntl(part, F_ADD_SEALS, seals) == -1 ||
        !set_lock(part, F_RDLCK, holder_byte)) {
        const auto code = errc_from_errno(errno);
        ::close(part);
        return code;
    }
    return adopt(part);
}

result<std::unique_ptr<socket_share>> memory_share::adopt(int part) noexcept
{
    scoped_descriptor owned{part};
    struct stat facts{};
    const int found = ::fcntl(part, F_GET_SEALS);
    if (found == -1 || (found & seals) != seals || ::fstat(part, &facts) == -1 || facts.st_size != memory_size) {
        return errc::invalid_argument;
    }
    void* memory = ::mmap(nullptr, memory_size, PROT_READ | PROT_WRITE, MAP_SHARED, part, 0);
    if (memory == MAP_FAILED) {
        return errc_from_errno(errno);
    }
    auto* made = new (std::nothrow) memory_share(part, memory);
    if (made == nullptr) {
        ::munmap(memory, memory_size);
        return errc::no_buffer_space;
    }
    owned.release();
    return std::unique_ptr<socket_share>(made);
}

int memory_share::open_part() const noexcept
{
    // Only opening makes a new open file description, to which the locks belong.
    char path[40];
    std::snprintf(path, sizeof path, "/proc/self/fd/%d", part_.get());
    const int part = restarted([&] { return ::open(path, O_RDWR | O_CLOEXEC); });
    if (part != -1 && !set_lock(part, F_RDLCK, holder_byte)) {
        ::close(part);
        return -1;
    }
    return part;
}

memory_share::~memory_share()
{
    ::munmap(memory_, memory_size);
}

void memory_share::lock() noexcept
{
    (void)set_lock(part_.get(), F_WRLCK, lock_byte, F_OFD_SETLKW);
}

void memory_share::unlock() noexcept
{
    (void)set_lock(part_.get(), F_UNLCK, lock_byte);
}

bool memory_share::leave() noexcept
{
    // First out, then the look: of two that leave together the later one finds nobody.
    (void)set_lock(part_.get(), F_UNLCK, holder_byte);
    struct flock other = range(F_WRLCK, holder_byte);
    return restarted([&] { return ::fcntl(part_.get(), F_OFD_GETLK, &other); }) == 0 && other.l_type == F_UNLCK;
}

}  // namespace spindle::posix

namespace spindle {

result<std::unique_ptr<socket_share>> make_share() noexcept
{
    return posix::memory_share::make();
}

}  // namespace spindle
