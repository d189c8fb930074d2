// Completion routines of overlapped requests. Alertable waits in general are tested with
// the kernel objects. Answers to the pages "WSARecv" and "Alertable I/O".
#include "overlapped_fixture.hpp"

#include <thread>
#include <vector>

using namespace spindle::test;

namespace {

/// Answers each message with a further receive and looks whether one routine runs within another.
struct chain {
    SOCKET socket = INVALID_SOCKET;
    request receive{1};
    std::string text;
    int depth = 0;
    int deepest = 0;
    int failure = 0;
};
chain* running_chain = nullptr;

void CALLBACK receive_next(DWORD error, DWORD bytes, LPWSAOVERLAPPED, DWORD)
{
    chain& it = *running_chain;
    it.deepest = std::max(it.deepest, ++it.depth);
    if (error == 0 && bytes != 0) {
        it.text += it.receive.bytes[0];
        const int code = it.receive.receive(it.socket, 0, receive_next);
        it.failure = code == WSA_IO_PENDING ? 0 : code;
    }
    --it.depth;
}

}  // namespace

TEST_CASE(
    "APC-1, APC-2, APC-3, APC-7 a completion routine runs in an alertable wait of its thread and there only",
    "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    routine_calls().clear();
    request receive;
    receive.overlapped.hEvent = reinterpret_cast<HANDLE>(std::uintptr_t{0x1234});  // the client's own
    REQUIRE(receive.receive(pair.server, 0, note_routine) == WSA_IO_PENDING);
    send_text(pair.client, "hi");
    REQUIRE(receive.finishes());
    CHECK(receive.status() == 0);
    CHECK(receive.overlapped.InternalHigh == 2);
    CHECK(SleepEx(0, FALSE) == 0);
    background_call elsewhere([] {
        SleepEx(0, TRUE);
        return routine_calls().size();
    });
    CHECK(elsewhere.result() == 0);
    CHECK(routine_calls().empty());
    CHECK(SleepEx(patience_ms, TRUE) == WAIT_IO_COMPLETION);
    REQUIRE(routine_calls().size() == 1);
    CHECK(routine_calls()[0].error == 0);
    CHECK(routine_calls()[0].bytes == 2);
    CHECK(routine_calls()[0].overlapped == &receive.overlapped);
    CHECK(routine_calls()[0].flags == 0);
    CHECK(receive.overlapped.hEvent == reinterpret_cast<HANDLE>(std::uintptr_t{0x1234}));
    CHECK(SleepEx(0, TRUE) == 0);
    CHECK(routine_calls().size() == 1);
}

TEST_CASE("APC-1 the event of a request with a routine is neither reset nor set", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    routine_calls().clear();
    for (const bool set : {true, false}) {
        event_request receive;
        if (set) {
            SetEvent(receive.event);
        }
        REQUIRE(receive.receive(pair.server, 0, note_routine) == WSA_IO_PENDING);
        CHECK(receive.signalled() == set);
        send_text(pair.client, "x");
        CHECK(SleepEx(patience_ms, TRUE) == WAIT_IO_COMPLETION);
        CHECK(receive.signalled() == set);
    }
}

TEST_CASE("APC-7 flags of urgent data reach the routine, sends and ioctls have none", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    routine_calls().clear();
    request urgent;
    REQUIRE(urgent.receive(pair.server, MSG_OOB, note_routine) == WSA_IO_PENDING);
    send_text(pair.client, "!", MSG_OOB);
    CHECK(SleepEx(patience_ms, TRUE) == WAIT_IO_COMPLETION);
    request sending;
    REQUIRE(sending.send(pair.client, "plain", note_routine) == 0);
    CHECK(SleepEx(patience_ms, TRUE) == WAIT_IO_COMPLETION);
    request control;
    u_long on = 1;
    DWORD returned = 0;
    REQUIRE(error_of(WSAIoctl(pair.client, static_cast<DWORD>(FIONBIO), &on, sizeof on, nullptr, 0, &returned,
                              &control.overlapped, note_routine)) == 0);
    CHECK(SleepEx(patience_ms, TRUE) == WAIT_IO_COMPLETION);
    REQUIRE(routine_calls().size() == 3);
    CHECK(routine_calls()[0].flags == MSG_OOB);
    CHECK(routine_calls()[0].bytes == 1);
    CHECK(routine_calls()[1].flags == 0);
    CHECK(routine_calls()[1].bytes == 5);
    CHECK(routine_calls()[2].flags == 0);
    CHECK(routine_calls()[2].error == 0);
}

TEST_CASE("APC-8, CAN-10 the routine gets Winsock codes", "[api][overlapped]")
{
    const winsock started;
    routine_calls().clear();
    tcp_pair pair;
    request receive;
    REQUIRE(receive.receive(pair.server, 0, note_routine) == WSA_IO_PENDING);
    int expected = 0;
    SECTION("a reset")
    {
        reset_connection(pair.client);
        expected = WSAECONNRESET;
    }
    SECTION("a cancelled request")
    {
        REQUIRE(CancelIoEx(as_handle(pair.server), receive.as_packet()) != FALSE);
        expected = WSA_OPERATION_ABORTED;
    }
    SECTION("a closed socket")
    {
        pair.server.reset();
        expected = WSAECONNABORTED;
    }
    CHECK(SleepEx(patience_ms, TRUE) == WAIT_IO_COMPLETION);
    REQUIRE(routine_calls().size() == 1);
    CHECK(routine_calls()[0].error == static_cast<DWORD>(expected));
    CHECK(routine_calls()[0].bytes == 0);
}

TEST_CASE("APC-8, APC-9 a truncated datagram reaches the routine as WSAEMSGSIZE with the bytes copied",
          "[api][overlapped]")
{
    const winsock started;
    const auto receiver = bound_udp();
    const auto sender = udp();
    const endpoint where = local_of(receiver);
    routine_calls().clear();
    request sending;
    for (const bool at_once : {true, false}) {
        request receive(4);
        if (at_once) {
            REQUIRE(sending.send_to(sender, where, "too long") == 0);
            REQUIRE(wait_readable(receiver));
            CHECK(receive.receive(receiver, 0, note_routine) == WSA_IO_PENDING);
        } else {
            CHECK(receive.receive(receiver, 0, note_routine) == WSA_IO_PENDING);
            REQUIRE(sending.send_to(sender, where, "too long") == 0);
        }
        CHECK(SleepEx(patience_ms, TRUE) == WAIT_IO_COMPLETION);
        REQUIRE(routine_calls().size() == 1);
        CHECK(routine_calls()[0].error == WSAEMSGSIZE);
        CHECK(routine_calls()[0].bytes == 4);
        CHECK(receive.bytes == "too ");
        CHECK(receive.status() == overflow_status);
        routine_calls().clear();
    }
}

TEST_CASE("APC-10 a routine on a socket with a port is refused", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    const port_handle port;
    REQUIRE(associate(pair.server, port, 1) == port.get());
    routine_calls().clear();
    request refused;
    CHECK(refused.receive(pair.server, 0, note_routine) == WSAEINVAL);
    CHECK(refused.send(pair.server, "no", note_routine) == WSAEINVAL);
    send_text(pair.client, "data");
    CHECK(SleepEx(0, TRUE) == 0);
    CHECK(routine_calls().empty());
    CHECK(is_empty(port));
    CHECK(receive_text(pair.server, 4) == "data");
    set_nonblocking(pair.client);
    char byte = 0;
    CHECK(error_of(recv(pair.client, &byte, 1, 0)) == WSAEWOULDBLOCK);
}

TEST_CASE("APC-12, APC-11 a routine may post the next request and is not called within another",
          "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    chain links;
    links.socket = pair.server;
    running_chain = &links;
    REQUIRE(links.receive.receive(pair.server, 0, receive_next) == WSA_IO_PENDING);
    send_text(pair.client, "abcdefghij");
    while (links.text.size() < 10 && links.failure == 0) {
        REQUIRE(SleepEx(patience_ms, TRUE) == WAIT_IO_COMPLETION);
    }
    CHECK(links.failure == 0);
    CHECK(links.text == "abcdefghij");
    CHECK(links.deepest == 1);
    REQUIRE(CancelIoEx(as_handle(pair.server), nullptr) != FALSE);
    CHECK(SleepEx(patience_ms, TRUE) == WAIT_IO_COMPLETION);
    running_chain = nullptr;
}

TEST_CASE("APC-2, CAN-1, CAN-8 routines of several threads each run on their own", "[api][overlapped]")
{
    const winsock started;
    tcp_pair pair;
    std::vector<std::unique_ptr<background_call<DWORD>>> threads;
    std::atomic<int> posted{0};
    for (int index = 0; index < 3; ++index) {
        threads.push_back(std::make_unique<background_call<DWORD>>([&]() -> DWORD {
            request receive;
            if (receive.receive(pair.server, 0, note_routine) != WSA_IO_PENDING) {
                return 1;
            }
            ++posted;
            if (SleepEx(patience_ms, TRUE) != WAIT_IO_COMPLETION || routine_calls().size() != 1 ||
                routine_calls()[0].overlapped != &receive.overlapped) {
                return 2;
            }
            return routine_calls()[0].error;
        }));
    }
    CHECK(eventually([&] { return posted == 3; }));
    pair.server.reset();
    for (auto& each : threads) {
        CHECK(each->result() == WSAECONNABORTED);
    }
}

TEST_CASE("UP-17, APC-2 the routine of a thread that has ended is dropped", "[api][overlapped][upcall]")
{
    const winsock started;
    const tcp_pair pair;
    request receive;
    int code = 0;
    std::thread issuer([&] { code = receive.receive(pair.server, 0, note_routine); });
    issuer.join();
    REQUIRE(code == WSA_IO_PENDING);
    routine_calls().clear();
    send_text(pair.client, "x");
    CHECK(receive.finishes());
    CHECK(SleepEx(0, TRUE) == 0);
    CHECK(routine_calls().empty());
}
