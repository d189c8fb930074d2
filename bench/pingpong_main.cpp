// Blocking ping-pong and one-way stream over loopback TCP, between two processes. Built twice: over Winsock
// with Spindle, and over the system's sockets; compare.py runs both and prints the ratio.
//   serve            prints its port, serves one connection and ends
//   run PORT ping|stream COUNT SIZE   sends COUNT messages of SIZE bytes; prints what it took as one JSON
//   line
#include "net.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

bool receive_whole(net::handle socket, char* data, std::size_t size)
{
    for (std::size_t at = 0; at < size;) {
        const long got = net::receive(socket, data + at, size - at);
        if (got <= 0) {
            return false;
        }
        at += static_cast<std::size_t>(got);
    }
    return true;
}

bool send_whole(net::handle socket, const char* data, std::size_t size)
{
    for (std::size_t at = 0; at < size;) {
        const long sent = net::send(socket, data + at, size - at);
        if (sent <= 0) {
            return false;
        }
        at += static_cast<std::size_t>(sent);
    }
    return true;
}

/// What the client says first.
struct order {
    char mode[8];
    unsigned size;
};

int serve()
{
    unsigned short port = 0;
    const net::handle listener = net::listen_on_loopback(1, port);
    std::printf("%d\n", port);
    std::fflush(stdout);
    const net::handle socket = accept(listener, nullptr, nullptr);
    order wanted{};
    if (!net::is_valid(socket) || !receive_whole(socket, reinterpret_cast<char*>(&wanted), sizeof wanted)) {
        return 1;
    }
    net::set_no_delay(socket);
    std::vector<char> buffer(wanted.size);
    if (std::strcmp(wanted.mode, "ping") == 0) {
        while (receive_whole(socket, buffer.data(), buffer.size())
               && send_whole(socket, buffer.data(), buffer.size())) {
        }
    } else {
        while (net::receive(socket, buffer.data(), buffer.size()) > 0) {
        }
        send_whole(socket, "!", 1);
    }
    net::close(socket);
    net::close(listener);
    return 0;
}

bool exchange(net::handle socket, const std::string& mode, long count, std::vector<char>& buffer)
{
    for (long i = 0; i < count; ++i) {
        if (!send_whole(socket, buffer.data(), buffer.size())
            || (mode == "ping" && !receive_whole(socket, buffer.data(), buffer.size()))) {
            return false;
        }
    }
    char acknowledged = 0;
    return mode == "ping"
           || (shutdown(socket, net::send_side) == 0 && receive_whole(socket, &acknowledged, 1));
}

int run(unsigned short port, const std::string& mode, long count, std::size_t size)
{
    bool good = false;
    const net::handle socket = net::connect_to_loopback(port, good);
    if (!good) {
        std::fprintf(stderr, "cannot connect\n");
        return 1;
    }
    net::set_no_delay(socket);
    order wanted{};
    std::snprintf(wanted.mode, sizeof wanted.mode, "%s", mode.c_str());
    wanted.size = static_cast<unsigned>(size);
    std::vector<char> buffer(size, 'b');
    good = send_whole(socket, reinterpret_cast<const char*>(&wanted), sizeof wanted);
    const auto begin = std::chrono::steady_clock::now();
    good = good && exchange(socket, mode, count, buffer);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    net::close(socket);
    std::printf("{\"kind\":\"%s\",\"mode\":\"%s\",\"messages\":%ld,\"size\":%zu,\"seconds\":%.9f}\n",
                net::kind, mode.c_str(), count, size, taken.count());
    return good ? 0 : 1;
}

}  // namespace

int main(int argc, char* argv[])
{
    const bool serving = argc == 2 && std::strcmp(argv[1], "serve") == 0;
    const bool running = argc == 6 && std::strcmp(argv[1], "run") == 0;
    if ((!serving && !running) || !net::start()) {
        std::fprintf(stderr, "usage: pingpong serve | run PORT ping|stream COUNT SIZE\n");
        return 2;
    }
    const int code = serving ? serve()
                             : run(static_cast<unsigned short>(std::atoi(argv[2])), argv[3],
                                   std::atol(argv[4]), static_cast<std::size_t>(std::atol(argv[5])));
    return net::stop() ? code : 1;
}
