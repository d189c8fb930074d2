// The built-in transport over real loopback sockets, as its tests use it: a transport, a pair that is connected, transfers in
// one line.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>

#include "spindle/transport.hpp"
#include "support/catch.hpp"

namespace spindle::test {

using namespace std::chrono_literals;


inline constexpr auto patience = 10s;

struct world {
    std::unique_ptr<transport> net = make_system_transport();
    std::unique_ptr<interrupter> wake = net->make_interrupter();

    std::unique_ptr<lower_socket> open(address_family family, socket_type type = socket_type::stream)
    {
        auto opened = net->open({family, type, 0}, false);
        REQUIRE(opened);
        return std::move(*opened);
    }
    readiness wait(lower_socket& socket, readiness wanted)
    {
        return socket.wait(wanted, *wake, clock::now() + patience);
    }
    std::unique_ptr<lower_socket> listener(const socket_address& local)
    {
        auto socket = open(local.family());
        REQUIRE(socket->bind(local));
        REQUIRE(socket->listen(16));
        return socket;
    }
};

struct connected : world {
    std::unique_ptr<lower_socket> accepting;
    std::unique_ptr<lower_socket> client;
    std::unique_ptr<lower_socket> server;

    explicit connected(address_family family = address_family::ipv4)
        : connected(socket_address::loopback(family))
    {}
    explicit connected(const socket_address& local)
    {
        accepting = listener(local);
        client = open(local.family());
        const auto begun = client->connect(*accepting->local_address());
        REQUIRE((begun || begun.error() == errc::would_block));
        REQUIRE(has_any(wait(*client, readiness::writable), readiness::writable));
        REQUIRE(client->connect_result());
        REQUIRE(has_any(wait(*accepting, readiness::readable), readiness::readable));
        auto taken = accepting->accept();
        REQUIRE(taken);
        server = std::move(taken->socket);
    }
};

inline result<std::size_t> send(lower_socket& socket, std::string_view text, const socket_address* to = nullptr,
                         transfer_flags flags = transfer_flags::none)
{
    const const_buffer one{text.data(), text.size()};
    return socket.send({&one, 1}, flags, to);
}

struct taken {
    std::string text;
    std::error_code error;
    bool truncated = false;
    socket_address from;
};

inline taken receive(lower_socket& socket, std::size_t size = 256, transfer_flags flags = transfer_flags::none)
{
    taken what;
    what.text.resize(size);
    const mutable_buffer one{what.text.data(), size};
    const auto outcome = socket.receive({&one, 1}, flags, &what.from);
    what.text.resize(outcome ? outcome->bytes : 0);
    what.error = outcome.error();
    what.truncated = outcome && outcome->truncated;
    return what;
}

inline std::string path_in_tmp(const char* name)
{
    return (std::filesystem::temp_directory_path() / (name + std::to_string(::getpid()))).string();
}

template <class Condition>
bool eventually(Condition condition)
{
    const auto deadline = clock::now() + patience;
    while (!condition()) {
        if (clock::now() > deadline) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

}  // namespace spindle::test
