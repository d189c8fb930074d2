// See the header.
#include "rio_buffers.hpp"

#include "thunk.hpp"

namespace spindle::spi {

result<RIO_BUFFERID> rio_buffers::add(char* start, DWORD length)
{
    if (length == 0) {
        return errc::invalid_argument;
    }
    const auto first = reinterpret_cast<std::uintptr_t>(start);
    if (start == nullptr || first + length < first) {
        return errc::fault;
    }
    const auto taken = table_.take();
    // Release: who sees one of these sees that the place's former id is gone.
    taken.object.start.store(start, std::memory_order_release);
    taken.object.length.store(length, std::memory_order_release);
    taken.object.id.store(taken.id, std::memory_order_release);
    return reinterpret_cast<RIO_BUFFERID>(taken.id);
}

void rio_buffers::remove(RIO_BUFFERID id) noexcept
{
    auto number = reinterpret_cast<std::uintptr_t>(id);
    auto* registration = table_.at(number);
    if (registration != nullptr &&
        registration->id.compare_exchange_strong(number, 0, std::memory_order_acq_rel)) {
        table_.put_back(*registration);
    }
}

result<mutable_buffer> rio_buffers::slice(const RIO_BUF* wanted, ULONG least) const noexcept
{
    if (wanted == nullptr) {
        return errc::fault;
    }
    const RIO_BUF part = load(wanted);
    const auto id = reinterpret_cast<std::uintptr_t>(part.BufferId);
    const auto* registration = table_.at(id);
    if (registration == nullptr || registration->id.load(std::memory_order_acquire) != id) {
        return errc::fault;
    }
    char* start = registration->start.load(std::memory_order_acquire);
    const DWORD length = registration->length.load(std::memory_order_acquire);
    if (registration->id.load(std::memory_order_relaxed) != id) {
        return errc::fault;
    }
    if (part.Offset > length || part.Length > length - part.Offset || part.Length < least) {
        return errc::invalid_argument;
    }
    return mutable_buffer{start + part.Offset, part.Length};
}

}  // namespace spindle::spi
