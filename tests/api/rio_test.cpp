// Registered I/O: the function table, buffers, completion and request queues, their limits and errors. What moves
// through them is in rio_transfer_test.cpp. Answers to the pages whose names begin with RIO.
#include "rio_fixture.hpp"

#include <algorithm>
#include <array>

using namespace spindle::test;

namespace {

template <class Id>
Id made_up(std::uintptr_t number)
{
    return reinterpret_cast<Id>(number);
}

int error_of_queue(RIO_CQ made)
{
    return error_of_pointer(made);
}
int error_of_queue(RIO_RQ made)
{
    return error_of_pointer(made);
}

}  // namespace

TEST_CASE("RIO-1, CTL-20 the ioctl fills the whole table for its GUID and refuses every other", "[api][rio]")
{
    const winsock started;
    const unique_socket any = tcp();
    RIO_EXTENSION_FUNCTION_TABLE table;
    std::memset(static_cast<void*>(&table), 0, sizeof table);
    GUID wanted = WSAID_MULTIPLE_RIO;
    DWORD returned = 0;
    const auto ask = [&](DWORD in_size, DWORD out_size) {
        return error_of(WSAIoctl(any, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, &wanted, in_size, &table,
                                 out_size, &returned, nullptr, nullptr));
    };
    CHECK(ask(sizeof wanted - 1, sizeof table) == WSAEFAULT);
    CHECK(ask(sizeof wanted, sizeof table - 1) == WSAEFAULT);
    CHECK(table.cbSize == 0);
    wanted.Data1 ^= 1;
    CHECK(ask(sizeof wanted, sizeof table) == WSAEINVAL);
    CHECK(table.cbSize == 0);
    wanted.Data1 ^= 1;
    REQUIRE(ask(sizeof wanted, sizeof table) == 0);
    CHECK(returned == sizeof table);
    CHECK(table.cbSize == sizeof table);
    std::array<void*, 13> functions{};
    static_assert(sizeof table == sizeof(void*) * (functions.size() + 1));
    std::memcpy(functions.data(), &table.RIOReceive, sizeof functions);
    CHECK(std::count(functions.begin(), functions.end(), nullptr) == 0);
}

TEST_CASE("RIO-2, RIO-5 a request queue needs a socket made for Registered I/O", "[api][rio]")
{
    const rio_library rio;
    const RIO_CQ results = rio.queue();
    const auto create = [&](SOCKET of) {
        return error_of_queue(rio.call.RIOCreateRequestQueue(of, 1, 1, 1, 1, results, results, nullptr));
    };
    const unique_socket ordinary = bound_udp();
    CHECK(create(ordinary) == WSAEOPNOTSUPP);
    CHECK(create(INVALID_SOCKET) == WSAENOTSOCK);
    unique_socket without_overlapped = rio_socket(AF_INET, SOCK_DGRAM, WSA_FLAG_REGISTERED_IO);
    CHECK(create(without_overlapped) == 0);
    const rio_pair accepted;  // an accepted socket has its listener's flags
    CHECK(create(accepted.server) == 0);
}

TEST_CASE("RIO-3 the size of a completion queue is from 1 to RIO_MAX_CQ_SIZE", "[api][rio]")
{
    const rio_library rio;
    CHECK(error_of_queue(rio.call.RIOCreateCompletionQueue(0, nullptr)) == WSAEINVAL);
    CHECK(error_of_queue(rio.call.RIOCreateCompletionQueue(RIO_MAX_CQ_SIZE + 1, nullptr)) == WSAEINVAL);
    const RIO_CQ smallest = rio.queue(1);
    const RIO_CQ largest = rio.queue(RIO_MAX_CQ_SIZE);
    CHECK(smallest != largest);
    rio.call.RIOCloseCompletionQueue(smallest);
    rio.call.RIOCloseCompletionQueue(largest);
}

TEST_CASE("RIO-4 a queue is polled, or has an event, or a port with an OVERLAPPED", "[api][rio]")
{
    const rio_library rio;
    event_notification event;
    CHECK(rio.call.RIOCreateCompletionQueue(8, event.get()) != RIO_INVALID_CQ);
    RIO_NOTIFICATION_COMPLETION wrong{};
    CHECK(error_of_queue(rio.call.RIOCreateCompletionQueue(8, &wrong)) == WSAEINVAL);
    wrong.Type = RIO_EVENT_COMPLETION;
    CHECK(error_of_queue(rio.call.RIOCreateCompletionQueue(8, &wrong)) == WSAEINVAL);
    wrong = {};
    wrong.Type = RIO_IOCP_COMPLETION;
    wrong.Iocp.IocpHandle = made_up<HANDLE>(0x1234);
    CHECK(error_of_queue(rio.call.RIOCreateCompletionQueue(8, &wrong)) == WSAEINVAL);
    wrong.Iocp.IocpHandle = nullptr;
    wrong.Iocp.Overlapped = &wrong;
    CHECK(error_of_queue(rio.call.RIOCreateCompletionQueue(8, &wrong)) == WSAEINVAL);
}

TEST_CASE("RIO-5 what is wrong with a request queue's arguments has its code", "[api][rio]")
{
    const rio_library rio;
    const RIO_CQ results = rio.queue(4);
    const unique_socket udp = bound_rio_udp();
    const auto create = [&](ULONG receives, ULONG receive_buffers, ULONG sends, ULONG send_buffers, RIO_CQ in,
                            RIO_CQ out) {
        return error_of_queue(rio.call.RIOCreateRequestQueue(udp, receives, receive_buffers, sends,
                                                             send_buffers, in, out, nullptr));
    };
    CHECK(create(0, 1, 0, 1, results, results) == WSAEINVAL);
    CHECK(create(1, 0, 1, 1, results, results) == WSAEINVAL);
    CHECK(create(1, 1, 1, 2, results, results) == WSAEINVAL);
    CHECK(create(1, 1, 1, 1, RIO_INVALID_CQ, results) == WSAEINVAL);
    CHECK(create(1, 1, 1, 1, results, made_up<RIO_CQ>(0x77777)) == WSAEINVAL);
    CHECK(create(3, 1, 2, 1, results, results) == WSAENOBUFS);
    CHECK(create(5, 1, 0, 1, results, results) == WSAENOBUFS);
    CHECK(create(0xFFFFFFFF, 1, 0xFFFFFFFF, 1, results, results) == WSAENOBUFS);
    const RIO_CQ closed = rio.queue(4);
    rio.call.RIOCloseCompletionQueue(closed);
    CHECK(create(1, 1, 1, 1, results, closed) == WSAEINVAL);
    CHECK(create(2, 1, 2, 1, results, results) == 0);
    CHECK(create(1, 1, 1, 1, rio.queue(), rio.queue()) == WSAEINVAL);  // the socket has one
}

TEST_CASE("RIO-6 closesocket ends the request queue and gives its room in the completion queue back",
          "[api][rio]")
{
    const rio_library rio;
    const RIO_CQ results = rio.queue(2);
    registered_memory memory(rio, 16);
    for (int round = 0; round < 3; ++round) {
        unique_socket udp = bound_rio_udp();
        const RIO_RQ requests = rio.requests(udp, results, 1, 1);
        REQUIRE(rio.receive(requests, memory.slice(0, 16)) == 0);
        udp.reset();
        CHECK(rio.receive(requests, memory.slice(0, 16)) == WSAEINVAL);
        CHECK(error_of_bool(rio.call.RIOSend(requests, nullptr, 0, RIO_MSG_COMMIT_ONLY, nullptr)) ==
              WSAEINVAL);
        CHECK(error_of_bool(rio.call.RIOResizeRequestQueue(requests, 1, 1)) == WSAEINVAL);
        // The result that nobody took needs its room still.
        unique_socket other = bound_rio_udp();
        CHECK(error_of_queue(rio.call.RIOCreateRequestQueue(other, 1, 1, 1, 1, results, results, nullptr)) ==
              WSAENOBUFS);
        CHECK(rio.result(results).Status == WSA_OPERATION_ABORTED);
    }
}

TEST_CASE("RIO-7 a buffer without length or at no address is not registered", "[api][rio]")
{
    const rio_library rio;
    std::array<char, 8> bytes{};
    const auto error = [&](char* start, DWORD length) {
        WSASetLastError(0);
        return rio.call.RIORegisterBuffer(start, length) == RIO_INVALID_BUFFERID ? WSAGetLastError() : 0;
    };
    CHECK(error(bytes.data(), 0) == WSAEINVAL);
    CHECK(error(nullptr, 8) == WSAEFAULT);
    CHECK(error(made_up<char*>(~std::uintptr_t{0} - 3), 8) == WSAEFAULT);
    const RIO_BUFFERID first = rio.call.RIORegisterBuffer(bytes.data(), bytes.size());
    const RIO_BUFFERID again = rio.call.RIORegisterBuffer(bytes.data(), bytes.size());
    CHECK(first != RIO_INVALID_BUFFERID);
    CHECK(first != again);
    rio.call.RIODeregisterBuffer(first);
    rio.call.RIODeregisterBuffer(first);
    rio.call.RIODeregisterBuffer(RIO_INVALID_BUFFERID);
    rio.call.RIODeregisterBuffer(nullptr);
    rio.call.RIODeregisterBuffer(again);
}

TEST_CASE("RIO-8 a buffer in use may be deregistered; its id is of no use from then on", "[api][rio]")
{
    const rio_library rio;
    const rio_pair pair;
    const RIO_CQ results = rio.queue();
    const RIO_RQ requests = rio.requests(pair.server, results);
    std::string bytes(16, '\0');
    const RIO_BUFFERID id = rio.call.RIORegisterBuffer(bytes.data(), static_cast<DWORD>(bytes.size()));
    const RIO_BUF part{id, 4, 8};
    REQUIRE(rio.receive(requests, part) == 0);
    rio.call.RIODeregisterBuffer(id);
    CHECK(rio.receive(requests, part) == WSAEFAULT);
    const registered_memory in_its_place(rio, 16);
    CHECK(rio.receive(requests, part) == WSAEFAULT);
    send_text(pair.client, "hello");
    CHECK(rio.result(results).BytesTransferred == 5);
    CHECK(bytes.substr(4, 5) == "hello");
}

TEST_CASE("RIO-9 a slice lies inside its registration", "[api][rio]")
{
    const rio_library rio;
    const unique_socket udp = bound_rio_udp();
    const RIO_CQ results = rio.queue();
    const RIO_RQ requests = rio.requests(udp, results);
    const registered_memory memory(rio, 16);
    CHECK(rio.receive(requests, memory.slice(0, 17)) == WSAEINVAL);
    CHECK(rio.receive(requests, memory.slice(17, 0)) == WSAEINVAL);
    CHECK(rio.receive(requests, memory.slice(9, 8)) == WSAEINVAL);
    CHECK(rio.receive(requests, memory.slice(0xFFFFFFF8, 16)) == WSAEINVAL);
    CHECK(rio.receive(requests, {RIO_INVALID_BUFFERID, 0, 1}) == WSAEFAULT);
    CHECK(rio.receive(requests, {nullptr, 0, 1}) == WSAEFAULT);
    CHECK(rio.receive(requests, {made_up<RIO_BUFFERID>(reinterpret_cast<std::uintptr_t>(results)), 0, 1}) ==
          WSAEFAULT);
    CHECK(error_of_bool(rio.call.RIOReceive(requests, nullptr, 1, 0, nullptr)) == WSAEFAULT);
    CHECK(rio.receive(requests, memory.slice(0, 16)) == 0);
    CHECK(rio.receive(requests, memory.slice(16, 0)) == 0);
}

TEST_CASE("RIO-10, RIO-15 a queue takes requests to its limit; room comes back when a result is taken",
          "[api][rio]")
{
    const rio_library rio;
    const unique_socket udp = bound_rio_udp();
    const unique_socket other = bound_udp();
    event_notification event;
    const RIO_CQ results = rio.queue(64, event.get());
    const RIO_RQ requests = rio.requests(udp, results, 2, 1);
    const registered_memory memory(rio, 16);
    CHECK(rio.receive(requests, memory.slice(0, 4), RIO_MSG_DEFER) == 0);  // counts at once
    CHECK(rio.receive(requests, memory.slice(4, 4)) == 0);
    CHECK(rio.receive(requests, memory.slice(8, 4)) == WSAENOBUFS);
    REQUIRE(rio.call.RIONotify(results) == 0);
    const auto where = local_of(udp);
    REQUIRE(sendto(other, "x", 1, 0, where.get(), where.length) == 1);
    REQUIRE(event.signalled(20'000));
    CHECK(rio.receive(requests, memory.slice(8, 4)) == WSAENOBUFS);  // the result was not taken
    REQUIRE(rio.results(results, 1).size() == 1);
    CHECK(rio.receive(requests, memory.slice(8, 4)) == 0);
    CHECK(rio.receive(requests, memory.slice(12, 4)) == WSAENOBUFS);
}

TEST_CASE("RIO-10, RIO-11 flags that do not fit are refused and leave no result", "[api][rio]")
{
    const rio_library rio;
    const unique_socket udp = bound_rio_udp();
    const RIO_CQ results = rio.queue();
    const RIO_RQ requests = rio.requests(udp, results);
    const registered_memory memory(rio, 16);
    const auto part = memory.slice(0, 4);
    for (const DWORD flags : std::initializer_list<DWORD>{0x10U, 0x8000U, RIO_MSG_COMMIT_ONLY | RIO_MSG_DEFER,
                                                          RIO_MSG_COMMIT_ONLY | 0U}) {
        CHECK(rio.receive(requests, part, flags) == WSAEINVAL);
        CHECK(rio.send(requests, part, flags) == WSAEINVAL);
    }
    CHECK(rio.send(requests, part, RIO_MSG_WAITALL) == WSAEINVAL);
    CHECK(rio.receive(requests, part, RIO_MSG_WAITALL) == WSAEINVAL);  // datagrams
    RIO_BUF two[] = {part, part};
    CHECK(error_of_bool(rio.call.RIOSend(requests, two, 2, 0, nullptr)) == WSAEINVAL);
    CHECK(error_of_bool(rio.call.RIOSend(requests, nullptr, 0, RIO_MSG_COMMIT_ONLY, rio.pointer(1))) ==
          WSAEINVAL);
    CHECK(error_of_bool(rio.call.RIOSend(requests, nullptr, 0, RIO_MSG_COMMIT_ONLY, nullptr)) == 0);
    CHECK(error_of_bool(rio.call.RIOReceive(requests, nullptr, 0, RIO_MSG_COMMIT_ONLY, nullptr)) == 0);
    CHECK(rio.empty(results));
}

TEST_CASE("RIO-14 ids that are made up, stale or of another kind do no harm", "[api][rio]")
{
    const rio_library rio;
    const unique_socket udp = bound_rio_udp();
    const RIO_CQ results = rio.queue();
    const RIO_RQ requests = rio.requests(udp, results);
    const registered_memory memory(rio, 16);
    const RIO_CQ stale = rio.queue();
    rio.call.RIOCloseCompletionQueue(stale);
    RIORESULT taken{};
    const auto number = [](auto id) { return reinterpret_cast<std::uintptr_t>(id); };
    for (const std::uintptr_t id :
         {std::uintptr_t{0}, std::uintptr_t{1}, ~std::uintptr_t{0}, number(stale), number(requests),
          number(memory.id()), number(results) + 1, number(results) ^ 0x40000000}) {
        CAPTURE(id);
        const auto queue = made_up<RIO_CQ>(id);
        CHECK(rio.call.RIODequeueCompletion(queue, &taken, 1) == RIO_CORRUPT_CQ);
        CHECK(rio.call.RIONotify(queue) == WSAEINVAL);
        CHECK(error_of_bool(rio.call.RIOResizeCompletionQueue(queue, 8)) == WSAEINVAL);
        rio.call.RIOCloseCompletionQueue(queue);
    }
    for (const std::uintptr_t id :
         {std::uintptr_t{0}, std::uintptr_t{1}, ~std::uintptr_t{0}, number(results), number(memory.id()),
          number(requests) + 1, number(requests) ^ 0x40000000}) {
        CAPTURE(id);
        const auto queue = made_up<RIO_RQ>(id);
        CHECK(rio.send(queue, memory.slice(0, 1)) == WSAEINVAL);
        CHECK(error_of_bool(rio.call.RIOResizeRequestQueue(queue, 8, 8)) == WSAEINVAL);
    }
    CHECK(rio.call.RIODequeueCompletion(results, nullptr, 0) == 0);
    CHECK(rio.call.RIODequeueCompletion(results, nullptr, 1) == RIO_CORRUPT_CQ);
    CHECK(rio.call.RIODequeueCompletion(results, &taken, 1) == 0);
}

TEST_CASE("RIO-19 queues can be resized to what is in use and no further", "[api][rio]")
{
    const rio_library rio;
    const unique_socket udp = bound_rio_udp();
    const RIO_CQ results = rio.queue(4);
    const RIO_RQ requests = rio.requests(udp, results, 2, 2);
    const registered_memory memory(rio, 16);
    const auto resize_results = [&](DWORD size) {
        return error_of_bool(rio.call.RIOResizeCompletionQueue(results, size));
    };
    const auto resize_requests = [&](DWORD receives, DWORD sends) {
        return error_of_bool(rio.call.RIOResizeRequestQueue(requests, receives, sends));
    };
    CHECK(resize_results(0) == WSAEINVAL);
    CHECK(resize_results(RIO_MAX_CQ_SIZE + 1) == WSAEINVAL);
    CHECK(resize_results(3) == WSAETOOMANYREFS);
    CHECK(resize_requests(0, 0) == WSAEINVAL);
    CHECK(resize_requests(3, 2) == WSAENOBUFS);
    CHECK(resize_requests(2, 3) == WSAENOBUFS);
    CHECK(resize_results(5) == 0);
    CHECK(resize_requests(3, 2) == 0);
    for (ULONG offset = 0; offset < 3; ++offset) {
        CHECK(rio.receive(requests, memory.slice(offset, 1)) == 0);
    }
    CHECK(rio.receive(requests, memory.slice(3, 1)) == WSAENOBUFS);
    CHECK(resize_requests(2, 2) == WSAETOOMANYREFS);
    CHECK(resize_requests(3, 0) == 0);
    CHECK(rio.send(requests, memory.slice(0, 1)) == WSAENOBUFS);
    CHECK(resize_results(3) == 0);
}

TEST_CASE("RIO-15 a completion queue that is closed with results and requests leaves the socket usable",
          "[api][rio]")
{
    const rio_library rio;
    const rio_pair pair;
    const RIO_CQ received = rio.queue();
    const RIO_CQ sent = rio.queue();
    registered_memory memory(rio, 16);
    const RIO_RQ requests = rio.call.RIOCreateRequestQueue(pair.client, 2, 1, 2, 1, received, sent, nullptr);
    REQUIRE(requests != RIO_INVALID_RQ);
    REQUIRE(rio.receive(requests, memory.slice(0, 4)) == 0);
    REQUIRE(rio.send(requests, memory.put(8, "one")) == 0);
    rio.call.RIOCloseCompletionQueue(received);
    CHECK(rio.receive(requests, memory.slice(0, 4)) == WSAEINVAL);
    CHECK(rio.send(requests, memory.put(12, "two")) == 0);
    CHECK(rio.results(sent, 2).size() == 2);
    CHECK(receive_text(pair.server, 6) == "onetwo");
    send_text(pair.server, "lost");
    CHECK(eventually([&] { return readable_bytes(pair.client) == 0; }));
}

TEST_CASE("CTL-20, T-GUID/RIO-table, T-IOC/SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER one table of functions",
          "[api][rio]")
{
    const winsock started;
    const auto s = udp();
    GUID wanted = WSAID_MULTIPLE_RIO;
    RIO_EXTENSION_FUNCTION_TABLE table{};
    DWORD count = 0;
    const auto ask = [&] {
        return error_of(WSAIoctl(s, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, &wanted, sizeof wanted, &table,
                                 sizeof table, &count, nullptr, nullptr));
    };
    CHECK(ask() == 0);
    CHECK(table.cbSize == sizeof table);
    wanted.Data1 ^= 1;
    CHECK(ask() == WSAEINVAL);
}
