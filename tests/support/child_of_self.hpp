// This test program once more, running beside the test that started it, with a pipe in each direction. The Linux half is
// in child_of_self.cpp and answers to fork(2), execve(2), pipe(7).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace spindle::test {

class child_of_self {
public:
    /// Starts the program with the arguments; the pipes have numbers of their own.
    explicit child_of_self(const std::vector<std::string>& arguments);
    child_of_self(const child_of_self&) = delete;
    child_of_self& operator=(const child_of_self&) = delete;
    /// Ends it by closing its pipe and waits; one that does not end is killed.
    ~child_of_self();

    [[nodiscard]] unsigned process() const { return static_cast<unsigned>(process_); }
    /// False when the child has gone.
    bool write(const void* data, std::size_t size);
    /// Waits for that many bytes; false at the end of what the child wrote.
    bool read(void* data, std::size_t size);
    /// Ends it at once, as nothing but the system can; returns when it is gone.
    void kill();
    /// Closes its pipe and waits for its end; its exit code, or 1000 + signal number.
    int finish();

private:
    int wait();

    int process_ = -1;
    int to_ = -1;
    int from_ = -1;
};

/// The child's own ends of the pipes.
bool read_from_parent(void* data, std::size_t size);
bool write_to_parent(const void* data, std::size_t size);

}  // namespace spindle::test
