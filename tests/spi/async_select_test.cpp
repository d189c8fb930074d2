// WSPAsyncSelect against a host that writes down what is posted: when which message comes, and when none does. Answers to
// "LPWSPASYNCSELECT" as observed; the same on real windows is in the tests of the API.
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <array>
#include <vector>

using namespace spindle::test;

namespace {

constexpr long every_event = FD_READ | FD_WRITE | FD_OOB | FD_ACCEPT | FD_CONNECT | FD_CLOSE;
constexpr UINT message = WM_USER + 7;

HWND some_window()
{
    static int stands_for_one = 0;
    return reinterpret_cast<HWND>(&stands_for_one);
}

int select_messages(const spi_fixture& spi, SOCKET s, long events, HWND window = some_window())
{
    int code = no_error_code;
    return spi.spi.table.lpWSPAsyncSelect(s, window, message, events, &code) == 0 ? 0 : code;
}

/// The messages for one socket since the last look, as a list of events; their codes.
class mailbox {
public:
    mailbox(const spi_fixture& spi, SOCKET of) : host_(spi.host), socket_(of), seen_(host_.posted().size()) {}

    std::vector<long> take()
    {
        std::vector<long> events;
        const auto posted = host_.posted();
        for (; seen_ < posted.size(); ++seen_) {
            const auto& each = posted[seen_];
            if (each.socket == socket_) {
                CHECK(each.window == some_window());
                CHECK(each.message == message);
                events.push_back(static_cast<long>(each.event_and_code & 0xFFFF));
                codes.push_back(static_cast<int>(each.event_and_code >> 16 & 0xFFFF));
            }
        }
        return events;
    }
    /// Waits for that many messages.
    std::vector<long> next(std::size_t count = 1)
    {
        std::vector<long> events;
        const bool came = eventually([&] {
            const auto more = take();
            events.insert(events.end(), more.begin(), more.end());
            return events.size() >= count;
        });
        CHECK(came);
        return events;
    }

    std::vector<int> codes;

private:
    const scripted_host& host_;
    SOCKET socket_;
    std::size_t seen_;
};

using events = std::vector<long>;

/// News that came before pass() have been looked at when it returns.
class fence {
public:
    explicit fence(const spi_fixture& spi) : spi_(spi), pair_(spi.tcp_pair()), mail_(spi, pair_.here)
    {
        REQUIRE(select_messages(spi, pair_.here, FD_READ) == 0);
    }
    void pass()
    {
        for (int turn = 0; turn < 2; ++turn) {
            REQUIRE(spi_.spi.send(pair_.there, "f").code == 0);
            REQUIRE(mail_.next() == events{FD_READ});
            char byte = 0;
            REQUIRE(spi_.spi.receive(pair_.here, &byte, 1).code == 0);
        }
    }

private:
    const spi_fixture& spi_;
    spi_fixture::pair pair_;
    mailbox mail_;
};

std::string text(const spi_fixture& spi, SOCKET s, std::size_t size, DWORD flags = 0)
{
    std::string buffer(size, '?');
    const auto got = spi.spi.receive(s, buffer.data(), size, flags);
    REQUIRE(got.code == 0);
    return buffer.substr(0, got.bytes);
}

}  // namespace

TEST_CASE("ASY-1, EVT-1, EVT-2 bad arguments are refused, good ones make the socket non-blocking",
          "[spi][async]")
{
    const spi_fixture spi;
    const auto pair = spi.tcp_pair();
    CHECK(select_messages(spi, pair.here, FD_READ, nullptr) == WSAEINVAL);
    CHECK(select_messages(spi, pair.here, 0x400) == WSAEINVAL);
    CHECK(select_messages(spi, INVALID_SOCKET, FD_READ) == WSAENOTSOCK);
    CHECK(select_messages(spi, pair.here, FD_READ) == 0);
    char byte = 0;
    CHECK(spi.spi.receive(pair.here, &byte, 1).code == WSAEWOULDBLOCK);
    CHECK(spi.spi.set_nonblocking(pair.here, false) == WSAEINVAL);
    CHECK(select_messages(spi, pair.here, 0, nullptr) == 0);
    CHECK(spi.spi.set_nonblocking(pair.here, false) == 0);
}

TEST_CASE("ASY-2, ASY-3, EVT-9, UP-26 what holds is posted at once, one message an event, the handle as the "
          "client knows it",
          "[spi][async]")
{
    const spi_fixture spi;
    const auto pair = spi.tcp_pair();
    REQUIRE(spi.spi.send(pair.there, "data").code == 0);
    char byte = 0;
    REQUIRE(spi.spi.receive(pair.here, &byte, 1, MSG_PEEK).code == 0);
    mailbox mail(spi, pair.here);
    CHECK(select_messages(spi, pair.here, every_event) == 0);
    CHECK(mail.take() == events{FD_READ, FD_WRITE});
    CHECK(mail.codes == std::vector<int>{0, 0});
}

TEST_CASE(
    "ASY-5, EVT-12, EVT-13, EVT-14, EVT-16 one FD_READ is outstanding until a receive, even one that fails",
    "[spi][async]")
{
    const spi_fixture spi;
    fence others(spi);
    const auto pair = spi.tcp_pair();
    mailbox mail(spi, pair.here);
    REQUIRE(select_messages(spi, pair.here, FD_READ | FD_CLOSE) == 0);
    REQUIRE(spi.spi.send(pair.there, "abc").code == 0);
    CHECK(mail.next() == events{FD_READ});
    REQUIRE(spi.spi.send(pair.there, "def").code == 0);
    others.pass();
    CHECK(mail.take().empty());
    CHECK(text(spi, pair.here, 2) == "ab");
    CHECK(mail.take() == events{FD_READ});
    char byte = 0;
    CHECK(spi.spi.receive(pair.here, nullptr, 5).code == WSAEFAULT);
    CHECK(mail.take() == events{FD_READ});
    CHECK(text(spi, pair.here, 10) == "cdef");
    CHECK(mail.take().empty());
    CHECK(spi.spi.receive(pair.here, &byte, 1).code == WSAEWOULDBLOCK);
    REQUIRE(spi.spi.send(pair.there, "g").code == 0);
    CHECK(mail.next() == events{FD_READ});
}

TEST_CASE("EVT-18, FDC-8 each call posts anew what holds", "[spi][async]")
{
    const spi_fixture spi;
    fence others(spi);
    const auto pair = spi.tcp_pair();
    REQUIRE(spi.spi.send(pair.there, "data").code == 0);
    REQUIRE(spi.spi.shutdown(pair.there, SD_SEND) == 0);
    mailbox mail(spi, pair.here);
    REQUIRE(select_messages(spi, pair.here, every_event) == 0);
    CHECK(mail.next(3) == events{FD_READ, FD_WRITE, FD_CLOSE});
    for (int again = 0; again < 2; ++again) {
        REQUIRE(select_messages(spi, pair.here, every_event) == 0);
        CHECK(mail.take() == events{FD_READ, FD_WRITE, FD_CLOSE});
    }
    others.pass();
    CHECK(mail.take().empty());
}

TEST_CASE("EVT-25, EVT-24, CONN-9 FD_CONNECT and FD_WRITE are posted for an attempt, FD_WRITE alone after it",
          "[spi][async]")
{
    const spi_fixture spi;
    const auto listening = spi.listen_tcp();
    const SOCKET early = spi.open_tcp();
    mailbox mail(spi, early);
    REQUIRE(select_messages(spi, early, every_event) == 0);
    CHECK(mail.take().empty());
    const int code = spi.spi.connect(early, listening.local);
    CHECK((code == 0 || code == WSAEWOULDBLOCK));
    CHECK(mail.next(2) == events{FD_CONNECT, FD_WRITE});
    REQUIRE(select_messages(spi, early, every_event) == 0);
    CHECK(mail.take() == events{FD_WRITE});

    const SOCKET late = spi.open_tcp();
    REQUIRE(spi.spi.connect(late, listening.local) == 0);
    mailbox late_mail(spi, late);
    REQUIRE(select_messages(spi, late, every_event) == 0);
    CHECK(late_mail.take() == events{FD_WRITE});
}

TEST_CASE("EVT-24, EVT-29, ASY-2 a failed attempt posts FD_CONNECT with its error in the high word, once",
          "[spi][async]")
{
    const spi_fixture spi;
    const SOCKET nobody = spi.open_tcp();
    REQUIRE(spi.spi.bind(nobody, loopback4()) == 0);
    endpoint where;
    REQUIRE(spi.spi.local_name(nobody, &where) == 0);
    const bool before = GENERATE(true, false);
    const SOCKET client = spi.open_tcp();
    REQUIRE(spi.spi.set_nonblocking(client) == 0);
    mailbox mail(spi, client);
    if (before) {
        REQUIRE(select_messages(spi, client, every_event) == 0);
    }
    const int code = spi.spi.connect(client, where);
    CHECK((code == WSAEWOULDBLOCK || code == WSAECONNREFUSED));
    if (!before) {
        REQUIRE(select_messages(spi, client, every_event) == 0);
    }
    CHECK(mail.next() == events{FD_CONNECT});
    CHECK(mail.codes == std::vector<int>{WSAECONNREFUSED});
    REQUIRE(select_messages(spi, client, every_event) == 0);
    CHECK(mail.take().empty());
}

TEST_CASE("EVT-28 a datagram socket is told of room although it has no name, and of no connect",
          "[spi][async]")
{
    const spi_fixture spi;
    const SOCKET receiver = spi.bound_udp();
    endpoint where;
    REQUIRE(spi.spi.local_name(receiver, &where) == 0);
    const SOCKET sender = spi.open_udp();
    mailbox mail(spi, sender);
    REQUIRE(select_messages(spi, sender, every_event) == 0);
    CHECK(mail.take() == events{FD_WRITE});
    REQUIRE(spi.spi.connect(sender, where) == 0);
    CHECK(mail.take() == events{FD_WRITE});
}

TEST_CASE("EVT-34, FDC-3 a reset posts FD_CLOSE with WSAECONNABORTED", "[spi][async]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer();
    mailbox mail(spi, half.socket);
    REQUIRE(select_messages(spi, half.socket, FD_READ | FD_CLOSE) == 0);
    half.remote.reset();
    CHECK(mail.next() == events{FD_CLOSE});
    CHECK(mail.codes == std::vector<int>{WSAECONNABORTED});
}

TEST_CASE("EVT-8, EVT-26, ACC-4, ACC-15 an accepted socket posts to the listener's window, and accepting "
          "enables FD_ACCEPT",
          "[spi][async]")
{
    const spi_fixture spi;
    fence others(spi);
    const auto listening = spi.listen_tcp();
    mailbox mail(spi, listening.socket);
    REQUIRE(select_messages(spi, listening.socket, every_event) == 0);
    const SOCKET first = spi.open_tcp();
    REQUIRE(spi.spi.connect(first, listening.local) == 0);
    CHECK(mail.next() == events{FD_ACCEPT});
    const SOCKET second = spi.open_tcp();
    REQUIRE(spi.spi.connect(second, listening.local) == 0);
    others.pass();
    CHECK(mail.take().empty());
    const auto taken = spi.spi.accept(listening.socket);
    REQUIRE(taken.code == 0);
    CHECK(mail.take() == events{FD_ACCEPT});
    const auto posted = spi.host.posted();
    REQUIRE_FALSE(posted.empty());
    mailbox accepted(spi, taken.socket);
    const auto of_accepted = [&](const scripted_host::posted_message& each) {
        return each.socket == taken.socket && each.event_and_code == FD_WRITE && each.window == some_window();
    };
    CHECK(std::count_if(posted.begin(), posted.end(), of_accepted) == 1);
    REQUIRE(spi.spi.send(first, "data").code == 0);
    CHECK(accepted.next() == events{FD_READ});
}

TEST_CASE("EVT-16, EVT-37 urgent bytes post one FD_OOB until one is received", "[spi][async]")
{
    const spi_fixture spi;
    fence others(spi);
    auto half = spi.connect_to_peer();
    mailbox mail(spi, half.socket);
    REQUIRE(select_messages(spi, half.socket, FD_READ | FD_OOB) == 0);
    REQUIRE(half.remote.send_urgent('1'));
    CHECK(mail.next() == events{FD_OOB});
    REQUIRE(half.remote.send_urgent('2'));
    others.pass();
    CHECK(mail.take().empty());
    CHECK(text(spi, half.socket, 1, MSG_OOB) == "1");
    CHECK(mail.take() == events{FD_OOB});
    CHECK(text(spi, half.socket, 1, MSG_OOB) == "2");
    others.pass();
    CHECK(mail.take().empty());
}

TEST_CASE("EVT-3, EVT-4, EVT-7, ASY-6, CLOSE-9 nothing is posted after a cancel or a close, nor for a "
          "replaced window",
          "[spi][async]")
{
    const spi_fixture spi;
    fence others(spi);
    const auto cancelled = spi.tcp_pair();
    const auto closed = spi.tcp_pair();
    REQUIRE(select_messages(spi, cancelled.here, FD_READ | FD_CLOSE) == 0);
    REQUIRE(select_messages(spi, closed.here, FD_READ | FD_CLOSE) == 0);
    mailbox cancelled_mail(spi, cancelled.here);
    mailbox closed_mail(spi, closed.here);
    REQUIRE(select_messages(spi, cancelled.here, 0) == 0);
    REQUIRE(spi.spi.close(closed.here) == 0);
    REQUIRE(spi.spi.send(cancelled.there, "data").code == 0);
    REQUIRE(spi.spi.close(closed.there) == 0);
    others.pass();
    CHECK(cancelled_mail.take().empty());
    CHECK(closed_mail.take().empty());
    // An event object replaces the window as well.
    int code = 0;
    WSAEVENT event = some_window();
    REQUIRE(select_messages(spi, cancelled.here, FD_READ) == 0);
    CHECK(cancelled_mail.take() == events{FD_READ});
    REQUIRE(spi.spi.table.lpWSPEventSelect(cancelled.here, event, FD_READ, &code) == 0);
    CHECK(text(spi, cancelled.here, 2) == "da");
    others.pass();
    CHECK(cancelled_mail.take().empty());
}

TEST_CASE("CLEAN-7 the last cleanup posts nothing", "[spi][async]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    REQUIRE(select_messages(spi, pair.here, FD_READ | FD_CLOSE) == 0);
    REQUIRE(spi.host.posted().empty());
    REQUIRE(spi.spi.cleanup() == 0);
    CHECK(spi.host.posted().empty());
}
