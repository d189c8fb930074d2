// Cancelling the blocking call that another thread is in. Answers to the page "CancelSynchronousIo".
#include "overlapped_fixture.hpp"

#include <array>

#include <mswsock.h>

using namespace spindle::test;

namespace {

/// A call that blocks on a thread of its own, of which the test has a handle.
template <class Result>
class blocked_thread {
public:
    template <class Call>
    explicit blocked_thread(Call call)
        : running_([this, call = std::move(call)]() mutable {
              handle_ = OpenThread(THREAD_ALL_ACCESS, FALSE, GetCurrentThreadId());
              return call();
          })
    {}
    blocked_thread(const blocked_thread&) = delete;
    blocked_thread& operator=(const blocked_thread&) = delete;
    ~blocked_thread() { CloseHandle(handle_); }

    [[nodiscard]] bool blocks() const { return running_.blocks(); }
    [[nodiscard]] bool done() const { return running_.done(); }
    int cancel() const { return error_of_bool(CancelSynchronousIo(handle_)); }
    Result result() { return running_.result(); }

private:
    std::atomic<HANDLE> handle_{nullptr};
    background_call<Result> running_;
};

template <class Call>
blocked_thread(Call) -> blocked_thread<decltype(std::declval<Call>()())>;

int receive_one(SOCKET s)
{
    char byte = 0;
    return error_of(recv(s, &byte, 1, 0));
}

void check_cancelled(int (*call)(SOCKET), SOCKET s)
{
    blocked_thread thread([=] { return call(s); });
    REQUIRE(thread.blocks());
    CHECK(thread.cancel() == 0);
    CHECK(thread.result() == WSA_OPERATION_ABORTED);
    CHECK(thread.cancel() == ERROR_NOT_FOUND);
}

thread_local SOCKET other_socket = INVALID_SOCKET;
thread_local int outcome_in_routine = no_error_set;

void CALLBACK receive_in_routine(ULONG_PTR)
{
    outcome_in_routine = receive_one(other_socket);
}

void CALLBACK cancel_own_thread(ULONG_PTR)
{
    outcome_in_routine = error_of_bool(CancelSynchronousIo(GetCurrentThread()));
}

}  // namespace

TEST_CASE("CAN-14 a thread that is in no blocking call has nothing to cancel", "[api][cancel]")
{
    CHECK(error_of_bool(CancelSynchronousIo(GetCurrentThread())) == ERROR_NOT_FOUND);
    const winsock started;
    CHECK(error_of_bool(CancelSynchronousIo(GetCurrentThread())) == ERROR_NOT_FOUND);
    const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    blocked_thread sleeper([=] { return WaitForSingleObject(event, INFINITE); });
    REQUIRE(sleeper.blocks());
    CHECK(sleeper.cancel() == ERROR_NOT_FOUND);
    SetEvent(event);
    CHECK(sleeper.result() == WAIT_OBJECT_0);
    CHECK(sleeper.cancel() == ERROR_NOT_FOUND);  // it may have ended
    CloseHandle(event);
}

TEST_CASE("CAN-14 what is no handle of a thread is ERROR_INVALID_HANDLE", "[api][cancel]")
{
    const winsock started;
    const auto s = tcp();
    const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    for (const HANDLE bad : {HANDLE{nullptr}, INVALID_HANDLE_VALUE, event, as_handle(s)}) {
        CHECK(error_of_bool(CancelSynchronousIo(bad)) == ERROR_INVALID_HANDLE);
    }
    CloseHandle(event);
}

TEST_CASE("CAN-14 a blocked receive ends with WSA_OPERATION_ABORTED and the connection goes on", "[api][cancel]")
{
    const winsock started;
    const tcp_pair pair;
    check_cancelled(&receive_one, pair.server);
    send_text(pair.client, "after");
    CHECK(receive_text(pair.server, 5) == "after");
}

TEST_CASE("CAN-14 accept and a datagram receive are cancelled, and then work as before", "[api][cancel]")
{
    const winsock started;
    const auto listening = listener();
    check_cancelled([](SOCKET s) { return error_of(accept(s, nullptr, nullptr)); }, listening);
    const auto client = connect_to_listener(listening);
    const auto server = accept_from(listening);
    send_text(client, "in");
    CHECK(receive_text(server, 2) == "in");
    const auto datagrams = bound_udp();
    check_cancelled(&receive_one, datagrams);
    const auto sender = udp();
    const auto where = local_of(datagrams);
    REQUIRE(sendto(sender, "x", 1, 0, where.get(), where.length) == 1);
    CHECK(receive_one(datagrams) == 0);
}

TEST_CASE("CAN-14 a blocked connect ends with WSA_OPERATION_ABORTED", "[api][cancel]")
{
    const winsock started;
    const stuck_connect stuck;
    const auto s = tcp();
    blocked_thread connecting([&] { return connect_to(s, stuck.where); });
    REQUIRE(connecting.blocks());
    CHECK(connecting.cancel() == 0);
    CHECK(connecting.result() == WSA_OPERATION_ABORTED);
}

TEST_CASE("CAN-14 a blocked send of which nothing has left is cancelled without harm to the stream", "[api][cancel]")
{
    const winsock started;
    const tcp_pair pair;
    const std::size_t taken = fill(pair.server);
    set_nonblocking(pair.server, false);
    check_cancelled([](SOCKET s) { return error_of(send(s, "late", 4, 0)); }, pair.server);
    CHECK(receive_text(pair.client, taken).size() == taken);
    send_text(pair.server, "next");
    CHECK(receive_text(pair.client, 4) == "next");
}

TEST_CASE("CAN-14, BLK-13 cancelling a send of which a part has left resets the connection", "[api][cancel]")
{
    const winsock started;
    const tcp_pair pair;
    set_option(pair.server, SOL_SOCKET, SO_SNDBUF, 0);  // the rest is not queued for the caller
    const std::string text = large_text();
    blocked_thread sender([&] {
        return error_of(send(pair.server, text.data(), static_cast<int>(text.size()), 0));
    });
    REQUIRE(sender.blocks());
    CHECK(sender.cancel() == 0);
    CHECK(sender.result() == WSA_OPERATION_ABORTED);
    CHECK(error_of(send(pair.server, "x", 1, 0)) == WSAECONNABORTED);
    std::array<char, 4096> bytes{};
    int count = 0;
    do {
        count = recv(pair.client, bytes.data(), static_cast<int>(bytes.size()), 0);
    } while (count > 0);
    CHECK(error_of(count) == WSAECONNRESET);
}

TEST_CASE("CAN-14 ReadFile and WriteFile on a socket are cancelled", "[api][cancel]")
{
    const winsock started;
    const tcp_pair pair;
    check_cancelled(
        [](SOCKET s) {
            std::array<char, 8> bytes{};
            DWORD count = 0;
            return error_of_bool(ReadFile(as_handle(s), bytes.data(), 8, &count, nullptr));
        },
        pair.server);
    fill(pair.server);
    set_nonblocking(pair.server, false);
    check_cancelled(
        [](SOCKET s) {
            DWORD count = 0;
            return error_of_bool(WriteFile(as_handle(s), "late", 4, &count, nullptr));
        },
        pair.server);
}

TEST_CASE("CAN-14 a TransmitFile without OVERLAPPED is cancelled", "[api][cancel]")
{
    const winsock started;
    const tcp_pair pair;
    fill(pair.server);
    set_nonblocking(pair.server, false);
    check_cancelled(
        [](SOCKET s) {
            std::string head = large_text();
            TRANSMIT_FILE_BUFFERS buffers{};
            buffers.Head = head.data();
            buffers.HeadLength = static_cast<DWORD>(head.size());
            return error_of_bool(TransmitFile(s, nullptr, 0, 0, nullptr, &buffers, 0));
        },
        pair.server);
}

TEST_CASE("CAN-14 a receive that waits behind pending requests is cancelled, and they stay", "[api][cancel]")
{
    const winsock started;
    const tcp_pair pair;
    event_request pending;
    blocked_thread receiver([&] {
        return pending.receive(pair.server) == WSA_IO_PENDING ? receive_one(pair.server) : no_error_set;
    });
    REQUIRE(receiver.blocks());
    CHECK(receiver.cancel() == 0);
    CHECK(receiver.result() == WSA_OPERATION_ABORTED);
    CHECK_FALSE(pending.finished());
    send_text(pair.client, "rest");
    CHECK(pending.result(pair.server) == 0);
    CHECK(pending.text() == "rest");
}

TEST_CASE("CAN-14 calls within a completion routine are cancelled together with the one they interrupt",
          "[api][cancel]")
{
    const winsock started;
    const tcp_pair pair;
    const tcp_pair other;
    blocked_thread receiver([&] {
        other_socket = other.server;
        QueueUserAPC(receive_in_routine, GetCurrentThread(), 0);
        const int outer = receive_one(pair.server);
        return std::pair(outer, outcome_in_routine);
    });
    REQUIRE(receiver.blocks());
    CHECK(receiver.cancel() == 0);
    CHECK(receiver.result() == std::pair<int, int>(WSA_OPERATION_ABORTED, WSA_OPERATION_ABORTED));
}

TEST_CASE("CAN-14 a completion routine cancels the call it runs in", "[api][cancel]")
{
    const winsock started;
    const tcp_pair pair;
    background_call receiver([&] {
        QueueUserAPC(cancel_own_thread, GetCurrentThread(), 0);
        const int outer = receive_one(pair.server);
        return std::pair(outer, outcome_in_routine);
    });
    CHECK(receiver.result() == std::pair<int, int>(WSA_OPERATION_ABORTED, 0));
}

TEST_CASE("CAN-14 cancels that race with the end of calls lose no data", "[api][cancel]")
{
    const winsock started;
    const tcp_pair pair;
    constexpr int bytes = 2'000;
    blocked_thread receiver([&] {
        int received = 0;
        int cancelled = 0;
        while (received < bytes) {
            char byte = 0;
            const int code = error_of(recv(pair.server, &byte, 1, 0));
            if (code != 0 && code != WSA_OPERATION_ABORTED) {
                return no_error_set;
            }
            (code == 0 ? received : cancelled) += 1;
        }
        return received;
    });
    REQUIRE(receiver.blocks());
    background_call sender([&] {
        for (int sent = 0; sent < bytes; ++sent) {
            if (send(pair.client, "x", 1, 0) != 1) {
                return false;
            }
        }
        return true;
    });
    bool known_codes = true;
    while (!receiver.done()) {
        const int code = receiver.cancel();
        known_codes = known_codes && (code == 0 || code == ERROR_NOT_FOUND);
    }
    CHECK(sender.result());
    CHECK(receiver.result() == bytes);
    CHECK(known_codes);
}

TEST_CASE("CAN-15 a lingering close and a wait for a request's result are not cancelled", "[api][cancel]")
{
    const winsock started;
    tcp_pair full;
    const std::size_t taken = fill(full.server);
    set_nonblocking(full.server, false);
    const linger for_long{1, 60};
    REQUIRE(setsockopt(full.server, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&for_long),
                       sizeof for_long) == 0);
    blocked_thread closer([&] { return error_of(closesocket(full.server.release())); });
    REQUIRE(closer.blocks());
    CHECK(closer.cancel() == ERROR_NOT_FOUND);
    CHECK(receive_text(full.client, taken).size() == taken);
    CHECK(closer.result() == 0);

    const tcp_pair pair;
    request pending;
    REQUIRE(pending.receive(pair.server) == WSA_IO_PENDING);
    blocked_thread waiting([&] { return pending.result(pair.server); });
    REQUIRE(waiting.blocks());
    CHECK(waiting.cancel() == ERROR_NOT_FOUND);
    send_text(pair.client, "here");
    CHECK(waiting.result() == 0);
    CHECK(pending.text() == "here");
}
