// Pulling and placing urgent bytes; see the header. tcp(7) describes the system's side: one urgent byte, announced
// by a mark at which reads stop, lost to MSG_OOB once a plain read passed the mark.
#include "urgent_data.hpp"

#include <algorithm>
#include <array>

namespace spindle {

bool urgent_data::pull(lower_socket& lower)
{
    std::byte value{};
    const std::array<mutable_buffer, 1> one{{{&value, 1}}};
    const auto got = lower.receive(one, transfer_flags::out_of_band, nullptr);
    if (!got || got->bytes == 0) {
        return false;
    }
    // FIONREAD counts up to the mark while one is announced.
    const auto ahead = lower.readable_bytes();
    const std::uint64_t place = position_ + (ahead ? ahead.value() : 0);
    if (mark_ && *mark_ >= position_ && *mark_ < place) {
        duplicates_.push_back(*mark_);
    }
    mark_ = place;
    bytes_.push_back({value, place});
    return true;
}

// The system counts up to its mark only, unless urgent bytes are to stay in the stream; then it counts the places of
// those that were pulled already, too.
result<std::size_t> urgent_data::readable_bytes(lower_socket& lower) const
{
    if (!distance()) {
        return lower.readable_bytes();
    }
    (void)lower.set_option(lower_option::urgent_inline, 1);
    auto all = lower.readable_bytes();
    (void)lower.set_option(lower_option::urgent_inline, 0);
    if (!all) {
        return all;
    }
    std::size_t places = mark_ && *mark_ >= position_ ? 1 : 0;
    for (const auto place : duplicates_) {
        places += place >= position_ ? 1U : 0U;
    }
    return all.value() - std::min(all.value(), places);
}

std::optional<std::uint64_t> urgent_data::distance() const noexcept
{
    std::optional<std::uint64_t> nearest;
    for (const auto place : duplicates_) {
        if (place >= position_ && (!nearest || place - position_ < *nearest)) {
            nearest = place - position_;
        }
    }
    if (mark_ && *mark_ >= position_ && (!nearest || *mark_ - position_ < *nearest)) {
        nearest = *mark_ - position_;
    }
    return nearest;
}

bool urgent_data::duplicate_ahead() const noexcept
{
    for (const auto place : duplicates_) {
        if (place == position_) {
            return true;
        }
    }
    return false;
}

void urgent_data::skipped_duplicate() noexcept
{
    // The byte stood in the stream, so every later position counted it.
    std::erase(duplicates_, position_);
    ++position_;
}

bool urgent_data::oldest_is_due() const noexcept
{
    return !bytes_.empty() && bytes_.front().position <= position_;
}

}  // namespace spindle
