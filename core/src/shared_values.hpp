// What processes that hold one socket tell each other of it: a snapshot of state, options, names and codes, laid out in
// the memory that they share, and how two that changed at once become one. Groups, header options and what is received at
// all are not among it: of these the system's socket is common, what a client set is known where it was set.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "rare_options.hpp"
#include "spindle/address.hpp"
#include "spindle/error.hpp"
#include "spindle/options.hpp"
#include "spindle/sharing.hpp"

namespace spindle {

/// Numbers only, no padding.
struct shared_values {
    static constexpr std::uint32_t present_layout = 1;
    static constexpr std::size_t number_count = 24;
    static constexpr std::size_t kept_count = static_cast<std::size_t>(kept::last) + 1;

    struct name {
        std::uint32_t size = 0;  ///< 0: none
        std::array<std::byte, socket_address::capacity> bytes{};
    };

    std::uint32_t layout = 0;  ///< 0: nothing was told yet
    std::uint32_t creation_flags = 0;
    std::uint32_t state = 0;
    linger_option linger{};
    std::array<std::uint32_t, number_count> numbers{};
    std::uint32_t kept_present = 0;
    std::array<std::int32_t, kept_count> kept_numbers{};
    std::int32_t pending_error = 0;
    std::int32_t failure = 0;
    std::int32_t connect_failure = 0;
    name bound;
    name peer;

    friend bool operator==(const shared_values& left, const shared_values& right) noexcept
    {
        return std::memcmp(&left, &right, sizeof left) == 0;
    }
};
static_assert(std::is_trivially_copyable_v<shared_values> &&
              std::has_unique_object_representations_v<shared_values>);

/// What of `mine` and `theirs` holds, of which both began as `base`: whatever either has changed; where both have, mine.
[[nodiscard]] shared_values merge(const shared_values& base, const shared_values& mine,
                                  const shared_values& theirs) noexcept;

/// The memory. Values are written in turns, so that a process that dies while it writes leaves the last ones whole.
class shared_memory {
public:
    explicit shared_memory(std::byte* memory) noexcept : at_{reinterpret_cast<layout*>(memory)} {}

    /// Counts how often values were written.
    [[nodiscard]] std::uint32_t generation() const noexcept;
    [[nodiscard]] shared_values read() const noexcept;
    /// With the lock between processes.
    void write(const shared_values& values) noexcept;

    /// A new registration for network events, which ends all before it; its number. `wanted`: what for.
    std::uint32_t begin_registration(std::uint32_t wanted) noexcept;
    /// That of the registration that holds.
    [[nodiscard]] std::uint32_t registration() const noexcept;
    [[nodiscard]] std::uint32_t wanted() const noexcept;
    /// The registration of that number is over.
    void end_registration(std::uint32_t number) noexcept;

private:
    struct layout {
        std::uint32_t generation;
        std::uint32_t registration;
        std::uint32_t wanted;
        shared_values values[2];  // the current ones are in [generation % 2]
    };
    static_assert(sizeof(layout) <= socket_share::memory_size);

    layout* at_;
};

}  // namespace spindle
