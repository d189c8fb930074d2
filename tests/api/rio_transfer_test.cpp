// Registered I/O: what moves through the queues, in what order, and how the client hears of it. Answers to the pages
// "RIOSendEx", "RIOReceiveEx", "RIONotify", "RIODequeueCompletion".
#include "rio_fixture.hpp"

#include <atomic>
#include <cstdio>
#include <thread>

#include <afunix.h>
#include <unistd.h>

using namespace spindle::test;

TEST_CASE("RIO-13 a result has status, bytes and both contexts", "[api][rio]")
{
    const rio_library rio;
    const int family = GENERATE(AF_INET, AF_INET6);
    const rio_pair pair(family);
    const RIO_CQ results = rio.queue();
    const RIO_RQ client = rio.requests(pair.client, results, 4, 4, 0xC11E47);
    const RIO_RQ server = rio.requests(pair.server, results, 4, 4, 0x5E44E4);
    registered_memory memory(rio, 64);
    REQUIRE(rio.send(client, memory.put(0, "hello"), 0, 7) == 0);
    const auto sent = rio.result(results);
    CHECK(sent.Status == 0);
    CHECK(sent.BytesTransferred == 5);
    CHECK(sent.SocketContext == 0xC11E47);
    CHECK(sent.RequestContext == 7);
    REQUIRE(rio.receive(server, memory.slice(32, 32), 0, 8) == 0);
    const auto received = rio.result(results);
    CHECK(received.Status == 0);
    CHECK(received.BytesTransferred == 5);
    CHECK(received.SocketContext == 0x5E44E4);
    CHECK(received.RequestContext == 8);
    CHECK(memory.text(32, 5) == "hello");
}

TEST_CASE("RIO-13 what is wrong with the socket shows in the result", "[api][rio]")
{
    const rio_library rio;
    const RIO_CQ results = rio.queue();
    registered_memory memory(rio, 64);
    const unique_socket unconnected = rio_socket(AF_INET, SOCK_STREAM);
    const RIO_RQ requests = rio.requests(unconnected, results);
    REQUIRE(rio.send(requests, memory.put(0, "x")) == 0);
    REQUIRE(rio.receive(requests, memory.slice(0, 8)) == 0);
    CHECK(rio.result(results).Status == WSAENOTCONN);
    CHECK(rio.result(results).Status == WSAENOTCONN);

    rio_pair pair;
    const RIO_RQ server = rio.requests(pair.server, results);
    REQUIRE(rio.receive(server, memory.slice(0, 8)) == 0);
    reset_connection(pair.client);
    CHECK(rio.result(results).Status == WSAECONNRESET);
}

TEST_CASE("RIO-13 the end of the stream is a result of 0 bytes", "[api][rio]")
{
    const rio_library rio;
    const RIO_CQ results = rio.queue();
    const registered_memory memory(rio, 64);
    const rio_pair pair;
    const RIO_RQ server = rio.requests(pair.server, results);
    REQUIRE(rio.receive(server, memory.slice(0, 8)) == 0);
    REQUIRE(shutdown(pair.client, SD_SEND) == 0);
    const auto end = rio.result(results);
    CHECK(end.Status == 0);
    CHECK(end.BytesTransferred == 0);
}

TEST_CASE("RIO-14 results are taken in their order and as many as there is room for", "[api][rio]")
{
    const rio_library rio;
    const rio_pair pair;
    const RIO_CQ results = rio.queue();
    const RIO_RQ client = rio.requests(pair.client, results);
    registered_memory memory(rio, 64);
    CHECK(rio.empty(results));
    for (ULONGLONG context = 1; context <= 5; ++context) {
        REQUIRE(rio.send(client, memory.put(0, "x"), 0, context) == 0);
    }
    RIORESULT taken[8] = {};
    CHECK(rio.call.RIODequeueCompletion(results, taken, 2) == 2);
    CHECK(taken[0].RequestContext == 1);
    CHECK(taken[1].RequestContext == 2);
    CHECK(rio.call.RIODequeueCompletion(results, taken, 0) == 0);
    CHECK(rio.call.RIODequeueCompletion(results, taken, 8) == 3);
    CHECK(taken[2].RequestContext == 5);
    CHECK(rio.empty(results));
}

TEST_CASE("RIO-12 datagrams carry addresses in slices of registered memory", "[api][rio]")
{
    const rio_library rio;
    const int family = GENERATE(AF_INET, AF_INET6);
    const auto here = bound_rio_udp(family);
    const auto there = bound_rio_udp(family);
    const RIO_CQ results = rio.queue();
    const RIO_RQ sender = rio.requests(here, results);
    const RIO_RQ receiver = rio.requests(there, results);
    registered_memory memory(rio, 256);
    constexpr ULONG room = sizeof(SOCKADDR_INET);
    RIO_BUF data = memory.slice(0, 32);
    RIO_BUF local = memory.slice(64, room);
    RIO_BUF remote = memory.slice(96, room);
    RIO_BUF flags = memory.slice(128, sizeof(DWORD));
    REQUIRE(rio.call.RIOReceiveEx(receiver, &data, 1, &local, &remote, nullptr, &flags, 0, nullptr) != 0);

    const auto where = local_of(there);
    RIO_BUF to =
        memory.put(160, std::string(reinterpret_cast<const char*>(where.get()), sizeof(SOCKADDR_INET)));
    RIO_BUF text = memory.put(200, "hi");
    REQUIRE(rio.call.RIOSendEx(sender, &text, 1, nullptr, &to, nullptr, nullptr, 0, nullptr) != 0);
    REQUIRE(rio.results(results, 2).size() == 2);
    CHECK(memory.text(0, 2) == "hi");
    const auto told = [&](ULONG offset) {
        endpoint found;
        const auto bytes = memory.value<SOCKADDR_INET>(offset);
        found.length = where.length;
        std::memcpy(&found.storage, &bytes, static_cast<std::size_t>(found.length));
        return found;
    };
    CHECK(told(64) == local_of(there));
    CHECK(told(96) == local_of(here));
    CHECK(memory.value<DWORD>(128) == 0);
}

TEST_CASE("RIO-12 addresses that cannot be used are refused at the call", "[api][rio]")
{
    const rio_library rio;
    const auto udp = bound_rio_udp();
    const RIO_CQ results = rio.queue();
    const RIO_RQ requests = rio.requests(udp, results);
    registered_memory memory(rio, 256);
    RIO_BUF data = memory.slice(0, 32);
    RIO_BUF address = memory.slice(64, sizeof(SOCKADDR_INET));
    RIO_BUF short_address = memory.slice(64, sizeof(SOCKADDR_INET) - 1);
    const auto send = [&](RIO_BUF* local, RIO_BUF* remote, RIO_BUF* control, RIO_BUF* flags) {
        return error_of_bool(
            rio.call.RIOSendEx(requests, &data, 1, local, remote, control, flags, 0, nullptr));
    };
    const auto receive = [&](RIO_BUF* local, RIO_BUF* remote, RIO_BUF* control, RIO_BUF* flags) {
        return error_of_bool(
            rio.call.RIOReceiveEx(requests, &data, 1, local, remote, control, flags, 0, nullptr));
    };
    CHECK(send(&address, nullptr, nullptr, nullptr) == WSAEINVAL);
    CHECK(send(nullptr, &short_address, nullptr, nullptr) == WSAEINVAL);
    CHECK(send(nullptr, &address, nullptr, nullptr) == WSAEAFNOSUPPORT);  // family 0
    CHECK(send(nullptr, nullptr, &address, nullptr) == WSAEOPNOTSUPP);
    CHECK(receive(&short_address, nullptr, nullptr, nullptr) == WSAEINVAL);
    CHECK(receive(nullptr, &short_address, nullptr, nullptr) == WSAEINVAL);
    CHECK(receive(nullptr, nullptr, &address, nullptr) == WSAEOPNOTSUPP);
    RIO_BUF no_flags = memory.slice(64, 3);
    CHECK(receive(nullptr, nullptr, nullptr, &no_flags) == WSAEINVAL);
    CHECK(rio.empty(results));

    const auto wildcard_udp = rio_socket(AF_INET, SOCK_DGRAM);
    REQUIRE(bind_to(wildcard_udp, wildcard(AF_INET)) == 0);
    const RIO_RQ anywhere = rio.requests(wildcard_udp, results);
    CHECK(error_of_bool(rio.call.RIOReceiveEx(anywhere, &data, 1, &address, nullptr, nullptr, nullptr, 0,
                                              nullptr)) == WSAEOPNOTSUPP);
}

TEST_CASE("RIO-12 a datagram that is cut is told in the flags and as WSAEMSGSIZE", "[api][rio]")
{
    const rio_library rio;
    const auto udp = bound_rio_udp();
    const auto other = bound_udp();
    const RIO_CQ results = rio.queue();
    const RIO_RQ requests = rio.requests(udp, results);
    registered_memory memory(rio, 64);
    RIO_BUF data = memory.slice(0, 3);
    RIO_BUF flags = memory.slice(32, sizeof(DWORD));
    REQUIRE(rio.call.RIOReceiveEx(requests, &data, 1, nullptr, nullptr, nullptr, &flags, 0, nullptr) != 0);
    const auto where = local_of(udp);
    REQUIRE(sendto(other, "hello", 5, 0, where.get(), where.length) == 5);
    const auto cut = rio.result(results);
    CHECK(cut.Status == WSAEMSGSIZE);
    CHECK(cut.BytesTransferred == 3);
    CHECK(memory.text(0, 5) == std::string("hel\0\0", 5));
    CHECK(memory.value<DWORD>(32) == MSG_TRUNC);
}

TEST_CASE("RIO-10 a transfer without buffer moves an empty datagram", "[api][rio]")
{
    const rio_library rio;
    const auto udp = bound_rio_udp();
    REQUIRE(connect_to(udp, local_of(udp)) == 0);
    const RIO_CQ results = rio.queue();
    const RIO_RQ requests = rio.requests(udp, results);
    REQUIRE(rio.call.RIOReceive(requests, nullptr, 0, 0, rio.pointer(1)) != 0);
    REQUIRE(rio.call.RIOSend(requests, nullptr, 0, 0, rio.pointer(2)) != 0);
    for (const auto& each : rio.results(results, 2)) {
        CHECK(each.Status == 0);
        CHECK(each.BytesTransferred == 0);
    }
}

TEST_CASE("RIO-11 deferred requests go out in order with the next one or a commit", "[api][rio]")
{
    const rio_library rio;
    const rio_pair pair;
    const RIO_CQ results = rio.queue();
    const RIO_RQ client = rio.requests(pair.client, results);
    registered_memory memory(rio, 64);
    REQUIRE(rio.send(client, memory.put(0, "one "), RIO_MSG_DEFER, 1) == 0);
    REQUIRE(rio.send(client, memory.put(8, "two "), RIO_MSG_DEFER, 2) == 0);
    REQUIRE(rio.send(client, memory.put(16, "three "), 0, 3) == 0);
    CHECK(receive_text(pair.server, 14) == "one two three ");
    REQUIRE(rio.send(client, memory.put(24, "four"), RIO_MSG_DEFER, 4) == 0);
    REQUIRE(rio.call.RIOSend(client, nullptr, 0, RIO_MSG_COMMIT_ONLY, nullptr) != 0);
    CHECK(receive_text(pair.server, 4) == "four");
    const auto taken = rio.results(results, 4);
    REQUIRE(taken.size() == 4);
    for (std::size_t index = 0; index < taken.size(); ++index) {
        CHECK(taken[index].RequestContext == index + 1);
    }
}

TEST_CASE("RIO-11 RIO_MSG_WAITALL completes when the slice is full", "[api][rio]")
{
    const rio_library rio;
    const rio_pair pair;
    const RIO_CQ results = rio.queue();
    const RIO_RQ server = rio.requests(pair.server, results);
    registered_memory memory(rio, 64);
    REQUIRE(rio.receive(server, memory.slice(0, 8), RIO_MSG_WAITALL) == 0);
    send_text(pair.client, "hell");
    REQUIRE(eventually([&] { return readable_bytes(pair.server) == 0; }));
    CHECK(rio.empty(results));
    send_text(pair.client, "o you there");
    CHECK(rio.result(results).BytesTransferred == 8);
    CHECK(memory.text(0, 8) == "hello yo");
    REQUIRE(rio.receive(server, memory.slice(0, 32)) == 0);  // a request is used again without WAITALL
    CHECK(rio.result(results).BytesTransferred == 7);
}

TEST_CASE("RIO-20, RIO-11 commits beside the queue's other calls leave the order as it was", "[api][rio]")
{
    const rio_library rio;
    const rio_pair pair;
    const RIO_CQ results = rio.queue(512);
    const RIO_RQ client = rio.requests(pair.client, results, 1, 256);
    registered_memory memory(rio, 256);
    for (ULONG value = 0; value < 256; ++value) {
        memory.put(value, std::string(1, static_cast<char>(value)));
    }
    std::atomic<bool> over{false};
    std::thread committer([&] {
        while (!over) {
            rio.call.RIOSend(client, nullptr, 0, RIO_MSG_COMMIT_ONLY, nullptr);
        }
    });
    bool accepted = true;
    for (ULONG value = 0; value < 256; ++value) {
        accepted =
            rio.send(client, memory.slice(value, 1), value % 3 == 0 ? 0 : RIO_MSG_DEFER) == 0 && accepted;
    }
    REQUIRE(accepted);
    std::string expected;
    for (int value = 0; value < 256; ++value) {
        expected += static_cast<char>(value);
    }
    CHECK(receive_text(pair.server, 256) == expected);
    over = true;
    committer.join();
    CHECK(rio.results(results, 256).size() == 256);
}

TEST_CASE("RIO-16 a notification is armed once and fires once", "[api][rio]")
{
    const rio_library rio;
    const rio_pair pair;
    event_notification event;
    const RIO_CQ results = rio.queue(64, event.get());
    const RIO_RQ client = rio.requests(pair.client, results);
    registered_memory memory(rio, 64);
    CHECK(rio.call.RIONotify(rio.queue()) == WSAEINVAL);  // polled
    REQUIRE(rio.send(client, memory.put(0, "x")) == 0);
    CHECK_FALSE(event.signalled());  // not armed
    CHECK(rio.call.RIONotify(results) == 0);
    CHECK(event.signalled());  // a result was there
    CHECK(rio.results(results, 1).size() == 1);
    CHECK(rio.call.RIONotify(results) == 0);
    CHECK_FALSE(event.signalled());  // NotifyReset
    CHECK(rio.call.RIONotify(results) == WSAEALREADY);
    REQUIRE(rio.receive(client, memory.slice(0, 8)) == 0);
    send_text(pair.server, "y");
    CHECK(event.signalled(20'000));
    CHECK(rio.result(results).BytesTransferred == 1);
    CHECK(event.signalled());
}

TEST_CASE("RIO-16 without NotifyReset the event stays as the client left it", "[api][rio]")
{
    const rio_library rio;
    const rio_pair pair;
    event_notification event(false);
    const RIO_CQ results = rio.queue(64, event.get());
    const RIO_RQ client = rio.requests(pair.client, results);
    registered_memory memory(rio, 64);
    REQUIRE(rio.call.RIONotify(results) == 0);
    REQUIRE(rio.send(client, memory.put(0, "x")) == 0);
    CHECK(event.signalled());
    CHECK(rio.results(results, 1).size() == 1);
    CHECK(rio.call.RIONotify(results) == 0);
    CHECK(event.signalled());
}

TEST_CASE("RIO-11, RIO-16 RIO_MSG_DONT_NOTIFY keeps the notification armed", "[api][rio]")
{
    const rio_library rio;
    const rio_pair pair;
    event_notification event;
    const RIO_CQ results = rio.queue(64, event.get());
    const RIO_RQ client = rio.requests(pair.client, results);
    registered_memory memory(rio, 64);
    REQUIRE(rio.send(client, memory.put(0, "x"), RIO_MSG_DONT_NOTIFY) == 0);
    REQUIRE(rio.call.RIONotify(results) == 0);
    CHECK_FALSE(event.signalled());
    REQUIRE(rio.send(client, memory.put(0, "x"), RIO_MSG_DONT_NOTIFY) == 0);
    CHECK_FALSE(event.signalled());
    CHECK(rio.results(results, 2).size() == 2);
    CHECK(rio.call.RIONotify(results) == WSAEALREADY);
    REQUIRE(rio.send(client, memory.put(0, "x")) == 0);
    CHECK(event.signalled());
}

TEST_CASE("RIO-17, RIO-4 a queue's port gets its key and OVERLAPPED once for each notification", "[api][rio]")
{
    const rio_library rio;
    const rio_pair pair;
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0);
    REQUIRE(port != nullptr);
    OVERLAPPED mark{};
    RIO_NOTIFICATION_COMPLETION by_port{};
    by_port.Type = RIO_IOCP_COMPLETION;
    by_port.Iocp.IocpHandle = port;
    by_port.Iocp.CompletionKey = rio_library::pointer(0x4B4559);
    by_port.Iocp.Overlapped = &mark;
    const RIO_CQ results = rio.queue(64, &by_port);
    const RIO_RQ client = rio.requests(pair.client, results);
    registered_memory memory(rio, 64);
    DWORD bytes = 99;
    ULONG_PTR key = 0;
    LPOVERLAPPED told = nullptr;
    const auto packet = [&](DWORD milliseconds) {
        return GetQueuedCompletionStatus(port, &bytes, &key, &told, milliseconds) != 0;
    };
    REQUIRE(rio.call.RIONotify(results) == 0);
    REQUIRE(rio.receive(client, memory.slice(0, 8)) == 0);
    REQUIRE(rio.send(client, memory.put(16, "x"), RIO_MSG_DONT_NOTIFY) == 0);
    CHECK_FALSE(packet(0));
    send_text(pair.server, "hello");
    REQUIRE(packet(20'000));
    CHECK(bytes == 0);
    CHECK(key == 0x4B4559);
    CHECK(told == &mark);
    CHECK_FALSE(packet(0));
    CHECK(rio.results(results, 2).size() == 2);
    CHECK(CloseHandle(port) != 0);
}

TEST_CASE("RIO-10 AF_UNIX streams take registered requests", "[api][rio]")
{
    const rio_library rio;
    const std::string path = "/tmp/spindle-rio-" + std::to_string(getpid());
    endpoint where;
    auto* name = reinterpret_cast<sockaddr_un*>(&where.storage);
    name->sun_family = AF_UNIX;
    std::memcpy(name->sun_path, path.c_str(), path.size() + 1);
    where.length = sizeof(sockaddr_un);
    const auto listening = rio_socket(AF_UNIX, SOCK_STREAM);
    REQUIRE(bind_to(listening, where) == 0);
    REQUIRE(listen(listening, 4) == 0);
    const auto client = rio_socket(AF_UNIX, SOCK_STREAM);
    const int connected = connect_to(client, where);
    unlink(path.c_str());
    REQUIRE(connected == 0);
    const auto server = accept_from(listening);
    const RIO_CQ results = rio.queue();
    registered_memory memory(rio, 64);
    REQUIRE(rio.receive(rio.requests(server, results), memory.slice(32, 16)) == 0);
    REQUIRE(rio.send(rio.requests(client, results), memory.put(0, "hello")) == 0);
    CHECK(rio.results(results, 2).size() == 2);
    CHECK(memory.text(32, 5) == "hello");
}
