// See the header.
#include "shared_values.hpp"

#include <bit>

namespace spindle {
namespace {

constexpr std::size_t word_count = sizeof(shared_values) / sizeof(std::uint32_t);
using words = std::array<std::uint32_t, word_count>;
static_assert(sizeof(words) == sizeof(shared_values));

std::atomic_ref<std::uint32_t> atomic_at(std::uint32_t& word) noexcept
{
    return std::atomic_ref(word);
}

}  // namespace

shared_values merge(const shared_values& base, const shared_values& mine, const shared_values& theirs) noexcept
{
    const auto before = std::bit_cast<words>(base);
    const auto changed = std::bit_cast<words>(mine);
    auto merged = std::bit_cast<words>(theirs);
    for (std::size_t index = 0; index < word_count; ++index) {
        if (changed[index] != before[index]) {
            merged[index] = changed[index];
        }
    }
    auto both = std::bit_cast<shared_values>(merged);
    // Of the state every bit is a fact of its own.
    const std::uint32_t flipped = mine.state ^ base.state;
    both.state = (theirs.state & ~flipped) | (mine.state & flipped);
    return both;
}

std::uint32_t shared_memory::generation() const noexcept
{
    return atomic_at(at_->generation).load(std::memory_order_acquire);
}

shared_values shared_memory::read() const noexcept
{
    for (;;) {
        const auto before = generation();
        const shared_values values = at_->values[before % 2];
        std::atomic_thread_fence(std::memory_order_acquire);
        if (generation() == before) {
            return values;
        }
    }
}

void shared_memory::write(const shared_values& values) noexcept
{
    const auto next = generation() + 1;
    at_->values[next % 2] = values;
    atomic_at(at_->generation).store(next, std::memory_order_release);
}

std::uint32_t shared_memory::begin_registration(std::uint32_t wanted) noexcept
{
    atomic_at(at_->wanted).store(wanted, std::memory_order_relaxed);
    return atomic_at(at_->registration).fetch_add(1, std::memory_order_acq_rel) + 1;
}

std::uint32_t shared_memory::registration() const noexcept
{
    return atomic_at(at_->registration).load(std::memory_order_acquire);
}

std::uint32_t shared_memory::wanted() const noexcept
{
    return atomic_at(at_->wanted).load(std::memory_order_acquire);
}

void shared_memory::end_registration(std::uint32_t number) noexcept
{
    if (registration() == number) {
        atomic_at(at_->wanted).store(0, std::memory_order_release);
    }
}

}  // namespace spindle
