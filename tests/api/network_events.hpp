// What tests of network events share: a socket with an event object selected for it, and a fence that tells when earlier
// news have been dealt with, for tests that nothing is told.
#pragma once

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

namespace spindle::test {

inline constexpr long every_event = FD_READ | FD_WRITE | FD_OOB | FD_ACCEPT | FD_CONNECT | FD_CLOSE;

class event_object {
public:
    event_object() : handle_(WSACreateEvent()) { REQUIRE(handle_ != WSA_INVALID_EVENT); }
    ~event_object() { WSACloseEvent(handle_); }
    event_object(const event_object&) = delete;
    event_object& operator=(const event_object&) = delete;
    operator WSAEVENT() const { return handle_; }  // NOLINT: reads like the API it stands for

    [[nodiscard]] bool is_set() const
    {
        return WSAWaitForMultipleEvents(1, &handle_, TRUE, 0, FALSE) == WSA_WAIT_EVENT_0;
    }
    [[nodiscard]] bool wait() const
    {
        return WSAWaitForMultipleEvents(1, &handle_, TRUE, static_cast<DWORD>(patience.count()), FALSE) ==
               WSA_WAIT_EVENT_0;
    }

private:
    WSAEVENT handle_;
};

/// A socket of somebody else and an event for it.
class selection {
public:
    explicit selection(SOCKET of, long events = 0) : socket_(of)
    {
        if (events != 0) {
            REQUIRE(select(events) == 0);
        }
    }

    [[nodiscard]] int select(long events) { return error_of(WSAEventSelect(socket_, event_, events)); }
    [[nodiscard]] bool is_set() const { return event_.is_set(); }
    [[nodiscard]] const event_object& event() const { return event_; }

    /// What is on record now; takes it and resets the event.
    long take()
    {
        WSANETWORKEVENTS found{};
        REQUIRE(error_of(WSAEnumNetworkEvents(socket_, event_, &found)) == 0);
        last_ = found;
        return found.lNetworkEvents;
    }
    /// Waits for the event, then as take(); 0 when nothing comes.
    long next() { return event_.wait() ? take() : 0; }
    /// Takes until all of these have come.
    [[nodiscard]] bool comes(long events)
    {
        long seen = 0;
        return eventually([&] { return ((seen |= take()) & events) == events; }) && seen == events;
    }
    /// Of the last take.
    [[nodiscard]] int code(int bit) const { return last_.iErrorCode[bit]; }

private:
    SOCKET socket_;
    event_object event_;
    WSANETWORKEVENTS last_{};
};

/// When pass() returns, news that came to other sockets before the call have been looked at.
class fence {
public:
    fence() : selected_(pair_.server, FD_READ) {}

    void pass()
    {
        for (int turn = 0; turn < 2; ++turn) {
            send_text(pair_.client, "f");
            REQUIRE(selected_.next() == FD_READ);
            REQUIRE(receive_text(pair_.server, 1) == "f");
        }
    }

private:
    tcp_pair pair_;
    selection selected_;
};

}  // namespace spindle::test
