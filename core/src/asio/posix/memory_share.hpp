// A process's part in a shared socket: a memfd that all holders map, and locks on it (fcntl(2), open file description
// locks). Each holder has an open file description of its own with a shared lock on byte 0, which goes when the last
// descriptor of it is closed, however the process ends; byte 1 is the lock between processes.
#pragma once

#include "asio/posix/descriptor.hpp"
#include "spindle/sharing.hpp"

namespace spindle::posix {

class memory_share final : public socket_share {
public:
    /// A new one, with memory of its own.
    static result<std::unique_ptr<socket_share>> make() noexcept;
    /// The part that came with a socket. Takes the descriptor in any case. Errors: invalid_argument when it is none.
    static result<std::unique_ptr<socket_share>> adopt(int part) noexcept;
    /// A part in the same memory for another process; -1 with errno. It counts as a holder until it is closed everywhere.
    [[nodiscard]] int open_part() const noexcept;

    memory_share(int part, void* memory) noexcept : part_{part}, memory_{memory} {}
    ~memory_share() override;

    [[nodiscard]] std::byte* memory() noexcept override { return static_cast<std::byte*>(memory_); }
    void lock() noexcept override;
    void unlock() noexcept override;
    bool leave() noexcept override;

private:
    scoped_descriptor part_;
    void* memory_;
};

}  // namespace spindle::posix
