// Duplicates that were asked for and not yet opened (page WSPDuplicateSocket): tokens, each for one process and one use.
// Until then a token keeps its socket open, whatever becomes of the handle it was made from; the last cleanup forgets it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "spindle/result.hpp"
#include "spindle/sharing.hpp"

namespace spindle {

class basic_socket;
class transport;

/// Threads: all members, any time.
class duplicate_tokens {
public:
    /// Never 0. Inside a call on the socket.
    result<std::uint32_t> issue(transport& net, basic_socket& of, std::uint32_t process);
    /// The socket that a token of this process's own stands for, or null. It stays one's until take() or the cleanup.
    [[nodiscard]] std::shared_ptr<basic_socket> find(std::uint32_t token) noexcept;
    /// Uses the token up. Null: another thread was first. The socket's reservation is the caller's.
    [[nodiscard]] std::shared_ptr<basic_socket> take(std::uint32_t token) noexcept;
    /// Withdraws what is offered to other processes. Throws bad_alloc.
    void withdraw_offers();
    /// The sockets that tokens of this process's own keep open. Throws bad_alloc.
    void append_sockets(std::vector<std::shared_ptr<basic_socket>>& to);

private:
    struct issued {
        std::uint32_t token = 0;
        std::shared_ptr<basic_socket> socket;  ///< of a token for this process
        std::unique_ptr<socket_offer> offer;   ///< of one for another process
    };

    result<std::uint32_t> issue_here(basic_socket& of);
    result<std::uint32_t> issue_to(transport& net, basic_socket& of, std::uint32_t process);
    void forget(std::uint32_t token) noexcept;
    /// With the lock.
    [[nodiscard]] std::vector<issued>::iterator locate(std::uint32_t token) noexcept;

    std::mutex mutex_;
    std::vector<issued> issued_;
};

}  // namespace spindle
