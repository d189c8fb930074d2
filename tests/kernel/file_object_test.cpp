// Files as the host's other parts use them: by descriptor, without the functions programs call. Pipes too,
// which CreateFile does not open.
#include "kernel/file.hpp"
#include "kernel/handle_table.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <unistd.h>

#include "support/background_call.hpp"
#include "support/catch.hpp"

using namespace spindle;

namespace {

kernel::object_ref<kernel::file> file_of(int descriptor)
{
    return kernel::object_ref<kernel::file>(
        new kernel::file(descriptor, {.readable = true, .writable = true}));
}

struct pipe_ends {
    pipe_ends() { REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0); }
    std::array<int, 2> ends{};
};

}  // namespace

TEST_CASE("a file handle gives a descriptor that outlives it", "[kernel][file]")
{
    pipe_ends pipe;
    const auto reader = file_of(pipe.ends[0]);
    const std::uint32_t handle = kernel::handles.add(*reader);
    const int duplicate = kernel::duplicate_descriptor(handle);
    REQUIRE(duplicate >= 0);
    CHECK(duplicate != pipe.ends[0]);
    CHECK((fcntl(duplicate, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(kernel::handles.remove(handle, kernel::object_kind::file));
    CHECK(kernel::duplicate_descriptor(handle) == -1);
    CHECK(kernel::duplicate_descriptor(0) == -1);
    REQUIRE(::write(pipe.ends[1], "x", 1) == 1);
    char byte = 0;
    CHECK(::read(duplicate, &byte, 1) == 1);
    close(duplicate);
    close(pipe.ends[1]);
}

TEST_CASE("a read from a pipe takes what is there, and the end is no error", "[kernel][file]")
{
    pipe_ends pipe;
    const auto reader = file_of(pipe.ends[0]);
    CHECK(reader->type() == kernel::file_type::pipe);
    REQUIRE(::write(pipe.ends[1], "abc", 3) == 3);
    char text[10];
    CHECK(reader->read(text, sizeof text, 5).bytes == 3);
    close(pipe.ends[1]);
    const kernel::file_transfer end = reader->read(text, sizeof text, {});
    CHECK(end.bytes == 0);
    CHECK(end.error == 0);
}

TEST_CASE("a write to a pipe without readers is an error and no signal", "[kernel][file]")
{
    pipe_ends pipe;
    const auto writer = file_of(pipe.ends[1]);
    close(pipe.ends[0]);
    CHECK(writer->write("abc", 3, {}).error == EPIPE);
    sigset_t pending;
    sigpending(&pending);
    CHECK(sigismember(&pending, SIGPIPE) == 0);
    sigset_t blocked;
    pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    CHECK(sigismember(&blocked, SIGPIPE) == 0);
}

TEST_CASE("a write to a full pipe waits for the reader, in non-blocking mode too", "[kernel][file]")
{
    pipe_ends pipe;
    fcntl(pipe.ends[1], F_SETFL, O_NONBLOCK);
    const auto writer = file_of(pipe.ends[1]);
    const std::string much(300'000, 'x');
    test::background_call writing([&] { return writer->write(much.data(), much.size(), {}); });
    std::size_t received = 0;
    std::array<char, 65536> some{};
    while (received < much.size()) {
        const ssize_t count = ::read(pipe.ends[0], some.data(), some.size());
        REQUIRE(count > 0);
        received += static_cast<std::size_t>(count);
    }
    CHECK(writing.result().bytes == much.size());
    close(pipe.ends[0]);
}
