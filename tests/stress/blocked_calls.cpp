// One table of call kinds: how its socket is prepared, and the call. See blocked_calls.hpp.
#include "blocked_calls.hpp"

#include <stdexcept>

#include "peer_process.hpp"
#include "streams.hpp"
#include "support/eventually.hpp"
#include "support/process_probe.hpp"

namespace spindle::stress {

namespace {

constexpr unsigned short linger_seconds = 2;
constexpr int large = 16 * 1024 * 1024;  // more than the system takes from a peer that does not read

int last_error_unless(bool succeeded)
{
    return succeeded ? 0 : WSAGetLastError();
}

SOCKET deaf_stream(const peer_process& peer, std::uint32_t length = 0)
{
    const SOCKET made = start_stream(peer.data_port(), {reader_kind::deaf, 1, length, 4096});
    set_nonblocking(made, false);
    return made;
}

int send_much(SOCKET socket, bool with_address)
{
    const std::vector<char> bytes(large, 'x');
    const sockaddr_in ignored = loopback_address(9);
    const auto* const name = reinterpret_cast<const sockaddr*>(&ignored);
    const int sent = with_address ? sendto(socket, bytes.data(), large, 0, name, sizeof ignored)
                                  : send(socket, bytes.data(), large, 0);
    return last_error_unless(sent != SOCKET_ERROR);
}

int receive(SOCKET socket)
{
    char bytes[64];
    return last_error_unless(recv(socket, bytes, sizeof bytes, 0) != SOCKET_ERROR);
}

struct kind_of_call {
    const char* name;
    SOCKET (*prepare)(const peer_process& peer);
    int (*call)(SOCKET socket, unsigned short full_port);
};

constexpr kind_of_call kinds[] = {
    {"accept", [](const peer_process&) { return listen_on_loopback(2).socket; },
     [](SOCKET socket, unsigned short) {
         return last_error_unless(accept(socket, nullptr, nullptr) != INVALID_SOCKET);
     }},
    {"connect", [](const peer_process&) { return ::socket(AF_INET, SOCK_STREAM, IPPROTO_TCP); },
     [](SOCKET socket, unsigned short full_port) {
         const sockaddr_in address = loopback_address(full_port);
         const auto* const name = reinterpret_cast<const sockaddr*>(&address);
         return last_error_unless(connect(socket, name, sizeof address) == 0);
     }},
    {"recv", [](const peer_process& peer) { return deaf_stream(peer); },
     [](SOCKET socket, unsigned short) { return receive(socket); }},
    {"recvfrom",
     [](const peer_process&) {
         sockaddr_in address{};
         return bound_udp(address);
     },
     [](SOCKET socket, unsigned short) {
         char bytes[64];
         sockaddr_in from{};
         int size = sizeof from;
         auto* const name = reinterpret_cast<sockaddr*>(&from);
         return last_error_unless(recvfrom(socket, bytes, sizeof bytes, 0, name, &size) != SOCKET_ERROR);
     }},
    {"send", [](const peer_process& peer) { return deaf_stream(peer, large); },
     [](SOCKET socket, unsigned short) { return send_much(socket, false); }},
    {"sendto", [](const peer_process& peer) { return deaf_stream(peer, large); },
     [](SOCKET socket, unsigned short) { return send_much(socket, true); }},
    {"recv with a time-out",
     [](const peer_process& peer) {
         const SOCKET made = deaf_stream(peer);
         set_number(made, SO_RCVTIMEO, 60'000);
         return made;
     },
     [](SOCKET socket, unsigned short) { return receive(socket); }},
    // Last, because its time runs from the call on.
    {"closesocket",
     [](const peer_process& peer) {
         const SOCKET made = deaf_stream(peer, 1024 * 1024);
         set_linger(made, 1, linger_seconds);
         return made;
     },
     [](SOCKET socket, unsigned short) { return last_error_unless(closesocket(socket) == 0); }},
};

void require_blocked(const blocked_calls& calls, std::size_t how_many_of_the_last)
{
    for (std::size_t i = calls.size() - how_many_of_the_last; i < calls.size(); ++i) {
        const blocked_call& call = *calls[i];
        if (!spindle::test::eventually([&] { return call.is_done() || call.is_blocked(); })
            || call.is_done()) {
            throw std::runtime_error(call.kind() + " does not block");
        }
    }
}

}  // namespace

blocked_call::blocked_call(std::string kind, SOCKET socket, std::function<int()> call)
    : kind_(std::move(kind)),
      socket_(socket),
      thread_([this, call = std::move(call)] {
          thread_number_ = spindle::test::this_thread_number();
          code_ = call();
          done_ = true;
      })
{
}

bool blocked_call::is_blocked() const
{
    return thread_number_ != 0 && !done_ && spindle::test::thread_sleeps(thread_number_);
}

int blocked_call::join()
{
    thread_.join();
    return code_;
}

blocked_calls start_blocked_calls(const peer_process& peer, int each)
{
    struct prepared {
        const kind_of_call* kind;
        SOCKET socket;
    };
    std::vector<prepared> sockets;
    for (const kind_of_call& kind : kinds) {
        for (int i = 0; i < each; ++i) {
            sockets.push_back({&kind, kind.prepare(peer)});
            require_call(kind.name, sockets.back().socket != INVALID_SOCKET);
        }
    }
    blocked_calls started;
    for (const prepared& one : sockets) {
        const auto call = [one, port = peer.full_port()] { return one.kind->call(one.socket, port); };
        started.push_back(std::make_unique<blocked_call>(one.kind->name, one.socket, call));
        // Kind after kind, so that the lingering ones have been waiting for a short time only.
        if (started.size() % static_cast<std::size_t>(each) == 0) {
            require_blocked(started, static_cast<std::size_t>(each));
        }
    }
    return started;
}

}  // namespace spindle::stress
