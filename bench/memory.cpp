// User memory of idle connected sockets: how much malloc has handed out for 500 connections, both ends in
// this process, divided by their 1000 sockets; host and provider together. Then the same with every socket at a
// completion port and one receive posted. With --check it fails above 2 KiB a socket. Single-threaded on purpose:
// mallinfo2 counts the main arena only.
#include "net.hpp"

#include <windows.h>

#include <cstdio>
#include <cstring>
#include <malloc.h>
#include <vector>

namespace {

constexpr int connections = 500;
constexpr double limit_bytes = 2048;

struct pair {
    net::handle near_end;
    net::handle far_end;
};

std::size_t heap_in_use()
{
    const auto info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

bool connect_pairs(net::handle listener, unsigned short port, std::vector<pair>& pairs, int count)
{
    bool good = true;
    for (int i = 0; i < count && good; ++i) {
        const net::handle near_end = net::connect_to_loopback(port, good);
        if (good) {
            const net::handle far_end = accept(listener, nullptr, nullptr);
            good = net::is_valid(far_end);
            pairs.push_back({near_end, far_end});
        }
    }
    return good;
}

bool exchange_a_little(const std::vector<pair>& pairs)
{
    char byte = 'x';
    for (const pair& one : pairs) {
        if (net::send(one.near_end, &byte, 1) != 1 || net::receive(one.far_end, &byte, 1) != 1) {
            return false;
        }
    }
    return true;
}

/// The client's part of a posted receive, which is not counted.
struct posted_receive {
    OVERLAPPED overlapped{};
    char buffer[64];
};

bool post_receives(const std::vector<pair>& pairs, HANDLE port, std::vector<posted_receive>& posted)
{
    auto next = posted.begin();
    const auto post = [&](net::handle socket) {
        WSABUF buffer{sizeof next->buffer, next->buffer};
        DWORD flags = 0;
        const bool done = CreateIoCompletionPort(reinterpret_cast<HANDLE>(socket), port, 0, 0) != nullptr &&
                          (WSARecv(socket, &buffer, 1, nullptr, &flags, &next->overlapped, nullptr) == 0 ||
                           WSAGetLastError() == WSA_IO_PENDING);
        ++next;
        return done;
    };
    for (const pair& one : pairs) {
        if (!post(one.near_end) || !post(one.far_end)) {
            return false;
        }
    }
    return true;
}

double bytes_each(std::size_t before)
{
    return static_cast<double>(heap_in_use() - before) / (2.0 * connections);
}

}  // namespace

int main(int argc, char* argv[])
{
    const bool check = argc > 1 && std::strcmp(argv[1], "--check") == 0;
    unsigned short port = 0;
    if (!net::start()) {
        return 2;
    }
    const net::handle listener = net::listen_on_loopback(connections, port);
    std::vector<pair> warm;
    std::vector<pair> pairs;
    pairs.reserve(connections);
    // The first sockets pay for what all share.
    bool good = connect_pairs(listener, port, warm, 4) && exchange_a_little(warm);
    const std::size_t before = heap_in_use();
    good = good && connect_pairs(listener, port, pairs, connections) && exchange_a_little(pairs);
    const double idle = bytes_each(before);
    if (!good) {
        std::fprintf(stderr, "only %zu of %d connections came about\n", pairs.size(), connections);
        return 2;
    }
    const HANDLE completions = CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0);
    std::vector<posted_receive> warm_receives(2 * warm.size());
    std::vector<posted_receive> receives(2 * pairs.size());
    good = post_receives(warm, completions, warm_receives);
    const std::size_t before_receives = heap_in_use();
    good = good && post_receives(pairs, completions, receives);
    const double receiving = idle + bytes_each(before_receives);
    if (!good) {
        std::fprintf(stderr, "a receive could not be posted: %d\n", WSAGetLastError());
        return 2;
    }
    std::printf("%.0f bytes of user memory for each of %d idle connected sockets, %.0f with a receive posted at a "
                "completion port (limit %.0f)\n",
                idle, 2 * connections, receiving, limit_bytes);
    for (const pair& one : pairs) {
        net::close(one.near_end);
        net::close(one.far_end);
    }
    CloseHandle(completions);
    if (!net::stop()) {
        return 2;
    }
    return check && receiving > limit_bytes ? 1 : 0;
}
