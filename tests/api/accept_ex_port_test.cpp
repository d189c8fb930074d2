// AcceptEx on a listener that belongs to a completion port, with a worker that waits at the port before anybody connects.
// Answers to the pages "AcceptEx" and "I/O Completion Ports".
#include <array>
#include <deque>

#include "extension_requests.hpp"
#include "kernel/port_handle.hpp"

using namespace spindle::test;

namespace {

constexpr ULONG_PTR listener_key = 7;

/// A listener at a port, and a worker that takes a number of packets there.
class served_listener {
public:
    enum class joins : bool { before_listen, after_listen };

    explicit served_listener(joins when) : listening_(bound_tcp())
    {
        if (when == joins::before_listen) {
            join();
        }
        REQUIRE(error_of(listen(listening_, 8)) == 0);
        if (when == joins::after_listen) {
            join();
        }
    }

    [[nodiscard]] SOCKET get() const { return listening_; }
    [[nodiscard]] HANDLE port() const { return port_; }

private:
    void join()
    {
        const auto handle = reinterpret_cast<HANDLE>(listening_.get());
        REQUIRE(CreateIoCompletionPort(handle, port_, listener_key, 0) == port_.get());
    }

    unique_socket listening_;
    port_handle port_;
};

/// One packet after another, on a thread that waits for them. The outcome is what has come.
auto take_packets(HANDLE port, std::size_t count)
{
    return [=] {
        std::vector<dequeued> packets;
        while (packets.size() < count) {
            packets.push_back(next_packet(port));
        }
        return packets;
    };
}

void check_packet(const dequeued& packet, accept_call& of, DWORD bytes)
{
    OVERLAPPED* const expected = of.overlapped;
    CHECK(packet.success);
    CHECK(packet.key == listener_key);
    CHECK(packet.overlapped == expected);
    CHECK(packet.bytes == bytes);
}

/// Whether five bytes come in all. Asserts nothing, for other threads than the test's own.
bool has_greeting(SOCKET s, DWORD have)
{
    std::array<char, 8> bytes{};
    while (have < 5) {
        const int count = recv(s, bytes.data(), static_cast<int>(bytes.size()), 0);
        if (count <= 0) {
            return false;
        }
        have += static_cast<DWORD>(count);
    }
    return have == 5;
}

constexpr std::array both_ways{served_listener::joins::before_listen, served_listener::joins::after_listen};

}  // namespace

TEST_CASE("CP-7, ACX-11 a worker that waits at the port gets the packets of accepts whose clients come later",
          "[api][accept_ex][port]")
{
    const winsock started;
    for (const auto when : both_ways) {
        const served_listener listening(when);
        std::array<accept_call, 2> calls;
        for (auto& each : calls) {
            REQUIRE(each.start(listening.get()) == ERROR_IO_PENDING);
        }
        background_call worker(take_packets(listening.port(), 2));
        REQUIRE(worker.blocks());
        const auto first = connect_to_listener(listening.get());
        const auto second = connect_to_listener(listening.get());
        auto packets = worker.result();
        check_packet(packets[0], calls[0], 0);
        check_packet(packets[1], calls[1], 0);
        send_text(first, "one");
        CHECK(receive_text(calls[0].target, 3) == "one");
        send_text(second, "two");
        CHECK(receive_text(calls[1].target, 3) == "two");
    }
}

TEST_CASE("CP-7, ACX-9 a worker that waits at the port gets the packets of accepts with their first data",
          "[api][accept_ex][port]")
{
    const winsock started;
    for (const auto when : both_ways) {
        const served_listener listening(when);
        std::array<accept_call, 2> calls{accept_call(16), accept_call(16)};
        for (auto& each : calls) {
            REQUIRE(each.start(listening.get()) == ERROR_IO_PENDING);
        }
        background_call worker(take_packets(listening.port(), 2));
        REQUIRE(worker.blocks());
        const auto first = connect_to_listener(listening.get());
        const auto second = connect_to_listener(listening.get());
        for (auto& each : calls) {
            REQUIRE(eventually([&] { return get_option(each.target, SOL_SOCKET, SO_CONNECT_TIME) != -1; }));
        }
        REQUIRE(worker.blocks());
        send_text(second, "second");
        REQUIRE(eventually([&] { return !calls[1].overlapped.is_pending(); }));
        CHECK(calls[0].overlapped.is_pending());
        send_text(first, "first one");
        auto packets = worker.result();
        check_packet(packets[0], calls[1], 6);
        check_packet(packets[1], calls[0], 9);
        CHECK(std::string(calls[1].buffer.data(), 6) == "second");
        CHECK(std::string(calls[0].buffer.data(), 9) == "first one");
    }
}

TEST_CASE("CP-7, ACX-9 a worker that posts the next accept after each packet serves one client after another",
          "[api][accept_ex][port]")
{
    const winsock started;
    for (const DWORD data_room : {0U, 16U}) {
        INFO("room for first data: " << data_room);
        const served_listener listening(served_listener::joins::after_listen);
        constexpr std::size_t clients = 20;
        std::deque<accept_call> calls;
        for (std::size_t each = 0; each < clients; ++each) {
            calls.emplace_back(data_room);
        }
        background_call worker([&] {
            std::size_t greeted = 0;
            for (auto& call : calls) {
                const int code = call.start(listening.get());
                if (code != 0 && code != ERROR_IO_PENDING) {
                    break;
                }
                const auto packet = next_packet(listening.port());
                if (!packet.success || packet.overlapped != call.overlapped ||
                    !has_greeting(call.target, packet.bytes)) {
                    break;
                }
                call.target.reset();
                ++greeted;
            }
            return greeted;
        });
        for (std::size_t turn = 0; turn < clients; ++turn) {
            REQUIRE(worker.blocks());
            const auto client = connect_to_listener(listening.get());
            send_text(client, "hello");
            CHECK(receive_text(client, 1).empty());  // until the worker closes
        }
        CHECK(worker.result() == clients);
    }
}
