// See the header.
#include "transmission.hpp"

#include <algorithm>
#include <cstdint>

namespace spindle::transmission {
namespace {

constexpr std::uint64_t most_bytes = 2147483646;  // pages "TransmitFile", "TransmitPackets"
constexpr std::size_t longest_message = 65535;

// TXF-4, TXF-5, TXF-8.
result<void> settle_file(transmit_part& part)
{
    const auto size = part.file->size();
    if (!size) {
        return size.error();
    }
    const bool at_position = !part.offset;
    if (at_position) {
        const auto position = part.file->position();
        if (!position) {
            return position.error();
        }
        part.offset = *position;
    }
    const std::uint64_t available = *size - std::min(*size, *part.offset);
    const std::uint64_t length =
        part.length == 0 ? available : std::min<std::uint64_t>(part.length, available);
    if (length > most_bytes) {
        return errc::invalid_argument;
    }
    part.length = static_cast<std::size_t>(length);
    return at_position ? part.file->move_to(*part.offset + length) : result<void>();
}

/// Adds up to `most` bytes of the part; fewer only at the end of a file.
result<std::size_t> append(std::vector<std::byte>& message, const transmit_part& part, std::size_t within,
                           std::size_t most)
{
    const std::size_t before = message.size();
    message.resize(before + most);
    std::size_t done = 0;
    if (!part.file) {
        std::copy_n(static_cast<const std::byte*>(part.memory.data) + within, most,
                    message.begin() + static_cast<std::ptrdiff_t>(before));
        return most;
    }
    while (done < most) {
        const auto got =
            part.file->read_at(*part.offset + within + done, {message.data() + before + done, most - done});
        if (!got) {
            return got;
        }
        if (*got == 0) {
            break;
        }
        done += *got;
    }
    message.resize(before + done);
    return done;
}

}  // namespace

result<void> settle(std::vector<transmit_part>& parts)
{
    std::uint64_t whole = 0;
    for (auto& part : parts) {
        if (!part.file) {
            part.length = part.memory.size;
        } else if (auto settled = settle_file(part); !settled) {
            return settled;
        }
        whole += part.length;
        if (whole > most_bytes) {
            return errc::invalid_argument;
        }
    }
    return {};
}

std::size_t total(const std::vector<transmit_part>& parts) noexcept
{
    std::size_t whole = 0;
    for (const auto& part : parts) {
        whole += part.length;
    }
    return whole;
}

position locate(const std::vector<transmit_part>& parts, std::size_t done) noexcept
{
    position at;
    for (; at.part < parts.size() && done >= parts[at.part].length; ++at.part) {
        done -= parts[at.part].length;
    }
    at.within = at.part < parts.size() ? done : 0;
    return at;
}

result<bool> next_message(std::vector<transmit_part>& parts, position& at, std::size_t limit,
                          std::vector<std::byte>& message)
{
    message.clear();
    while (at.part < parts.size()) {
        auto& part = parts[at.part];
        std::size_t take = part.length - at.within;
        if (limit != 0) {
            take = std::min(take, limit - message.size());
        }
        if (message.size() + take > longest_message) {
            return errc::message_size;
        }
        const auto got = append(message, part, at.within, take);
        if (!got) {
            return got.error();
        }
        at.within += *got;
        if (*got < take) {
            part.length = at.within;
        }
        const bool part_ends = at.within == part.length;
        const bool message_ends = part_ends && part.ends_message;
        if (part_ends) {
            at = {at.part + 1, 0};
        }
        if (message_ends || (limit != 0 && message.size() == limit)) {
            return true;
        }
    }
    return !message.empty();
}

}  // namespace spindle::transmission
