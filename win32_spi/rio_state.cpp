// See the header.
#include "rio_state.hpp"

#include <atomic>
#include <memory>

#include "exchange_provider.hpp"

namespace spindle::spi {

namespace {

constinit std::atomic<rio_state*> present{nullptr};

}  // namespace

rio_state* registered_io() noexcept
{
    return present.load(std::memory_order_acquire);
}

rio_state& make_registered_io()
{
    rio_state* known = registered_io();
    if (known == nullptr) {
        auto fresh = std::make_unique<rio_state>();
        if (present.compare_exchange_strong(known, fresh.get(), std::memory_order_acq_rel)) {
            known = fresh.release();
        }
    }
    return *known;
}

void end_request_queue(socket& closed) noexcept
{
    auto* record = static_cast<socket_record*>(closed.companion());
    const auto id = record == nullptr ? 0 : record->request_queue.exchange(0, std::memory_order_acq_rel);
    auto* queue = id == 0 ? nullptr : registered_io()->request_queues.at(id);
    if (queue != nullptr) {
        queue->close(id);
    }
}

void put_back_request_queue(rio_request_queue& unused) noexcept
{
    registered_io()->request_queues.put_back(unused);
}

void drop_registered_io() noexcept
{
    const std::unique_ptr<rio_state> ended(present.exchange(nullptr, std::memory_order_acq_rel));
}

void forget_registered_io_after_fork() noexcept
{
    present.store(nullptr, std::memory_order_release);
}

}  // namespace spindle::spi
