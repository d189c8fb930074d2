// What a call costs that does nothing: getsockopt(SO_TYPE), which ends in the provider without a system call,
// over one socket and over many. Shows the way from the handle through the host's table to the provider's
// socket and back.
#include "net.hpp"

#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

namespace {

constexpr long calls = 2'000'000;

/// Nanoseconds a call; negative when one failed.
double measure(const std::vector<net::handle>& sockets)
{
    const auto begin = std::chrono::steady_clock::now();
    std::size_t next = 0;
    for (long i = 0; i < calls; ++i) {
        int type = 0;
        net::length size = sizeof type;
        if (getsockopt(sockets[next], SOL_SOCKET, SO_TYPE, reinterpret_cast<char*>(&type), &size) != 0
            || type != SOCK_STREAM) {
            return -1;
        }
        next = next + 1 == sockets.size() ? 0 : next + 1;
    }
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - begin;
    return taken.count() / static_cast<double>(calls);
}

double measure_in_threads(const std::vector<net::handle>& sockets, int count)
{
    std::vector<double> results(static_cast<std::size_t>(count));
    std::vector<std::thread> threads;
    for (double& result : results) {
        threads.emplace_back([&result, &sockets] { result = measure(sockets); });
    }
    double sum = 0;
    for (std::size_t i = 0; i < threads.size(); ++i) {
        threads[i].join();
        sum += results[i];
    }
    return sum / count;
}

}  // namespace

int main()
{
    if (!net::start()) {
        return 2;
    }
    std::vector<net::handle> sockets;
    for (int i = 0; i < 1000; ++i) {
        sockets.push_back(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
    }
    const std::vector<net::handle> first{sockets.front()};
    std::printf("%s getsockopt(SO_TYPE), ns a call: one socket %.1f, 1000 sockets %.1f, two threads %.1f\n",
                net::kind, measure(first), measure(sockets), measure_in_threads(sockets, 2));
    for (const net::handle socket : sockets) {
        net::close(socket);
    }
    return net::stop() ? 0 : 2;
}
