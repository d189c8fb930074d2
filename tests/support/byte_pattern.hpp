// A stream of bytes in which every position has its own value, and the check that received bytes are exactly
// the beginning of it: lost, doubled, reordered and foreign bytes all show, and where they begin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace spindle::test {

/// The byte at `position` of the stream `seed`. Neighbouring positions and seeds are unrelated.
[[nodiscard]] constexpr std::uint8_t pattern_byte(std::uint64_t seed, std::uint64_t position) noexcept
{
    // The finaliser of splitmix64: one word for eight positions, a byte of it for each.
    auto word = seed * 0x9E3779B97F4A7C15U + (position / 8 + 1) * 0xBF58476D1CE4E5B9U;
    word = (word ^ (word >> 30U)) * 0xBF58476D1CE4E5B9U;
    word = (word ^ (word >> 27U)) * 0x94D049BB133111EBU;
    word ^= word >> 31U;
    return static_cast<std::uint8_t>(word >> (8 * (position % 8)));
}

[[nodiscard]] inline std::vector<char> make_pattern(std::uint64_t seed, std::size_t size,
                                                    std::uint64_t first = 0)
{
    std::vector<char> bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<char>(pattern_byte(seed, first + i));
    }
    return bytes;
}

/// Compares what arrives piece by piece with the stream `seed` from its beginning.
class pattern_check {
public:
    explicit pattern_check(std::uint64_t seed) noexcept : seed_(seed) {}

    void feed(const char* data, std::size_t size) noexcept
    {
        for (std::size_t i = 0; i < size; ++i, ++position_) {
            if (intact_ && static_cast<std::uint8_t>(data[i]) != pattern_byte(seed_, position_)) {
                intact_ = false;
                first_wrong_ = position_;
            }
        }
    }

    [[nodiscard]] std::uint64_t bytes() const noexcept { return position_; }
    [[nodiscard]] bool intact() const noexcept { return intact_; }
    /// Where the first byte is that differs; meaningful when not intact().
    [[nodiscard]] std::uint64_t first_wrong() const noexcept { return first_wrong_; }

private:
    std::uint64_t seed_;
    std::uint64_t position_ = 0;
    std::uint64_t first_wrong_ = 0;
    bool intact_ = true;
};

}  // namespace spindle::test
