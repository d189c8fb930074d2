// The other end of a test connection: sockets made with the system's own calls, so that what the provider
// puts on the wire is judged by somebody else. A neutral interface, because the system's socket headers and
// Winsock's cannot meet in one source; loopback only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/eventually.hpp"

namespace spindle::test::peer {

enum class family { ipv4, ipv6 };

/// How a connection ended as its peer sees it.
enum class ending {
    finished,  ///< FIN: a receive returned 0
    reset,     ///< RST: a receive failed with ECONNRESET
    silent,    ///< nothing happened within the bound
    failed,    ///< any other error
};

struct read_report {
    ending end = ending::failed;
    std::uint64_t bytes = 0;
    bool intact = false;  ///< all bytes were the pattern's, from its beginning
    std::uint64_t first_wrong = 0;

    [[nodiscard]] bool is(ending expected_end, std::uint64_t expected_bytes) const
    {
        return end == expected_end && bytes == expected_bytes && intact;
    }
};
[[nodiscard]] std::string to_string(const read_report& report);

/// How fast a reader reads: `chunk` bytes, then `pause`.
struct pace {
    std::size_t chunk = std::size_t{256} * 1024;
    std::chrono::microseconds pause{0};
};

/// A connected stream socket; closed in the system's way when it goes.
class connection {
public:
    connection() noexcept = default;
    explicit connection(std::intptr_t socket) noexcept : socket_(socket) {}
    connection(connection&& other) noexcept;
    connection& operator=(connection&& other) noexcept;
    ~connection();

    explicit operator bool() const noexcept { return socket_ >= 0; }

    /// Reads to the end and compares with the pattern `seed`; ends as silent when nothing came for `bound`.
    read_report read_to_end(std::uint64_t seed, pace speed = {}, std::chrono::milliseconds bound = patience);
    /// Reads until `size` bytes of the pattern are there or the connection ends.
    read_report read_bytes(std::uint64_t seed, std::uint64_t size,
                           std::chrono::milliseconds bound = patience);
    /// At most `size` bytes as text, waiting until they are there or the connection ends.
    std::string read_text(std::size_t size, std::chrono::milliseconds bound = patience);
    /// What the next receive shows: an end, or silent when neither data nor an end comes within the bound.
    ending wait_end(std::chrono::milliseconds bound = patience);
    /// Waits until a reset has arrived, without reading.
    bool wait_reset(std::chrono::milliseconds bound = patience);
    /// True when at least `size` bytes wait to be read.
    [[nodiscard]] bool wait_unread(std::size_t size, std::chrono::milliseconds bound = patience) const;
    [[nodiscard]] std::size_t unread() const;

    bool send_text(const std::string& text);
    /// True when all bytes were taken; false on an error or when the bound passes.
    bool send_pattern(std::uint64_t seed, std::size_t size, std::chrono::milliseconds bound = patience);
    /// Sends until the other side takes no more; the number of bytes that were taken.
    std::size_t fill();
    bool send_urgent(char byte);
    void half_close();
    void reset();
    void close();

    [[nodiscard]] std::uint16_t local_port() const;

private:
    std::intptr_t socket_ = -1;
};

class listener {
public:
    struct settings {
        family over = family::ipv4;
        int receive_buffer = 0;  ///< of accepted connections; 0: the system's
        int backlog = 64;
    };

    listener() : listener(settings{}) {}
    explicit listener(const settings& wanted);
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;
    ~listener();

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// A connection, or an empty one when none comes within the bound.
    connection accept(std::chrono::milliseconds bound = patience);
    /// Fills the queue of connections nobody accepts, so that the next attempt is neither taken nor refused.
    void stop_answering();

private:
    std::intptr_t socket_ = -1;
    family over_;
    std::uint16_t port_ = 0;
    std::vector<connection> unanswered_;
};

/// Connects to a loopback port; empty when refused or not answered within the bound.
[[nodiscard]] connection connect_to(std::uint16_t port, family over = family::ipv4,
                                    std::chrono::milliseconds bound = patience);
/// A port on which nothing listens now.
[[nodiscard]] std::uint16_t unused_port(family over = family::ipv4);

class datagram_socket {
public:
    explicit datagram_socket(family over = family::ipv4);
    datagram_socket(const datagram_socket&) = delete;
    datagram_socket& operator=(const datagram_socket&) = delete;
    ~datagram_socket();

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    bool send_to(std::uint16_t port, const std::string& text);
    /// The next datagram, or nothing when none comes within the bound.
    std::optional<std::string> receive(std::chrono::milliseconds bound = patience);

private:
    std::intptr_t socket_ = -1;
    family over_;
    std::uint16_t port_ = 0;
};

}  // namespace spindle::test::peer
