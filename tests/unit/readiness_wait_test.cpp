// Waiting for many sockets through core alone: how often the system is asked, and which news from core end a wait.
#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "spindle/provider.hpp"
#include "spindle/sharing.hpp"
#include "spindle/readiness_wait.hpp"
#include "support/catch.hpp"
#include "support/eventually.hpp"

using namespace spindle;
using spindle::test::eventually;
using spindle::test::patience;

namespace {

std::atomic<std::size_t> asked{0};    ///< calls of poll_set::wait
std::atomic<std::size_t> members{0};  ///< sockets in the last one

class counting_set final : public poll_set {
public:
    explicit counting_set(std::unique_ptr<poll_set> inner) : inner_(std::move(inner)) {}
    void clear() noexcept override
    {
        count_ = 0;
        inner_->clear();
    }
    void add(lower_socket& socket, readiness wanted) override
    {
        ++count_;
        inner_->add(socket, wanted);
    }
    result<readiness> wait(interrupter* wake, clock::time_point deadline) noexcept override
    {
        members = count_;
        ++asked;
        return inner_->wait(wake, deadline);
    }
    [[nodiscard]] std::size_t next_seen(std::size_t from) const noexcept override { return inner_->next_seen(from); }
    [[nodiscard]] readiness seen(std::size_t index) const noexcept override { return inner_->seen(index); }

private:
    std::unique_ptr<poll_set> inner_;
    std::size_t count_ = 0;
};

class counting_transport final : public transport {
public:
    result<std::unique_ptr<lower_socket>> open(const socket_kind& kind, bool inheritable) override
    {
        return net_->open(kind, inheritable);
    }
    result<std::vector<network_interface>> interfaces() override { return net_->interfaces(); }
    result<std::unique_ptr<lower_socket>> open_change_source(bool routes) override
    {
        return net_->open_change_source(routes);
    }
    result<std::unique_ptr<socket_share>> share(lower_socket& socket) override { return net_->share(socket); }
    result<std::unique_ptr<socket_offer>> offer(lower_socket& socket, socket_share& share, std::uint32_t process,
                                                std::uint32_t token, task taken) override
    {
        return net_->offer(socket, share, process, token, std::move(taken));
    }
    result<received_socket> take_offer(std::uint32_t token, bool inheritable) override
    {
        return net_->take_offer(token, inheritable);
    }
    std::unique_ptr<interrupter> make_interrupter() override { return net_->make_interrupter(); }
    std::unique_ptr<poll_set> make_poll_set() override
    {
        return std::make_unique<counting_set>(net_->make_poll_set());
    }
    result<void> post(task work) override { return net_->post(std::move(work)); }
    result<void> after(std::chrono::milliseconds delay, task work) override { return net_->after(delay, std::move(work)); }
    void stop() noexcept override { net_->stop(); }
    [[nodiscard]] bool on_service_thread() const noexcept override { return net_->on_service_thread(); }
    std::shared_ptr<event_loop> make_loop(std::function<void()> unattended) override
    {
        return net_->make_loop(std::move(unattended));
    }
    std::shared_ptr<event_loop> make_attended_loop() override { return net_->make_attended_loop(); }

private:
    std::unique_ptr<transport> net_ = make_system_transport();
};

struct started_provider : provider {
    started_provider()
    {
        provider_settings settings;
        settings.make_transport = [] { return std::unique_ptr<transport>(std::make_unique<counting_transport>()); };
        set_settings(settings);
        REQUIRE(startup({2, 2}));
    }
    socket_ptr receiver()
    {
        auto made = open({{address_family::ipv4, socket_type::datagram, 17}, 0, 0});
        REQUIRE(made);
        REQUIRE((*made)->bind(socket_address::loopback(address_family::ipv4)));
        return *made;
    }
};

void send_to(socket& from, const socket& to)
{
    const char byte = 'x';
    const const_buffer one{&byte, 1};
    const auto where = to.local_address();
    REQUIRE(from.send_to({&one, 1}, 0, &*where));
}

}  // namespace

TEST_CASE("SEL-6, POL-7 a wait for 1024 sockets asks the system once, and once for every time it wakes", "[unit][select]")
{
    started_provider provider;
    std::vector<socket_ptr> all;
    constexpr std::size_t count = 512;  // descriptors are few; each socket is waited for twice
    for (std::size_t number = 0; number < count; ++number) {
        all.push_back(provider.receiver());
    }
    const auto add_all = [&](readiness_wait& wait) {
        for (int twice = 0; twice < 2; ++twice) {
            std::for_each(all.begin(), all.end(), [&](const auto& each) { REQUIRE(wait.add(each->handle(), level::data)); });
        }
    };
    asked = 0;
    {
        readiness_wait look(provider);
        add_all(look);
        CHECK(*look.wait(std::chrono::nanoseconds{0}) == 0);
    }
    CHECK(asked == 1);
    CHECK(members == 2 * count);
    asked = 0;
    readiness_wait wait(provider);
    add_all(wait);
    auto waiting = std::async(std::launch::async, [&] { return *wait.wait(std::nullopt); });
    REQUIRE(eventually([] { return asked == 1; }));
    send_to(*all.front(), *all[300]);
    // The system looks at its 1024 entries one after the other: data that come meanwhile are seen by the later entry alone.
    CHECK(waiting.get() >= 1);
    CHECK(asked == 1);
    CHECK(wait.holds(300 + count) == level::data);
    CHECK(wait.holds(301) == level::none);
    CHECK(*wait.wait(std::chrono::nanoseconds{0}) == 2);
    CHECK(wait.holds(300) == level::data);
    CHECK(wait.holds(300 + count) == level::data);
    CHECK(asked == 2);
}

TEST_CASE("POL-16, CAN-13 a socket closed under a wait ends it; the object outlives its handle meanwhile", "[unit][select]")
{
    started_provider provider;
    auto victim = provider.receiver();
    const auto other = provider.receiver();
    const auto handle = victim->handle();
    readiness_wait wait(provider);
    REQUIRE(wait.add(other->handle(), level::data));
    REQUIRE(wait.add(handle, level::data));
    CHECK_FALSE(wait.add(handle + 1'000'000, level::data));
    auto waiting = std::async(std::launch::async, [&] { return *wait.wait(patience); });
    REQUIRE(victim->close());
    victim.reset();
    CHECK(waiting.get() == 1);
    CHECK(wait.holds(0) == level::none);
    CHECK(wait.holds(1) == level::not_socket);
    CHECK(wait.holds(2) == level::not_socket);
    readiness_wait after(provider);
    CHECK_FALSE(after.add(handle, level::data));
}

TEST_CASE("CLEAN-8 the last cleanup ends waits, and no new ones begin", "[unit][select]")
{
    started_provider provider;
    const auto quiet = provider.receiver();
    asked = 0;
    auto waiting = std::async(std::launch::async, [&] {
        readiness_wait wait(provider);
        (void)wait.add(quiet->handle(), level::data);
        return wait.wait(std::nullopt);
    });
    REQUIRE(eventually([] { return asked == 1; }));
    REQUIRE(provider.cleanup());
    CHECK(waiting.get().error() == make_error_code(errc::interrupted));
    const readiness_wait late(provider);
    CHECK_FALSE(late);
}
