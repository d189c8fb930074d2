// Urgent bytes of one stream: Winsock keeps each of them in a queue of its own (OOB-1 to OOB-6), Linux keeps one
// and merges an older one into the stream. This class pulls urgent bytes out of the lower socket as soon as a
// receive looks, and remembers where in the stream they belonged. Not thread-safe: under the receive mutex.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "spindle/transport.hpp"

namespace spindle {

class urgent_data {
public:
    /// Takes an urgent byte that has arrived out of the lower socket; true if there was one. Called before every receive.
    bool pull(lower_socket& lower);
    /// Ordinary bytes that can be read, also those behind an urgent position.
    [[nodiscard]] result<std::size_t> readable_bytes(lower_socket& lower) const;

    [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
    /// The oldest urgent byte.
    [[nodiscard]] std::byte front() const noexcept { return bytes_.front().value; }
    void pop() noexcept { bytes_.erase(bytes_.begin()); }

    /// How many ordinary bytes may be read before the stream reaches the next urgent position; nothing when no such
    /// position lies ahead.
    [[nodiscard]] std::optional<std::uint64_t> distance() const noexcept;
    /// The stream is at the position of a byte the system merged back into it: one byte must be skipped.
    [[nodiscard]] bool duplicate_ahead() const noexcept;
    void skipped_duplicate() noexcept;
    /// The stream is at the oldest unread urgent byte's position, or past it.
    [[nodiscard]] bool oldest_is_due() const noexcept;

    /// Counts ordinary bytes taken from the stream.
    void advance(std::size_t bytes) noexcept { position_ += bytes; }

private:
    struct entry {
        std::byte value;
        std::uint64_t position;  // ordinary bytes in front of it, counted from the first pull
    };

    std::vector<entry> bytes_;
    std::uint64_t position_ = 0;
    std::optional<std::uint64_t> mark_;             // position of the newest pulled byte, still announced by the system
    std::vector<std::uint64_t> duplicates_;         // positions of older bytes, merged into the stream by a newer one
};

}  // namespace spindle
