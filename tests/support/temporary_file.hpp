// A file of the system's that has no name, for calls that send files. A neutral interface, because the system's headers
// and Winsock's cannot meet in one source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace spindle::test {

class temporary_file {
public:
    /// With these bytes, its position at the beginning; throws std::runtime_error when it cannot be made.
    explicit temporary_file(const std::string& bytes);
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file();

    /// Bytes [0, size) of the pattern `seed`.
    [[nodiscard]] static std::string pattern(std::uint64_t seed, std::size_t size);

    [[nodiscard]] std::intptr_t handle() const noexcept { return handle_; }
    [[nodiscard]] std::int64_t position() const;
    void seek(std::int64_t position);
    void truncate(std::int64_t size);

private:
    std::intptr_t handle_ = -1;
};

/// A second descriptor of the same file; -1 when there is none.
[[nodiscard]] int duplicate_descriptor(int descriptor);

/// The reading end of a pipe, closed with the object.
class pipe_end {
public:
    pipe_end();
    pipe_end(const pipe_end&) = delete;
    pipe_end& operator=(const pipe_end&) = delete;
    ~pipe_end();
    [[nodiscard]] std::intptr_t handle() const noexcept { return ends_[0]; }

private:
    std::intptr_t ends_[2] = {-1, -1};
};

}  // namespace spindle::test
