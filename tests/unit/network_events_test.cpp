// The record of network events and who is told, without sockets: network_events.hpp, event_notifier.hpp. The same rules
// on real sockets are in the tests of WSAEventSelect and WSPAsyncSelect.
#include "support/catch.hpp"

#include "core/src/event_notifier.hpp"
#include "core/src/network_events.hpp"

#include <atomic>
#include <thread>
#include <vector>

using namespace spindle;
namespace fd = network_event;
using form = network_event_target::form;

namespace {

constexpr network_event_target event{form::event, 0x10, 0};
constexpr network_event_target other_event{form::event, 0x20, 0};
constexpr network_event_target window{form::message, 0x30, 0x401};
constexpr network_event_target nobody{};

network_events of(unsigned events)
{
    network_events set;
    set.events = events;
    return set;
}

network_events failed(unsigned event_bit, errc code)
{
    network_events set;
    set.add(event_bit, code);
    return set;
}

struct told_list {
    std::vector<unsigned> told;
    std::vector<std::uintptr_t> objects;
    event_notifier notifier{[this](const network_event_target& target, const network_events& news) {
        told.push_back(news.events);
        objects.push_back(target.object);
        if (while_telling) {
            while_telling();
        }
    }};
    std::function<void()> while_telling;

    void occur(unsigned events)
    {
        notifier.look([&](network_event_record& record) { return record.occurred(of(events)); });
    }
};

}  // namespace

TEST_CASE("EVT-9, EVT-10, LNX-33 what holds is recorded and told at once, wanted or looked for later",
          "[events]")
{
    const auto target = GENERATE(event, window);
    network_event_record record;
    CHECK(record.select(target, fd::accept, of(fd::read | fd::write)) == 0);
    CHECK(record.select(target, fd::read | fd::write | fd::close, of(fd::read | fd::write)) ==
          (fd::read | fd::write));
}

TEST_CASE(
    "EVT-16 each occurrence of data, connections and urgent data sets the event again, but posts nothing",
    "[events]")
{
    const auto what = GENERATE(fd::read, fd::accept, fd::out_of_band);
    network_event_record record;
    record.select(event, fd::all, {});
    CHECK(record.occurred(of(what)) == what);
    CHECK(record.occurred(of(what)) == what);
    CHECK(record.take().events == what);
    CHECK(record.occurred(of(what)) == what);

    network_event_record posted;
    posted.select(window, fd::all, {});
    CHECK(posted.occurred(of(what)) == what);
    CHECK(posted.occurred(of(what)) == 0);
    CHECK(posted.enable(what, of(what)) == what);
    CHECK(posted.enable(what, {}) == 0);
    CHECK(posted.occurred(of(what)) == what);
}

TEST_CASE("EVT-11, EVT-30 what happens once is told once", "[events]")
{
    const auto target = GENERATE(event, window);
    const auto what = GENERATE(fd::write, fd::connect, fd::close);
    network_event_record record;
    record.select(target, fd::all, {});
    CHECK(record.occurred(of(what)) == what);
    CHECK(record.occurred(of(what)) == 0);
    record.take();
    CHECK(record.occurred(of(what)) == 0);
    record.forget(what);
    CHECK(record.occurred(of(what)) == what);
}

TEST_CASE(
    "EVT-14 what still holds after the enabling call is recorded again at once, what was consumed is not",
    "[events]")
{
    network_event_record record;
    record.select(event, fd::read, {});
    record.occurred(of(fd::read));
    CHECK(record.enable(fd::read, {}) == 0);
    CHECK(record.take().events == 0);
    CHECK(record.enable(fd::read, of(fd::read)) == fd::read);
    CHECK(record.take().events == fd::read);
}

TEST_CASE("EVT-17, EVT-19 a new registration tells of what was not taken and of nothing that was", "[events]")
{
    constexpr unsigned everything =
        fd::read | fd::accept | fd::out_of_band | fd::write | fd::close | fd::connect;
    network_event_record record;
    record.select(event, fd::all, of(everything));
    record.select(event, fd::quality_of_service, of(everything));
    CHECK(record.take().events == 0);
    CHECK(record.select(other_event, fd::all, of(everything)) == everything);
    CHECK(record.take().events == everything);
    CHECK(record.select(event, fd::all, of(everything)) == 0);
    CHECK(record.select(nobody, 0, {}) == 0);
    CHECK(record.select(event, fd::all, of(everything)) == 0);
}

TEST_CASE("EVT-18, EVT-25 every message registration tells anew what holds but a finished attempt",
          "[events]")
{
    constexpr unsigned everything = fd::read | fd::accept | fd::out_of_band | fd::write | fd::close;
    network_event_record record;
    CHECK(record.select(window, fd::all, of(everything | fd::connect)) == everything);
    CHECK(record.select(window, fd::all, of(everything | fd::connect)) == everything);
    CHECK(record.occurred(of(fd::connect)) == 0);
    CHECK(record.enable(fd::read, {}) == 0);
    CHECK(record.occurred(of(fd::read)) == fd::read);
}

TEST_CASE("EVT-29 a failed attempt is told once, whatever comes after", "[events]")
{
    const auto target = GENERATE(event, window);
    const auto refused = failed(fd::connect, errc::connection_refused);
    network_event_record record;
    CHECK(record.select(target, fd::connect, refused) == fd::connect);
    const auto taken = record.take();
    CHECK(taken.events == (target.told_by == form::event ? fd::connect : 0U));
    CHECK(taken.code_of(fd::connect) == errc::connection_refused);
    CHECK(record.select(target, fd::connect, refused) == 0);
}

TEST_CASE("EVT-42 what is not wanted stays in the record", "[events]")
{
    network_event_record record;
    record.select(event, fd::read | fd::close, of(fd::read | fd::close));
    record.select(event, fd::close, {});
    CHECK(record.take().events == fd::close);
    record.select(event, fd::read, {});
    CHECK(record.take().events == fd::read);
}

TEST_CASE("EVT-15, EVT-38, T-FD/FD_ROUTING_INTERFACE_CHANGE, T-FD/0x100-8, T-FD/FD_ADDRESS_LIST_CHANGE, "
          "T-FD/0x200-9 changes "
          "are kept when they happen, and count again only after enabling",
          "[events]")
{
    const auto what = GENERATE(fd::address_list_change, fd::routing_interface_change);
    network_event_record record;
    CHECK(record.occurred(of(what)) == 0);
    CHECK(record.select(event, what, {}) == what);
    CHECK(record.take().events == what);
    CHECK(record.occurred(of(what)) == 0);
    CHECK(record.enable(what, {}) == 0);
    CHECK(record.occurred(of(what)) == what);

    network_event_record posted;
    CHECK(posted.occurred(of(what)) == 0);
    CHECK(posted.select(window, what, {}) == what);
    CHECK(posted.select(window, what, {}) == 0);
}

TEST_CASE("EVT-3, EVT-4 a registration is replaced whole, and an empty one tells nothing", "[events]")
{
    told_list list;
    list.notifier.select(event, fd::read, [] { return network_events{}; });
    list.notifier.select(other_event, fd::close, [] { return network_events{}; });
    list.occur(fd::read);
    CHECK(list.told.empty());
    list.occur(fd::close);
    CHECK(list.objects == std::vector<std::uintptr_t>{0x20});
    list.notifier.select(event, 0, [] { return of(fd::all); });
    list.occur(fd::read);
    CHECK(list.told.size() == 1);
}

TEST_CASE("EVT-39 what is recorded while the event is being reset sets it again, unless it was copied",
          "[events]")
{
    told_list list;
    list.notifier.select(event, fd::all, [] { return of(fd::read); });
    REQUIRE(list.told.size() == 1);
    const auto taken = list.notifier.take([&] {
        list.occur(fd::write);
        return true;
    });
    REQUIRE(taken);
    CHECK(taken->events == (fd::read | fd::write));
    CHECK(list.told.size() == 1);  // it is in the copy
}

TEST_CASE("EVT-41 a reset that fails leaves the record", "[events]")
{
    told_list list;
    list.notifier.select(event, fd::all, [] { return of(fd::read); });
    const auto refused = list.notifier.take([&] {
        list.occur(fd::write);
        return false;
    });
    CHECK(refused.error() == make_error_code(errc::invalid_argument));
    CHECK(list.told == std::vector<unsigned>{fd::read, fd::write});
    CHECK(list.notifier.take({})->events == (fd::read | fd::write));
}

TEST_CASE("EVT-7, CLOSE-10 nobody is told after the close has returned, and it waits for who is being told",
          "[events]")
{
    told_list list;
    std::atomic<bool> inside{false};
    std::atomic<bool> closed{false};
    bool closed_inside = true;
    list.notifier.select(event, fd::all, [] { return network_events{}; });
    list.while_telling = [&] {
        inside = true;
        for (int turn = 0; turn < 1000; ++turn) {
            std::this_thread::yield();
        }
        closed_inside = closed;
    };
    std::thread teller([&] { list.occur(fd::read); });
    while (!inside) {
        std::this_thread::yield();
    }
    list.notifier.close();
    closed = true;
    teller.join();
    CHECK_FALSE(closed_inside);
    list.occur(fd::read);
    list.notifier.select(event, fd::all, [] { return of(fd::all); });
    CHECK(list.told.size() == 1);
}
