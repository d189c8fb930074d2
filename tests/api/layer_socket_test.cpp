// Sockets of layers with and without IFS handles, over the real provider: handles, overlapped requests, readiness,
// duplicates. Answers to the pages "Categorizing Layered Service Providers and Applications", "Winsock IOCTLs",
// "WPUCompleteOverlappedRequest" and "WSADuplicateSocketW".
#include <mswsock.h>

#include "api/layer_fixture.hpp"
#include "api/overlapped_fixture.hpp"
#include "support/child_of_self.hpp"
#include "support/message_window.hpp"

using namespace spindle::test;

namespace {

/// The layers that a test is run with, from below.
enum class stack { counting_alone, two_counting, ifs_alone, counting_over_ifs };

struct layers : layered {
    explicit layers(stack which)
    {
        if (which == stack::ifs_alone || which == stack::counting_over_ifs) {
            put_on_top(ifs);
        }
        if (which != stack::ifs_alone) {
            put_on_top(counting);
        }
        if (which == stack::two_counting) {
            put_on_top(second_counting);
        }
    }
};

stack any_stack()
{
    return GENERATE(stack::counting_alone, stack::two_counting, stack::ifs_alone, stack::counting_over_ifs);
}

bool is_readable(SOCKET s)
{
    fd_set set{};
    FD_SET(s, &set);
    timeval long_enough{20, 0};
    return select(0, &set, nullptr, nullptr, &long_enough) == 1 && FD_ISSET(s, &set);
}

thread_local int hook_calls = 0;
BOOL WSAAPI cancel_at_once()
{
    ++hook_calls;
    WSACancelBlockingCall();
    return FALSE;
}

}  // namespace

TEST_CASE("LSP-8, HAND-5, HAND-12 a layer without IFS handles has handles of its own and maps every call",
          "[api][layer]")
{
    const layers catalog(GENERATE(stack::counting_alone, stack::two_counting, stack::counting_over_ifs));
    {
        const winsock started;
        tcp_pair pair;
        CHECK((info_of(pair.client).dwServiceFlags1 & XP1_IFS_HANDLES) == 0);
        CHECK(named_by(pair.client, SIO_BASE_HANDLE) != pair.client);
        CHECK(peer_of(pair.client) == local_of(pair.server));
        send_text(pair.client, std::string(1000, 'x'));
        CHECK(receive_text(pair.server, 1000) == std::string(1000, 'x'));
        set_option(pair.client, SOL_SOCKET, SO_KEEPALIVE, 1);
        CHECK(get_option(pair.client, SOL_SOCKET, SO_KEEPALIVE) == 1);
        CHECK(error_of(WSASendDisconnect(pair.client, nullptr)) == 0);
        char one = 0;
        CHECK(recv(pair.server, &one, 1, 0) == 0);
        CHECK(error_of(shutdown(pair.server, SD_BOTH)) == 0);
        u_long more = 1;
        CHECK(error_of(ioctlsocket(pair.server, static_cast<long>(FIONREAD), &more)) == 0);
        const auto datagrams = bound_udp();
        const auto where = local_of(datagrams);
        auto sender = udp();
        CHECK(sendto(sender, "abc", 3, 0, where.get(), where.length) == 3);
        CHECK(receive_text(datagrams, 3) == "abc");
        const SOCKET closed = sender.release();
        CHECK(error_of(closesocket(closed)) == 0);
        CHECK(error_of(listen(closed, 1)) == WSAENOTSOCK);
    }
    CHECK(catalog.lines("1000 bytes sent, 0 received") >= 1);
    CHECK(catalog.lines("0 bytes sent, 1000 received") >= 1);
}

TEST_CASE(
    "LSP-9, HAND-2 an IFS layer makes the lower handles known as its own and leaves entries as they are",
    "[api][layer]")
{
    const layers catalog(stack::ifs_alone);
    const ifs_facts facts;
    const winsock started;
    tcp_pair pair;
    CHECK(facts->proposed == pair.server.get());
    CHECK(facts->returned == pair.server.get());
    CHECK(facts->own_id == info_of(pair.client).ProtocolChain.ChainEntries[0]);
    CHECK(facts->bind == facts->bind_below);
    CHECK(named_by(pair.client, SIO_BASE_HANDLE) == pair.client);
    // The host comes to the layer with them.
    CHECK(info_of(pair.server).ProtocolChain.ChainLen == 2);
    send_text(pair.client, "native");
    CHECK(receive_text(pair.server, 6) == "native");
}

TEST_CASE(
    "LSP-10, LSP-11 the program's OVERLAPPED goes down through an IFS layer and is replaced by another layer",
    "[api][layer]")
{
    const bool replaced = GENERATE(false, true);
    const layers catalog(replaced ? stack::counting_over_ifs : stack::ifs_alone);
    const ifs_facts facts;
    const winsock started;
    tcp_pair pair;
    const port_handle port;
    REQUIRE(associate(pair.server, port, 7) != nullptr);
    spindle::test::request receive;
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    CHECK((facts->overlapped == &receive.overlapped) == !replaced);
    send_text(pair.client, "hello");
    const auto got = next_packet(port, patience_ms);
    CHECK(got.overlapped == receive.as_packet());
    CHECK(got.key == 7);
    CHECK(got.bytes == 5);
    CHECK(receive.text() == "hello");
}

TEST_CASE("LSP-11, UP-8, UP-9, UP-13 requests through layers end by event, packet, routine and polling",
          "[api][layer]")
{
    const layers catalog(any_stack());
    const winsock started;
    tcp_pair pair;
    SECTION("an event")
    {
        event_request receive;
        REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
        CHECK(receive.result(pair.server, false) == WSA_IO_INCOMPLETE);
        send_text(pair.client, "one");
        CHECK(receive.result(pair.server) == 0);
        CHECK(receive.signalled());
        CHECK(receive.count == 3);
        CHECK(receive.text() == "one");
    }
    SECTION("a routine, in the thread that asked")
    {
        spindle::test::request receive;
        routine_calls().clear();
        REQUIRE(receive.receive(pair.server, 0, note_routine) == WSA_IO_PENDING);
        send_text(pair.client, "two");
        REQUIRE(eventually([] { return SleepEx(10, TRUE), !routine_calls().empty(); }));
        CHECK(routine_calls()[0].overlapped == &receive.overlapped);
        CHECK(routine_calls()[0].bytes == 3);
        CHECK(routine_calls()[0].error == 0);
    }
    SECTION("polling, and the error of a close")
    {
        spindle::test::request receive;
        REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
        const SOCKET closed = pair.server.release();
        CHECK(error_of(closesocket(closed)) == 0);
        CHECK(receive.finishes());
        CHECK(receive.overlapped.InternalHigh == 0);
        CHECK(receive.status() >= 0x80000000U);
    }
    SECTION("extension functions")
    {
        const auto listening = listener();
        const auto accepted = tcp();
        spindle::test::request accept(2 * (sizeof(sockaddr_in) + 16));
        DWORD bytes = 0;
        const auto client = connect_to_listener(listening);
        const BOOL at_once = AcceptEx(listening, accepted, accept.bytes.data(), 0, sizeof(sockaddr_in) + 16,
                                      sizeof(sockaddr_in) + 16, &bytes, accept.as_packet());
        CHECK((at_once != FALSE || WSAGetLastError() == WSA_IO_PENDING));
        REQUIRE(accept.finishes());
        CHECK(accept.result(listening) == 0);
        const SOCKET from = listening;
        CHECK(error_of(setsockopt(accepted, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                                  reinterpret_cast<const char*>(&from), sizeof from)) == 0);
        CHECK(peer_of(accepted) == local_of(client));
        send_text(client, "accepted");
        CHECK(receive_text(accepted, 8) == "accepted");
    }
}

TEST_CASE("LSP-12 a layer's socket tells of the layer's chain, in both forms", "[api][layer]")
{
    const layers catalog(any_stack());
    const winsock started;
    const auto made = tcp();
    const auto wide_info = info_of(made);
    const auto chains = in_use();
    CHECK(wide_info.dwCatalogEntryId == chains[0].dwCatalogEntryId);
    CHECK(wide_info.ProtocolChain.ChainLen > BASE_PROTOCOL);
    CHECK(is_of(wide_info, chains[0].ProviderId));
    WSAPROTOCOL_INFOA narrow_info{};
    int size = sizeof narrow_info;
    REQUIRE(error_of(getsockopt(made, SOL_SOCKET, SO_PROTOCOL_INFOA, reinterpret_cast<char*>(&narrow_info),
                                &size)) == 0);
    if (named_by(made, SIO_BASE_HANDLE) != made) {  // the small layer has the wide form alone
        CHECK(narrow_info.dwCatalogEntryId == wide_info.dwCatalogEntryId);
        CHECK(narrow(wide_info.szProtocol) == narrow_info.szProtocol);
    }
}

TEST_CASE("LSP-13, LSP-14, POL-18 the codes that ask for base sockets end at the base", "[api][layer]")
{
    const layers catalog(any_stack());
    const winsock started;
    const auto made = tcp();
    const SOCKET base = named_by(made, SIO_BASE_HANDLE);
    constexpr DWORD codes[] = {SIO_BASE_HANDLE, SIO_BSP_HANDLE, SIO_BSP_HANDLE_SELECT, SIO_BSP_HANDLE_POLL};
    for (const DWORD code : codes) {
        CHECK(named_by(made, code) == base);
        CHECK(named_by(base, code) == base);
        SOCKET named = INVALID_SOCKET;
        DWORD returned = 0;
        CHECK(error_of(WSAIoctl(made, code, nullptr, 0, nullptr, 0, &returned, nullptr, nullptr)) ==
              WSAEFAULT);
        CHECK(error_of(WSAIoctl(made, code, nullptr, 0, &named, sizeof named - 1, &returned, nullptr,
                                nullptr)) == WSAEFAULT);
        CHECK(error_of(WSAIoctl(made, code, nullptr, 0, &named, sizeof named, nullptr, nullptr, nullptr)) ==
              WSAEFAULT);
    }
    SOCKET named = INVALID_SOCKET;
    DWORD returned = 0;
    WSAOVERLAPPED overlapped{};
    CHECK(error_of(WSAIoctl(made, SIO_BSP_HANDLE_POLL, nullptr, 0, &named, sizeof named, &returned,
                            &overlapped, nullptr)) == WSAEFAULT);
}

TEST_CASE("LSP-13 what a layer's base socket is asked goes to the base provider itself", "[api][layer]")
{
    const layers catalog(stack::counting_alone);
    const winsock started;
    tcp_pair pair;
    const SOCKET base = named_by(pair.client, SIO_BASE_HANDLE);
    CHECK(info_of(base).ProtocolChain.ChainLen == BASE_PROTOCOL);
    CHECK(send(base, "past the layer", 14, 0) == 14);
    CHECK(receive_text(pair.server, 14) == "past the layer");
}

TEST_CASE("LSP-14, LSP-15 select and WSAPoll wait at the base sockets, of layers and without", "[api][layer]")
{
    const layered catalog;
    put_on_top(counting, {tcp_kind()});
    const bool sees = GENERATE(false, true);
    std::optional<environment_setting> seeing;
    if (sees) {
        seeing.emplace("COUNTING_LAYER_SEES_SELECT", "1");
    }
    const winsock started;
    tcp_pair pair;
    const auto plain = bound_udp();  // of the base
    const auto where = local_of(plain);
    fd_set reading{};
    FD_SET(pair.server.get(), &reading);  // the first one's provider gets them if the layer is asked (MAP-21)
    FD_SET(plain.get(), &reading);
    FD_SET(pair.client.get(), &reading);
    fd_set writing{};
    FD_SET(pair.client.get(), &writing);
    const timeval at_once{0, 0};
    auto first_reading = reading;
    CHECK(select(0, &first_reading, &writing, nullptr, &at_once) == 1);
    CHECK(first_reading.fd_count == 0);
    CHECK(FD_ISSET(pair.client.get(), &writing));
    send_text(pair.client, "x");
    const auto sender = udp();
    REQUIRE(sendto(sender, "y", 1, 0, where.get(), where.length) == 1);
    REQUIRE(is_readable(pair.server));
    REQUIRE(is_readable(plain));
    SECTION("a layer's socket first")
    {
        fd_set both{};
        FD_SET(pair.server.get(), &both);
        FD_SET(pair.client.get(), &both);
        FD_SET(plain.get(), &both);
        CHECK(select(0, &both, nullptr, nullptr, &at_once) == 2);
        CHECK(FD_ISSET(pair.server.get(), &both));
        CHECK(!FD_ISSET(pair.client.get(), &both));
        CHECK(FD_ISSET(plain.get(), &both));
    }
    SECTION("WSAPoll")
    {
        WSAPOLLFD all[] = {{plain, POLLIN, 0}, {pair.client, POLLIN, 0}, {pair.server, POLLIN, 0}};
        CHECK(WSAPoll(all, 3, 0) == 2);
        CHECK((all[0].revents & POLLIN) != 0);
        CHECK(all[1].revents == 0);
        CHECK((all[2].revents & POLLIN) != 0);
        CHECK(all[2].fd == pair.server.get());
    }
    // A layer that answers with its own socket is asked.
    CHECK((catalog.lines("select") > 0) == sees);
}

TEST_CASE("LSP-8, UP-26 network events of a layer's socket name that socket", "[api][layer]")
{
    const layers catalog(any_stack());
    const winsock started;
    tcp_pair pair;
    SECTION("as messages")
    {
        message_window window;
        REQUIRE(error_of(WSAAsyncSelect(pair.server, window, WM_USER, FD_READ | FD_CLOSE)) == 0);
        send_text(pair.client, "x");
        const auto told = window.next();
        CHECK(told.message == WM_USER);
        CHECK(told.wParam == static_cast<WPARAM>(pair.server.get()));
        CHECK(WSAGETSELECTEVENT(told.lParam) == FD_READ);
    }
    SECTION("as an event, and then accepted")
    {
        const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
        const auto listening = listener();
        REQUIRE(error_of(WSAEventSelect(listening, event, FD_ACCEPT | FD_READ)) == 0);
        const auto client = connect_to_listener(listening);
        CHECK(is_signalled(event, patience_ms));
        WSANETWORKEVENTS found{};
        CHECK(error_of(WSAEnumNetworkEvents(listening, event, &found)) == 0);
        CHECK(found.lNetworkEvents == FD_ACCEPT);
        const auto accepted = accept_from(listening);
        send_text(client, "x");
        CHECK(is_signalled(event, patience_ms));
        CHECK(error_of(WSAEnumNetworkEvents(accepted, event, &found)) == 0);
        CHECK(found.lNetworkEvents == FD_READ);
        CHECK(CloseHandle(event) != FALSE);
    }
}

TEST_CASE("LSP-16, DUP-13 a duplicate says the layer's entry and opens through the layers", "[api][layer]")
{
    const layers catalog(GENERATE(stack::counting_alone, stack::two_counting));
    const winsock started;
    tcp_pair pair;
    WSAPROTOCOL_INFOW info{};
    REQUIRE(error_of(WSADuplicateSocketW(pair.server, GetCurrentProcessId(), &info)) == 0);
    CHECK(info.dwProviderReserved != 0);
    auto without_token = info;
    without_token.dwProviderReserved = 0;
    const auto chain = info_of(pair.server);
    CHECK(std::memcmp(&without_token, &chain, sizeof chain) == 0);
    const unique_socket further(WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info,
                                           0, WSA_FLAG_OVERLAPPED));
    REQUIRE(further != INVALID_SOCKET);
    CHECK(further != pair.server);
    pair.server.reset();
    send_text(further, "still here");
    CHECK(receive_text(pair.client, 10) == "still here");
    event_request receive;
    REQUIRE(receive.receive(further) == WSA_IO_PENDING);
    send_text(pair.client, "x");
    CHECK(receive.result(further) == 0);
}

TEST_CASE("LSP-16 as a child: takes the socket over and answers", "[.][layer-child]")
{
    const winsock started;
    WSAPROTOCOL_INFOW info{};
    REQUIRE(read_from_parent(&info, sizeof info));
    const unique_socket mine(WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0,
                                        WSA_FLAG_OVERLAPPED));
    REQUIRE(mine != INVALID_SOCKET);
    CHECK(info_of(mine).ProtocolChain.ChainLen == 2);
    CHECK(receive_text(mine, 4) == "ping");
    send_text(mine, "pong");
}

TEST_CASE("LSP-16 another process opens a layer's socket through the same layer", "[api][layer]")
{
    const layered catalog;
    const shared_catalog shared;
    put_on_top(counting);
    const winsock started;
    tcp_pair pair;
    child_of_self child({"[layer-child]"});
    WSAPROTOCOL_INFOW info{};
    REQUIRE(error_of(WSADuplicateSocketW(pair.server, child.process(), &info)) == 0);
    REQUIRE(child.write(&info, sizeof info));
    send_text(pair.client, "ping");
    CHECK(receive_text(pair.client, 4) == "pong");
    CHECK(child.finish() == 0);
}

TEST_CASE("LSP-17 a blocking call is cancelled in the provider where the thread waits", "[api][layer]")
{
    const layers catalog(any_stack());
    const winsock started;
    tcp_pair pair;
    hook_calls = 0;
    REQUIRE(WSASetBlockingHook(reinterpret_cast<FARPROC>(reinterpret_cast<void (*)()>(&cancel_at_once))) !=
            nullptr);
    char one = 0;
    CHECK(error_of(recv(pair.server, &one, 1, 0)) == WSAEINTR);
    CHECK(hook_calls >= 1);
    CHECK(WSAUnhookBlockingHook() == 0);
    CHECK(error_of(WSACancelBlockingCall()) == WSAEINVAL);
}

TEST_CASE("CAN-5, LSP-13 CancelIoEx of all requests finds those that a layer has made", "[api][layer]")
{
    const layers catalog(any_stack());
    const winsock started;
    tcp_pair pair;
    event_request receive;
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    CHECK(CancelIoEx(as_handle(pair.server), nullptr) != FALSE);
    CHECK(receive.result(pair.server) == WSA_OPERATION_ABORTED);
}

TEST_CASE("CLEAN-8, CLEAN-26 a call that blocks in layers is woken by the last cleanup", "[api][layer]")
{
    const layers catalog(any_stack());
    std::optional<winsock> started(std::in_place);
    tcp_pair pair;
    const SOCKET waits = pair.server.release();
    pair.client.release();
    pair.listening.release();
    background_call waiting([waits] {
        char one = 0;
        return error_of(recv(waits, &one, 1, 0));
    });
    REQUIRE(waiting.blocks());
    started.reset();
    CHECK(waiting.result() == WSAEINTR);
    CHECK(!is_mapped("_layer.so"));
}
