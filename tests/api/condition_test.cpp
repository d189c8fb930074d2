// The condition function of WSAAccept: where it runs, what it is told and what its answers do. Answers to
// "WSAAccept function" and "SO_CONDITIONAL_ACCEPT socket option".
#include <atomic>
#include <cstring>
#include <functional>
#include <thread>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

/// What the condition function saw, and what it is to do and answer.
struct offer {
    int answer = CF_ACCEPT;
    std::function<void()> inside;
    int calls = 0;
    std::thread::id thread;
    endpoint caller;
    endpoint callee;
    bool qos_given = false;
    bool group_zero = false;
    unsigned long caller_data = 0;
    unsigned long callee_data = 0;
};

void copy_name(endpoint& to, const WSABUF* from)
{
    if (from != nullptr && from->buf != nullptr && from->len <= sizeof to.storage) {
        std::memcpy(&to.storage, from->buf, from->len);
        to.length = static_cast<int>(from->len);
    }
}

int CALLBACK ask(LPWSABUF caller, LPWSABUF caller_data, LPQOS qos, LPQOS group_qos, LPWSABUF callee,
                 LPWSABUF callee_data, GROUP* group, DWORD_PTR context)
{
    auto& seen = *reinterpret_cast<offer*>(context);
    ++seen.calls;
    seen.thread = std::this_thread::get_id();
    copy_name(seen.caller, caller);
    copy_name(seen.callee, callee);
    seen.qos_given = qos != nullptr || group_qos != nullptr;
    seen.group_zero = group != nullptr && *group == 0;
    seen.caller_data = caller_data == nullptr ? 0 : caller_data->len;
    seen.callee_data = callee_data == nullptr ? 0 : callee_data->len;
    if (seen.inside) {
        seen.inside();
    }
    return seen.answer;
}

SOCKET ask_accept(SOCKET listening, offer& about, endpoint* peer = nullptr)
{
    return WSAAccept(listening, peer == nullptr ? nullptr : peer->get(),
                     peer == nullptr ? nullptr : &peer->length, ask, reinterpret_cast<DWORD_PTR>(&about));
}

}  // namespace

TEST_CASE("ACC-8, ACC-9, ACC-10 the condition runs once, in the calling thread, with both names",
          "[api][accept]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto listening = listener(family);
        const auto client = connect_to_listener(listening);
        offer about;
        const unique_socket server{ask_accept(listening, about)};
        REQUIRE(error_of(server.get()) == 0);
        CHECK(about.calls == 1);
        CHECK(about.thread == std::this_thread::get_id());
        CHECK(about.caller == local_of(client));
        CHECK(about.callee == local_of(listening));
        CHECK(about.caller.length == (family == AF_INET ? 16 : 28));
        CHECK_FALSE(about.qos_given);
        CHECK(about.group_zero);
        CHECK(about.caller_data == 0);
        CHECK(about.callee_data == 0);
        send_text(client, "in");
        CHECK(receive_text(server, 2) == "in");
    }
}

TEST_CASE("ACC-8 the condition is not asked while the queue is empty", "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    set_nonblocking(listening);
    offer about;
    CHECK(error_of(ask_accept(listening, about)) == WSAEWOULDBLOCK);
    CHECK(about.calls == 0);
}

TEST_CASE("ACC-8, BLK-18 inside the condition other calls and other threads are not held up", "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = connect_to_listener(listening);
    offer about;
    int from_other_thread = no_error_set;
    about.inside = [&] {
        std::thread other([&] {
            // The listener's own state can be asked for by another thread meanwhile.
            from_other_thread = get_option(listening, SOL_SOCKET, SO_ACCEPTCONN);
            const auto scratch = bound_udp();
        });
        other.join();
    };
    const unique_socket server{ask_accept(listening, about)};
    CHECK(error_of(server.get()) == 0);
    CHECK(from_other_thread == 1);
}

TEST_CASE("CLOSE-11, CLOSE-14 a listener that is closed listens no more, though a call is still inside it",
          "[api][accept]")
{
    const winsock started;
    auto listening = listener();
    const auto where = local_of(listening);
    const SOCKET handle = listening;
    const auto offered = connect_to_listener(listening);
    const auto queued = connect_to_listener(listening);
    std::atomic<bool> inside{false};
    std::atomic<bool> leave{false};
    offer about;
    about.answer = CF_REJECT;
    about.inside = [&] {
        inside = true;
        (void)eventually([&] { return leave.load(); });
    };
    background_call accepting([&] { return ask_accept(handle, about); });
    REQUIRE(eventually([&] { return inside.load(); }));
    listening.reset();
    const auto next = tcp();
    CHECK(bind_to(next, where) == 0);
    CHECK(error_of(listen(next, 1)) == 0);
    char byte = 0;
    CHECK(error_of(recv(queued, &byte, 1, 0)) == WSAECONNRESET);
    CHECK_FALSE(accepting.done());
    leave = true;
    CHECK(accepting.result() == INVALID_SOCKET);
}

TEST_CASE("ACC-11, ACC-14 CF_REJECT refuses the connection and takes it out of the queue", "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    const auto rejected = connect_to_listener(listening);
    offer about;
    about.answer = CF_REJECT;
    endpoint peer;
    peer.storage.ss_family = 99;
    peer.length = sizeof peer.storage;
    CHECK(error_of(ask_accept(listening, about, &peer)) == WSAECONNREFUSED);
    CHECK(peer.storage.ss_family == 99);
    CHECK(peer.length == sizeof peer.storage);
    set_nonblocking(listening);
    CHECK(error_of(accept(listening, nullptr, nullptr)) == WSAEWOULDBLOCK);
}

TEST_CASE("ACC-11, ACC-20 a rejected client saw success and then a reset", "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    CHECK(get_option(listening, SOL_SOCKET, SO_CONDITIONAL_ACCEPT) == 0);
    const auto rejected = connect_to_listener(listening);
    offer about;
    about.answer = CF_REJECT;
    CHECK(error_of(ask_accept(listening, about)) == WSAECONNREFUSED);
    char byte = 0;
    CHECK(error_of(recv(rejected, &byte, 1, 0)) == WSAECONNRESET);
}

TEST_CASE("ACC-12 CF_DEFER keeps the request at the head for the next accept", "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    const auto first = connect_to_listener(listening);
    const auto second = connect_to_listener(listening);
    offer about;
    about.answer = CF_DEFER;
    for (int turn = 1; turn <= 3; ++turn) {
        CHECK(error_of(ask_accept(listening, about)) == WSATRY_AGAIN);
        CHECK(about.calls == turn);
        CHECK(about.caller == local_of(first));
    }
    about.answer = CF_ACCEPT;
    const unique_socket server{ask_accept(listening, about)};
    REQUIRE(error_of(server.get()) == 0);
    CHECK(peer_of(server) == local_of(first));
    CHECK(peer_of(accept_from(listening)) == local_of(second));
}

TEST_CASE("ACC-12 a deferred request is given to an accept without condition", "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    set_nonblocking(listening);
    const auto first = connect_to_listener(listening);
    offer about;
    about.answer = CF_DEFER;
    REQUIRE(eventually([&] { return error_of(ask_accept(listening, about)) == WSATRY_AGAIN; }));
    const auto server = accept_from(listening);
    CHECK(peer_of(server) == local_of(first));
    CHECK(error_of(accept(listening, nullptr, nullptr)) == WSAEWOULDBLOCK);
}

TEST_CASE("ACC-12 data that arrived for a deferred request are there after acceptance", "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = connect_to_listener(listening);
    send_text(client, "early");
    offer about;
    about.answer = CF_DEFER;
    REQUIRE(error_of(ask_accept(listening, about)) == WSATRY_AGAIN);
    const auto server = accept_from(listening);
    CHECK(receive_text(server, 5) == "early");
}

TEST_CASE("ACC-13 any other answer gives WSAEINVAL and keeps the request", "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = connect_to_listener(listening);
    for (const int answer : {3, -1, 0x10000}) {
        INFO("answer " << answer);
        offer about;
        about.answer = answer;
        CHECK(error_of(ask_accept(listening, about)) == WSAEINVAL);
        CHECK(about.calls == 1);
    }
    CHECK(peer_of(accept_from(listening)) == local_of(client));
}

TEST_CASE("ACC-7 a short address length is refused with a condition function too", "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = connect_to_listener(listening);
    offer about;
    endpoint peer;
    peer.length = 15;
    CHECK(error_of(ask_accept(listening, about, &peer)) == WSAEFAULT);
    CHECK(peer.length == 15);
    peer.length = 16;
    const unique_socket server{ask_accept(listening, about, &peer)};
    REQUIRE(error_of(server.get()) == 0);
    CHECK(peer == local_of(client));
}

TEST_CASE("ACC-17 a request withdrawn while it is offered gives WSAEACCES", "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    auto client = connect_to_listener(listening);
    offer about;
    about.inside = [&] { reset_connection(client); };
    CHECK(error_of(ask_accept(listening, about)) == WSAEACCES);
    CHECK(about.calls == 1);
    set_nonblocking(listening);
    CHECK(error_of(accept(listening, nullptr, nullptr)) == WSAEWOULDBLOCK);
}

TEST_CASE("ACC-19, BLK-15 inside the condition the listener itself is in progress, other sockets are not",
          "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    const auto other = listener();
    const auto client = connect_to_listener(listening);
    const auto other_client = connect_to_listener(other);
    offer about;
    int nested_accept = 0;
    int nested_close = 0;
    int other_accept = no_error_set;
    about.inside = [&] {
        nested_accept = error_of(accept(listening, nullptr, nullptr));
        nested_close = error_of(closesocket(listening));
        const unique_socket got{accept(other, nullptr, nullptr)};
        other_accept = error_of(got.get());
    };
    const unique_socket server{ask_accept(listening, about)};
    CHECK(error_of(server.get()) == 0);
    CHECK(nested_accept == WSAEINPROGRESS);
    CHECK(nested_close == WSAEINPROGRESS);
    CHECK(other_accept == 0);
    CHECK(get_option(listening, SOL_SOCKET, SO_ACCEPTCONN) == 1);
}

TEST_CASE("ACC-19, CLEAN-24 inside the condition the last cleanup is refused", "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = connect_to_listener(listening);
    offer about;
    int nested = 0;
    about.inside = [&] { nested = error_of(WSACleanup()); };
    const unique_socket server{ask_accept(listening, about)};
    CHECK(error_of(server.get()) == 0);
    CHECK(nested == WSAEINPROGRESS);
    send_text(client, "still here");
    CHECK(receive_text(server, 10) == "still here");
}

TEST_CASE("ACC-21 SO_CONDITIONAL_ACCEPT is stored, but not on a listening socket", "[api][accept][options]")
{
    const winsock started;
    const auto listening = tcp();
    set_option(listening, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1);
    CHECK(get_option(listening, SOL_SOCKET, SO_CONDITIONAL_ACCEPT) == 1);
    REQUIRE(bind_to(listening, loopback(AF_INET)) == 0);
    REQUIRE(error_of(listen(listening, 2)) == 0);
    const int off = 0;
    CHECK(error_of(setsockopt(listening, SOL_SOCKET, SO_CONDITIONAL_ACCEPT,
                              reinterpret_cast<const char*>(&off), sizeof off)) == WSAEINVAL);
    // The decision itself works as without the option.
    const auto client = connect_to_listener(listening);
    offer about;
    const unique_socket server{ask_accept(listening, about)};
    CHECK(error_of(server.get()) == 0);
    CHECK(about.calls == 1);
}
