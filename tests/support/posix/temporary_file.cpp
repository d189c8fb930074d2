// See the header.
#include "support/temporary_file.hpp"

#include <fcntl.h>
#include <stdexcept>
#include <sys/mman.h>
#include <unistd.h>

#include "support/byte_pattern.hpp"

namespace spindle::test {

namespace {

int descriptor_of(std::intptr_t handle)
{
    return static_cast<int>(handle);
}

}  // namespace

temporary_file::temporary_file(const std::string& bytes) : handle_(memfd_create("transmitted", MFD_CLOEXEC))
{
    if (handle_ == -1 ||
        write(descriptor_of(handle_), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
        throw std::runtime_error("no temporary file");
    }
    seek(0);
}

temporary_file::~temporary_file()
{
    close(descriptor_of(handle_));
}

std::string temporary_file::pattern(std::uint64_t seed, std::size_t size)
{
    const auto bytes = make_pattern(seed, size);
    return {bytes.begin(), bytes.end()};
}

std::int64_t temporary_file::position() const
{
    return lseek(descriptor_of(handle_), 0, SEEK_CUR);
}

void temporary_file::seek(std::int64_t position)
{
    lseek(descriptor_of(handle_), position, SEEK_SET);
}

void temporary_file::truncate(std::int64_t size)
{
    if (ftruncate(descriptor_of(handle_), size) == -1) {
        throw std::runtime_error("the file was not truncated");
    }
}

int duplicate_descriptor(int descriptor)
{
    return fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
}

pipe_end::pipe_end()
{
    int made[2] = {-1, -1};
    if (pipe2(made, O_CLOEXEC) == -1) {
        throw std::runtime_error("no pipe");
    }
    ends_[0] = made[0];
    ends_[1] = made[1];
}

pipe_end::~pipe_end()
{
    close(descriptor_of(ends_[0]));
    close(descriptor_of(ends_[1]));
}

}  // namespace spindle::test
