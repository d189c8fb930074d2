// TransmitFile and TransmitPackets through the API, with what is sent from memory; files are tests/spi/transmit_file_test.cpp's.
// Answers to the pages "TransmitFile function", "LPFN_TRANSMITPACKETS" and "DisconnectEx".
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "support/extension.hpp"

using namespace spindle::test;

namespace {

int transmit_file(SOCKET s, HANDLE file, TRANSMIT_FILE_BUFFERS* around, OVERLAPPED* overlapped = nullptr,
                  DWORD flags = 0, DWORD length = 0)
{
    const auto function = extension<LPFN_TRANSMITFILE>(s, WSAID_TRANSMITFILE);
    return error_of_bool(function(s, file, length, 0, overlapped, around, flags));
}

int transmit_packets(SOCKET s, std::vector<TRANSMIT_PACKETS_ELEMENT> elements, DWORD send_size = 0,
                     DWORD flags = 0, OVERLAPPED* overlapped = nullptr)
{
    const auto function = extension<LPFN_TRANSMITPACKETS>(s, WSAID_TRANSMITPACKETS);
    return error_of_bool(
        function(s, elements.data(), static_cast<DWORD>(elements.size()), send_size, overlapped, flags));
}

/// Text that outlives the call.
TRANSMIT_PACKETS_ELEMENT element(const std::string& text, ULONG flags = 0)
{
    TRANSMIT_PACKETS_ELEMENT made{};
    made.dwElFlags = TP_ELEMENT_MEMORY | flags;
    made.cLength = static_cast<ULONG>(text.size());
    made.pBuffer = const_cast<char*>(text.data());
    return made;
}

struct around_buffers {
    around_buffers(std::string before, std::string behind) : head(std::move(before)), tail(std::move(behind))
    {
        all.Head = head.data();
        all.HeadLength = static_cast<DWORD>(head.size());
        all.Tail = tail.data();
        all.TailLength = static_cast<DWORD>(tail.size());
    }
    std::string head;
    std::string tail;
    TRANSMIT_FILE_BUFFERS all{};
};

struct event_overlapped : OVERLAPPED {
    event_overlapped() : OVERLAPPED{} { hEvent = WSACreateEvent(); }
    event_overlapped(const event_overlapped&) = delete;
    event_overlapped& operator=(const event_overlapped&) = delete;
    ~event_overlapped() { WSACloseEvent(hEvent); }

    bool signalled(DWORD milliseconds = 10'000)
    {
        HANDLE event = hEvent;
        return WSAWaitForMultipleEvents(1, &event, TRUE, milliseconds, FALSE) == WSA_WAIT_EVENT_0;
    }
    int result(SOCKET s)
    {
        DWORD flags = 0;
        return error_of_bool(WSAGetOverlappedResult(s, this, &count, TRUE, &flags));
    }
    DWORD count = 0xFFFF;
};

std::string next_datagram(SOCKET s)
{
    std::array<char, 256> bytes{};
    set_option(s, SOL_SOCKET, SO_RCVTIMEO, 10'000);
    const int count = recv(s, bytes.data(), bytes.size(), 0);
    REQUIRE(count >= 0);
    return {bytes.data(), static_cast<std::size_t>(count)};
}

}  // namespace

TEST_CASE("TXF-1 unconnected sockets and datagram sockets give WSAENOTCONN", "[api][transmit]")
{
    const winsock started;
    around_buffers around("head", "tail");
    const auto stream = tcp();
    CHECK(transmit_file(stream, nullptr, nullptr) == WSAENOTCONN);
    CHECK(transmit_file(stream, nullptr, &around.all) == WSAENOTCONN);
    CHECK(transmit_packets(stream, {element(around.head)}) == WSAENOTCONN);
    const auto target = bound_udp();
    const auto datagrams = bound_udp();
    CHECK(transmit_file(datagrams, nullptr, &around.all) == WSAENOTCONN);
    CHECK(transmit_packets(datagrams, {element(around.head)}) == WSAENOTCONN);
    REQUIRE(connect_to(datagrams, local_of(target)) == 0);
    CHECK(transmit_file(datagrams, nullptr, &around.all) == WSAENOTCONN);
    const auto function = extension<LPFN_TRANSMITFILE>(stream, WSAID_TRANSMITFILE);
    CHECK(error_of_bool(function(INVALID_SOCKET, nullptr, 0, 0, nullptr, nullptr, 0)) == WSAENOTSOCK);
    const tcp_pair pair;
    constexpr int invalid_handle = 6;  // ERROR_INVALID_HANDLE
    CHECK(transmit_file(pair.client, INVALID_HANDLE_VALUE, &around.all) == invalid_handle);
}

TEST_CASE("TXF-2 without a file head and tail are sent, without both nothing", "[api][transmit]")
{
    const winsock started;
    const tcp_pair pair;
    CHECK(transmit_file(pair.client, nullptr, nullptr) == 0);
    around_buffers around("head", "tail");
    CHECK(transmit_file(pair.client, nullptr, &around.all) == 0);
    CHECK(receive_text(pair.server, 8) == "headtail");
    around.all.HeadLength = 0;
    around.all.Head = nullptr;
    CHECK(transmit_file(pair.client, nullptr, &around.all) == 0);
    CHECK(receive_text(pair.server, 4) == "tail");
    around.all.HeadLength = 4;
    CHECK(transmit_file(pair.client, nullptr, &around.all) == WSAEFAULT);
    event_overlapped nothing;
    CHECK(transmit_file(pair.client, nullptr, nullptr, &nothing) == 0);
    CHECK(nothing.signalled());
    CHECK(nothing.result(pair.client) == 0);
    CHECK(nothing.count == 0);
}

TEST_CASE("TXF-3, OVL-2 an overlapped transmission counts head and tail and signals its event",
          "[api][transmit]")
{
    const winsock started;
    const tcp_pair pair;
    around_buffers around("head", "and tail");
    event_overlapped overlapped;
    CHECK(transmit_file(pair.client, nullptr, &around.all, &overlapped) == 0);
    CHECK(overlapped.signalled());
    CHECK(overlapped.result(pair.client) == 0);
    CHECK(overlapped.count == 12);
    CHECK(receive_text(pair.server, 12) == "headand tail");
}

TEST_CASE("TXF-5, TXF-6 lengths and flags", "[api][transmit]")
{
    const winsock started;
    const tcp_pair pair;
    around_buffers around("head", "tail");
    CHECK(transmit_file(pair.client, nullptr, &around.all, nullptr, 0, 2147483647) == WSAEINVAL);
    CHECK(transmit_file(pair.client, nullptr, &around.all, nullptr, TF_REUSE_SOCKET) == WSAEINVAL);
    CHECK(transmit_packets(pair.client, {element(around.head)}, 0, TP_REUSE_SOCKET) == WSAEINVAL);
    CHECK(transmit_file(pair.client, nullptr, &around.all, nullptr, 0x8000) == WSAEINVAL);
    CHECK(transmit_file(pair.client, nullptr, &around.all, nullptr,
                        TF_WRITE_BEHIND | TF_USE_SYSTEM_THREAD | TF_USE_KERNEL_APC) == 0);
    CHECK(receive_text(pair.server, 8) == "headtail");
}

TEST_CASE("TXF-7 TF_DISCONNECT ends the stream and completes when the peer has everything", "[api][transmit]")
{
    const winsock started;
    for (const bool waits : {true, false}) {
        const tcp_pair pair;
        around_buffers around("last ", "words");
        event_overlapped overlapped;
        const int code =
            transmit_file(pair.client, nullptr, &around.all, waits ? nullptr : &overlapped, TF_DISCONNECT);
        CHECK(code == (waits ? 0 : WSA_IO_PENDING));
        CHECK(receive_text(pair.server, 100) == "last words");
        if (!waits) {
            CHECK(overlapped.signalled());
            CHECK(overlapped.result(pair.client) == 0);
            CHECK(overlapped.count == 10);
        }
        CHECK(error_of(send(pair.client, "x", 1, 0)) == WSAESHUTDOWN);
        send_text(pair.server, "back");
        CHECK(receive_text(pair.client, 4) == "back");
    }
}

TEST_CASE("TXF-6, TXF-7, DCX-4 TF_REUSE_SOCKET makes the socket fit for the next connection",
          "[api][transmit]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = tcp();
    REQUIRE(bind_to(client, loopback(AF_INET)) == 0);
    const auto connect_ex = extension<LPFN_CONNECTEX>(client, WSAID_CONNECTEX);
    for (int turn = 0; turn < 2; ++turn) {
        event_overlapped connecting;
        const auto where = local_of(listening);
        REQUIRE(error_of_bool(connect_ex(client, where.get(), where.length, nullptr, 0, nullptr,
                                         &connecting)) == WSA_IO_PENDING);
        REQUIRE(connecting.signalled());
        REQUIRE(connecting.result(client) == 0);
        auto server = accept_from(listening);
        around_buffers around("turn ", std::to_string(turn));
        event_overlapped overlapped;
        CHECK(transmit_file(client, nullptr, &around.all, &overlapped, TF_DISCONNECT | TF_REUSE_SOCKET) ==
              WSA_IO_PENDING);
        CHECK(receive_text(server, 100) == "turn " + std::to_string(turn));
        CHECK(overlapped.signalled());
        CHECK(overlapped.result(client) == 0);
        CHECK(overlapped.count == 6);
        reset_connection(server);  // no port left waiting
    }
}

TEST_CASE("TXF-8 elements are sent in order, on streams whatever their marks", "[api][transmit]")
{
    const winsock started;
    const tcp_pair pair;
    const std::string one = "one ";
    const std::string two = "two ";
    const std::string three = "three";
    CHECK(transmit_packets(pair.client, {element(one), element(two, TP_ELEMENT_EOP), element(three)}, 3) ==
          0);
    CHECK(receive_text(pair.server, 13) == "one two three");
    CHECK(transmit_packets(pair.client, {}) == 0);
    auto neither = element(one);
    neither.dwElFlags = TP_ELEMENT_EOP;
    CHECK(transmit_packets(pair.client, {neither}) == WSAEINVAL);
    neither.dwElFlags = TP_ELEMENT_FILE | TP_ELEMENT_MEMORY;
    CHECK(transmit_packets(pair.client, {element(one), neither}) == WSAEINVAL);
    auto nowhere = element(one);
    nowhere.pBuffer = nullptr;
    CHECK(transmit_packets(pair.client, {nowhere}) == WSAEFAULT);
    const auto function = extension<LPFN_TRANSMITPACKETS>(pair.client, WSAID_TRANSMITPACKETS);
    CHECK(error_of_bool(function(pair.client, nullptr, 1, 0, nullptr, 0)) == WSAEFAULT);
    event_overlapped overlapped;
    CHECK(transmit_packets(pair.client, {element(three)}, 0, TF_DISCONNECT, &overlapped) == WSA_IO_PENDING);
    CHECK(receive_text(pair.server, 100) == "three");
    CHECK(overlapped.signalled());
    CHECK(overlapped.result(pair.client) == 0);
    CHECK(overlapped.count == 5);
}

TEST_CASE("TXF-9 on datagram sockets a message ends by mark or by size", "[api][transmit]")
{
    const winsock started;
    const auto target = bound_udp();
    const auto sender = bound_udp();
    REQUIRE(connect_to(sender, local_of(target)) == 0);
    const std::string one = "one";
    const std::string two = "two";
    const std::string empty;
    const std::string long_one(70'000, 'x');
    CHECK(transmit_packets(sender, {element(one), element(two)}) == 0);
    CHECK(next_datagram(target) == "onetwo");
    CHECK(transmit_packets(sender, {element(one, TP_ELEMENT_EOP), element(two)}, 0xFFFFFFFF) == 0);
    CHECK(next_datagram(target) == "one");
    CHECK(next_datagram(target) == "two");
    event_overlapped overlapped;
    CHECK(transmit_packets(sender, {element(one), element(two)}, 4, 0, &overlapped) == 0);
    CHECK(next_datagram(target) == "onet");
    CHECK(next_datagram(target) == "wo");
    CHECK(overlapped.signalled());
    CHECK(overlapped.result(sender) == 0);
    CHECK(overlapped.count == 6);
    CHECK(transmit_packets(sender, {element(empty, TP_ELEMENT_EOP), element(one, TP_ELEMENT_EOP)}) == 0);
    CHECK(next_datagram(target).empty());
    CHECK(next_datagram(target) == "one");
    CHECK(transmit_packets(sender, {element(long_one)}) == WSAEMSGSIZE);
    CHECK(transmit_packets(sender, {element(one)}, 0, TP_DISCONNECT) == WSAEINVAL);
    CHECK(transmit_packets(sender, {element(one)}, 0, TP_DISCONNECT | TP_REUSE_SOCKET) == WSAEINVAL);
    u_long waiting = 1;
    REQUIRE(error_of(ioctlsocket(target, FIONREAD, &waiting)) == 0);
    CHECK(waiting == 0);
}

TEST_CASE("MAP-12 the extension functions are no exports but the provider's, found by identifier", "[api][mapping]")
{
    const winsock started;
    const auto made = tcp();
    const GUID identifiers[] = {WSAID_ACCEPTEX,     WSAID_GETACCEPTEXSOCKADDRS, WSAID_CONNECTEX,   WSAID_DISCONNECTEX,
                                WSAID_TRANSMITFILE, WSAID_TRANSMITPACKETS,      WSAID_WSARECVMSG};
    std::vector<void (*)()> found;
    for (const GUID& each : identifiers) {
        found.push_back(extension<void (*)()>(made, each));
    }
    std::sort(found.begin(), found.end());
    CHECK(std::unique(found.begin(), found.end()) == found.end());
}
