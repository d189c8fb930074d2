// Alertable waits of core with a host that decides what happens when. Answers to the page "Alertable I/O".
#include <array>
#include <atomic>
#include <memory>

#include "spindle/provider.hpp"
#include "spindle/socket.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using namespace spindle;

namespace {

struct receive_request final : io_request {
    void finish(const io_outcome&) noexcept override { finished = true; }
    std::atomic<bool> finished{false};
};

/// A timer falls due in the first wait. Before its routine runs, the request that the thread waits for finishes.
class timer_host final : public host {
public:
    explicit timer_host(provider& owner) : owner_(owner) {}

    result<socket_handle> create_socket_handle(std::uint32_t, socket_token token) override { return token; }
    void close_socket_handle(std::uint32_t, socket_handle) noexcept override {}
    blocking_hook query_blocking_hook(std::uint32_t) noexcept override { return {}; }
    std::chrono::nanoseconds begin_alertable_wait(void (*)(void*), void*) noexcept override
    {
        return waits_ == 0 ? std::chrono::nanoseconds(1ms) : std::chrono::nanoseconds(10s);
    }
    void end_alertable_wait() noexcept override
    {
        if (++waits_ == 1) {
            watched->cancel([](const io_request&) { return true; });
        }
    }
    void run_queued_routines() noexcept override
    {
        if (waits_ > 1) {  // the wait should have been over long ago
            (void)owner_.cancel_blocking_call();
        }
    }

    [[nodiscard]] int waits() const noexcept { return waits_; }

    socket_ptr watched;

private:
    provider& owner_;
    int waits_ = 0;
};

}  // namespace

TEST_CASE("BLK-16, OVL-6 the end of a request is not missed because a timer falls due at that moment", "[unit][overlapped]")
{
    provider owner;
    const auto services = std::make_shared<timer_host>(owner);
    REQUIRE(owner.startup({2, 2}, services));
    auto opened = owner.open({{address_family::ipv4, socket_type::datagram, 17}});
    REQUIRE(opened);
    services->watched = *opened;
    REQUIRE(services->watched->bind(socket_address::loopback(address_family::ipv4)));
    std::array<std::byte, 8> bytes{};
    const std::array<mutable_buffer, 1> buffers{{{bytes.data(), bytes.size()}}};
    receive_request request;
    request.use_buffers(mutable_buffers(buffers));
    io_outcome outcome;
    REQUIRE(services->watched->start_receive(request, outcome) == errc::io_pending);

    const auto waited = services->watched->wait_for_requests([&] { return request.finished.load(); });
    CHECK(waited);
    CHECK(request.finished);
    CHECK(services->waits() == 2);
    services->watched.reset();
    *opened = nullptr;
    CHECK(owner.cleanup());
}
