// WSADuplicateSocket between two processes: this test program starts itself again as a holder of sockets that does what it
// is told. Answers to the pages "WSADuplicateSocketW" and "Shared Sockets in the SPI".
#include <array>
#include <cstring>
#include <memory>
#include <string>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"
#include "support/child_of_self.hpp"
#include "support/libc_peer.hpp"
#include "support/process_probe.hpp"

using namespace spindle::test;

namespace {

/// What the holder does with its one socket, and answers with a code and text.
enum class order : int { open, send, receive, close, get_option, set_option, name, bind, mode, select, enumerate, accept, cleanup };

struct frame {
    int number = 0;  ///< an order, or a code
    int value = 0;
    unsigned size = 0;
};

template <class Read>
bool read_frame(Read&& read, frame& head, std::string& text)
{
    if (!read(&head, sizeof head)) {
        return false;
    }
    text.resize(head.size);
    return text.empty() || read(text.data(), text.size());
}

std::string packed(const frame& head, const std::string& text)
{
    frame whole = head;
    whole.size = static_cast<unsigned>(text.size());
    std::string bytes(sizeof whole, '\0');
    std::memcpy(bytes.data(), &whole, sizeof whole);
    return bytes + text;
}

struct option_name {
    int level;
    int name;
};

// --- the holder's side

SOCKET held = INVALID_SOCKET;
WSAEVENT event_of_holder = WSA_INVALID_EVENT;

int open_held(std::string& text)
{
    WSAPROTOCOL_INFOW info{};
    std::memcpy(&info, text.data(), sizeof info);
    held = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED);
    text.clear();
    return error_of(held);
}

int option_of_held(order what, const frame& head, std::string& text)
{
    option_name which{};
    std::memcpy(&which, text.data(), sizeof which);
    if (what == order::set_option) {
        return error_of(setsockopt(held, which.level, which.name, text.data() + sizeof which,
                                   static_cast<int>(text.size() - sizeof which)));
    }
    int size = head.value;
    text.assign(static_cast<std::size_t>(size), '\0');
    return error_of(getsockopt(held, which.level, which.name, text.data(), &size));
}

int obey(const frame& head, std::string& text)
{
    const auto what = static_cast<order>(head.number);
    u_long on = static_cast<u_long>(head.value);
    WSANETWORKEVENTS news{};
    endpoint where = loopback(AF_INET);
    switch (what) {
    case order::open: return open_held(text);
    case order::send: return error_of(send(held, text.data(), static_cast<int>(text.size()), 0));
    case order::receive: {
        text.assign(static_cast<std::size_t>(head.value), '\0');
        const int got = recv(held, text.data(), head.value, 0);
        text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return error_of(got);
    }
    case order::close: return error_of(closesocket(held));
    case order::get_option:
    case order::set_option: return option_of_held(what, head, text);
    case order::name:
        where.length = sizeof where.storage;
        text.assign(1, '\0');
        if (const int code = error_of(getsockname(held, where.get(), &where.length)); code != 0) {
            return code;
        }
        text.assign(reinterpret_cast<const char*>(&where.storage), static_cast<std::size_t>(where.length));
        return 0;
    case order::bind: return bind_to(held, where);
    case order::mode: return error_of(ioctlsocket(held, static_cast<long>(FIONBIO), &on));
    case order::select:
        event_of_holder = event_of_holder == WSA_INVALID_EVENT ? WSACreateEvent() : event_of_holder;
        return error_of(WSAEventSelect(held, event_of_holder, head.value));
    case order::enumerate: {
        const int code = error_of(WSAEnumNetworkEvents(held, event_of_holder, &news));
        text = std::to_string(news.lNetworkEvents);
        return code;
    }
    case order::accept: {
        const SOCKET connection = accept(held, nullptr, nullptr);
        const int code = error_of(connection);
        if (code == 0) {
            send_text(connection, text);
            closesocket(connection);
        }
        return code;
    }
    case order::cleanup: return error_of(WSACleanup());
    }
    return -1;
}

// --- this side

struct answer {
    int code = -1;
    std::string text;
};

class holder {
public:
    holder() : child_({"[.holder]"}) {}

    answer tell(order what, int value = 0, const std::string& text = {})
    {
        const auto bytes = packed({static_cast<int>(what), value, 0}, text);
        frame head;
        answer got;
        if (child_.write(bytes.data(), bytes.size()) &&
            read_frame([&](void* data, std::size_t size) { return child_.read(data, size); }, head, got.text)) {
            got.code = head.number;
        }
        return got;
    }
    int give(const WSAPROTOCOL_INFOW& info)
    {
        return tell(order::open, 0, {reinterpret_cast<const char*>(&info), sizeof info}).code;
    }
    int give(SOCKET s) { return give(prepared(s)); }
    [[nodiscard]] WSAPROTOCOL_INFOW prepared(SOCKET s) const
    {
        WSAPROTOCOL_INFOW info{};
        REQUIRE(error_of(WSADuplicateSocketW(s, child_.process(), &info)) == 0);
        return info;
    }
    template <class Value>
    int set(int level, int name, const Value& value)
    {
        const option_name which{level, name};
        std::string text(sizeof which + sizeof value, '\0');
        std::memcpy(text.data(), &which, sizeof which);
        std::memcpy(text.data() + sizeof which, &value, sizeof value);
        return tell(order::set_option, 0, text).code;
    }
    template <class Value>
    Value get(int level, int name)
    {
        const option_name which{level, name};
        const auto got = tell(order::get_option, sizeof(Value), {reinterpret_cast<const char*>(&which), sizeof which});
        REQUIRE(got.code == 0);
        Value value{};
        std::memcpy(&value, got.text.data(), sizeof value);
        return value;
    }
    child_of_self& child() { return child_; }

private:
    child_of_self child_;
};

/// A connection of which the other end is the system's.
struct connection {
    connection() : socket(tcp())
    {
        REQUIRE(connect_to(socket, loopback(AF_INET, listening.port())) == 0);
        remote = listening.accept();
        REQUIRE(remote);
    }
    peer::listener listening;
    unique_socket socket;
    peer::connection remote;
};

bool goes_on(peer::connection& remote)
{
    return remote.wait_end(std::chrono::milliseconds{50}) == peer::ending::silent;
}

linger linger_of(SOCKET s)
{
    linger value{};
    int size = sizeof value;
    REQUIRE(error_of(getsockopt(s, SOL_SOCKET, SO_LINGER, reinterpret_cast<char*>(&value), &size)) == 0);
    return value;
}

}  // namespace

TEST_CASE("the holder", "[.holder]")
{
    const winsock started;
    frame head;
    std::string text;
    while (read_frame(read_from_parent, head, text)) {
        const int code = obey(head, text);
        const auto bytes = packed({code, 0, 0}, text);
        REQUIRE(write_to_parent(bytes.data(), bytes.size()));
    }
}

TEST_CASE("DUP-1, DUP-8, DUP-11 a connection goes to another process, whose close leaves it open here",
          "[api][duplicate][process]")
{
    const winsock started;
    connection made;
    holder other;
    REQUIRE(other.give(made.socket) == 0);
    made.remote.send_text("abcd");
    CHECK(other.tell(order::receive, 2).text == "ab");
    CHECK(receive_text(made.socket, 2) == "cd");
    CHECK(other.tell(order::send, 0, "there").code == 0);
    CHECK(made.remote.read_text(5) == "there");
    CHECK(other.tell(order::close).code == 0);
    CHECK(other.tell(order::send, 0, "x").code == WSAENOTSOCK);
    CHECK(goes_on(made.remote));
    send_text(made.socket, "here");
    CHECK(made.remote.read_text(4) == "here");
    made.socket.reset();
    CHECK(made.remote.wait_end() == peer::ending::finished);
}

TEST_CASE("DUP-11, DUP-14 the source may close before the other process opens; the last one to close ends it",
          "[api][duplicate][process]")
{
    const winsock started;
    connection made;
    holder other;
    const auto info = other.prepared(made.socket);
    reset_connection(made.socket);
    CHECK(goes_on(made.remote));
    REQUIRE(other.give(info) == 0);
    CHECK(other.tell(order::send, 0, "mine now").code == 0);
    CHECK(made.remote.read_text(8) == "mine now");
    CHECK(other.tell(order::close).code == 0);
    CHECK(made.remote.wait_end() == peer::ending::reset);
}

TEST_CASE("DUP-3, DUP-5 a token is for one process and one use", "[api][duplicate][process]")
{
    const winsock started;
    connection made;
    holder other;
    holder stranger;
    const auto info = other.prepared(made.socket);
    CHECK(stranger.give(info) == WSAEINVAL);
    WSAPROTOCOL_INFOW own = info;
    CHECK(error_of(WSASocketW(0, 0, 0, &own, 0, WSA_FLAG_OVERLAPPED)) == WSAEINVAL);
    auto damaged = info;
    damaged.dwProviderReserved ^= 0x400;
    CHECK(other.give(damaged) == WSAEINVAL);
    REQUIRE(other.give(info) == 0);
    CHECK(other.give(info) == WSAEINVAL);
}

TEST_CASE("DUP-8, DUP-9, DUP-6 two processes see the same names, options and mode of a socket",
          "[api][duplicate][process]")
{
    const winsock started;
    const auto source = tcp();
    set_option(source, SOL_SOCKET, SO_RCVTIMEO, 1234);
    set_option(source, IPPROTO_TCP, TCP_NODELAY, 1);
    holder other;
    REQUIRE(other.give(source) == 0);
    CHECK(other.get<int>(SOL_SOCKET, SO_RCVTIMEO) == 1234);
    CHECK(other.get<int>(IPPROTO_TCP, TCP_NODELAY) == 1);
    CHECK(other.get<int>(SOL_SOCKET, SO_TYPE) == SOCK_STREAM);
    CHECK(other.tell(order::name).code == WSAEINVAL);
    REQUIRE(bind_to(source, loopback(AF_INET)) == 0);
    const auto name = local_of(source);
    CHECK(other.tell(order::name).text ==
          std::string(reinterpret_cast<const char*>(&name.storage), static_cast<std::size_t>(name.length)));
    CHECK(other.set(SOL_SOCKET, SO_LINGER, linger{1, 9}) == 0);
    CHECK(linger_of(source).l_linger == 9);
    CHECK(other.set(SOL_SOCKET, SO_KEEPALIVE, 1) == 0);
    set_option(source, SOL_SOCKET, SO_SNDTIMEO, 77);
    CHECK(get_option(source, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(other.get<int>(SOL_SOCKET, SO_SNDTIMEO) == 77);
    CHECK(other.tell(order::mode, 1).code == 0);
    REQUIRE(error_of(listen(source, 4)) == 0);
    CHECK(error_of(accept(source, nullptr, nullptr)) == WSAEWOULDBLOCK);
    CHECK(other.tell(order::accept).code == WSAEWOULDBLOCK);
    const auto client = connect_to_listener(source);
    CHECK(eventually([&] { return other.tell(order::accept, 0, "accepted there").code == 0; }));
    CHECK(receive_text(client, 14) == "accepted there");
}

TEST_CASE("DUP-10 a registration in one process ends that in another", "[api][duplicate][process]")
{
    const winsock started;
    connection made;
    holder other;
    const WSAEVENT event = WSACreateEvent();
    REQUIRE(error_of(WSAEventSelect(made.socket, event, FD_READ)) == 0);
    REQUIRE(other.give(made.socket) == 0);
    CHECK(other.tell(order::mode, 0).code == WSAEINVAL);
    REQUIRE(other.tell(order::select, FD_READ).code == 0);
    made.remote.send_text("news");
    CHECK(eventually([&] { return other.tell(order::enumerate).text == std::to_string(FD_READ); }));
    CHECK(WSAWaitForMultipleEvents(1, &event, FALSE, 0, FALSE) == WSA_WAIT_TIMEOUT);
    WSANETWORKEVENTS news{};
    REQUIRE(error_of(WSAEnumNetworkEvents(made.socket, event, &news)) == 0);
    CHECK(news.lNetworkEvents == 0);
    REQUIRE(error_of(WSAEventSelect(made.socket, event, FD_READ)) == 0);
    CHECK(WSAWaitForMultipleEvents(1, &event, FALSE, 20'000, FALSE) == WSA_WAIT_EVENT_0);
    REQUIRE(error_of(WSAEventSelect(made.socket, nullptr, 0)) == 0);
    CHECK(other.tell(order::mode, 0).code == 0);
    CHECK(other.tell(order::receive, 4).text == "news");
    WSACloseEvent(event);
}

TEST_CASE("CLEAN-21, DUP-11 a cleanup in one process leaves what another holds", "[api][duplicate][process]")
{
    connection* made = nullptr;
    holder other;
    std::unique_ptr<connection> kept;
    peer::connection remote;
    {
        const winsock started;
        kept = std::make_unique<connection>();
        made = kept.get();
        REQUIRE(other.give(made->socket) == 0);
        (void)made->socket.release();
        remote = std::move(made->remote);
    }
    CHECK(goes_on(remote));
    CHECK(other.tell(order::send, 0, "still there").code == 0);
    CHECK(remote.read_text(11) == "still there");
    CHECK(other.tell(order::cleanup).code == 0);
    CHECK(remote.wait_end() == peer::ending::finished);
}

TEST_CASE("DUP-11 a process that is killed holds nothing any more", "[api][duplicate][process]")
{
    const winsock started;
    connection made;
    holder other;
    REQUIRE(other.give(made.socket) == 0);
    CHECK(other.tell(order::send, 0, "a").code == 0);
    other.child().kill();
    CHECK(made.remote.read_text(1) == "a");
    CHECK(goes_on(made.remote));
    reset_connection(made.socket);
    CHECK(made.remote.wait_end() == peer::ending::reset);
}

TEST_CASE("DUP-11, LING-1 what one process has queued goes out before another's close ends the connection",
          "[api][duplicate][process]")
{
    const winsock started;
    connection made;
    holder other;
    set_nonblocking(made.socket);
    const auto pattern = make_pattern(5, std::size_t{16} * 1024 * 1024);
    std::size_t sent = 0;
    for (;;) {
        const int taken = send(made.socket, pattern.data() + sent, static_cast<int>(std::size_t{1} << 20U), 0);
        if (taken < 0 || sent + static_cast<std::size_t>(taken) + (std::size_t{1} << 20U) > pattern.size()) {
            sent += taken > 0 ? static_cast<std::size_t>(taken) : 0;
            break;
        }
        sent += static_cast<std::size_t>(taken);
    }
    REQUIRE(other.give(made.socket) == 0);
    made.socket.reset();
    CHECK(other.tell(order::close).code == 0);
    CHECK(made.remote.read_to_end(5).is(peer::ending::finished, sent));
}

TEST_CASE("DUP-14 an offer that nobody takes ends with the cleanup, and leaves no descriptor",
          "[api][duplicate][process]")
{
    holder other;
    WSAPROTOCOL_INFOW info{};
    const auto before = descriptor_count();
    peer::connection remote;
    {
        const winsock started;
        connection made;
        info = other.prepared(made.socket);
        made.socket.reset();
        CHECK(goes_on(made.remote));
        remote = std::move(made.remote);
    }
    CHECK(remote.wait_end() == peer::ending::finished);
    remote.close();
    CHECK(other.give(info) == WSAEINVAL);
    CHECK(descriptor_count() == before);
}
