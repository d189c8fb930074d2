// AF_UNIX stream sockets through the API: paths, names, transfer, what is not offered. Answers to "AF_UNIX
// comes to Windows" and afunix.h.
#include <array>
#include <cstdio>
#include <cstring>
#include <string>

#include <afunix.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

/// A folder for socket files, removed with what is in it.
class socket_folder {
public:
    socket_folder()
    {
        char pattern[] = "/tmp/spindle-api-XXXXXX";
        REQUIRE(mkdtemp(pattern) != nullptr);
        path_ = pattern;
    }
    ~socket_folder()
    {
        for (const char* name : {"/a", "/b"}) {
            unlink((path_ + name).c_str());
        }
        rmdir(path_.c_str());
    }
    socket_folder(const socket_folder&) = delete;
    socket_folder& operator=(const socket_folder&) = delete;

    [[nodiscard]] std::string operator/(const char* name) const { return path_ + '/' + name; }

private:
    std::string path_;
};

endpoint at_path(const std::string& path)
{
    endpoint where;
    auto* name = reinterpret_cast<sockaddr_un*>(&where.storage);
    name->sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof name->sun_path);
    std::memcpy(name->sun_path, path.c_str(), path.size() + 1);
    where.length = sizeof(sockaddr_un);
    return where;
}

std::string path_of(const endpoint& where)
{
    return reinterpret_cast<const sockaddr_un*>(&where.storage)->sun_path;
}

unique_socket local()
{
    unique_socket made{socket(AF_UNIX, SOCK_STREAM, 0)};
    REQUIRE(error_of(made.get()) == 0);
    return made;
}

unique_socket local_listener(const std::string& path)
{
    auto made = local();
    REQUIRE(bind_to(made, at_path(path)) == 0);
    REQUIRE(error_of(listen(made, 4)) == 0);
    return made;
}

}  // namespace

TEST_CASE("ADR-6, SOCK-7 AF_UNIX offers streams with protocol 0 only", "[api][unix]")
{
    const winsock started;
    const auto made = local();
    CHECK(get_option(made, SOL_SOCKET, SO_TYPE) == SOCK_STREAM);
    const int datagram = error_of(socket(AF_UNIX, SOCK_DGRAM, 0));
    CHECK((datagram == WSAESOCKTNOSUPPORT || datagram == WSAEAFNOSUPPORT || datagram == WSAEPROTONOSUPPORT));
    CHECK(error_of(socket(AF_UNIX, SOCK_STREAM, IPPROTO_TCP)) == WSAEPROTONOSUPPORT);
}

TEST_CASE("ADR-6, XFR-37, ACC-2, CONN-1 data go both ways over a path", "[api][unix]")
{
    const winsock started;
    const socket_folder folder;
    const auto path = folder / "a";
    const auto listening = local_listener(path);
    auto client = local();
    REQUIRE(connect_to(client, at_path(path)) == 0);
    const auto server = accept_from(listening);
    send_text(client, "question");
    CHECK(receive_text(server, 8) == "question");
    send_text(server, "answer");
    CHECK(receive_text(client, 6) == "answer");
    CHECK(path_of(peer_of(client)) == path);
    CHECK(path_of(local_of(server)) == path);
    REQUIRE(error_of(shutdown(client, SD_SEND)) == 0);
    CHECK(receive_text(server, 1).empty());
    send_text(server, "tail");
    CHECK(receive_text(client, 4) == "tail");
    client.reset();
    CHECK(receive_text(server, 1).empty());
}

TEST_CASE("ADR-7, BIND-5 bind makes the file and refuses one that exists", "[api][unix]")
{
    const winsock started;
    const socket_folder folder;
    const auto path = folder / "a";
    auto listening = local_listener(path);
    CHECK(access(path.c_str(), F_OK) == 0);
    const auto second = local();
    CHECK(bind_to(second, at_path(path)) == WSAEADDRINUSE);
    CHECK(bind_to(listening, at_path(folder / "b")) == WSAEINVAL);
    // Closing leaves the file; the program deletes it.
    listening.reset();
    CHECK(access(path.c_str(), F_OK) == 0);
    CHECK(bind_to(second, at_path(path)) == WSAEADDRINUSE);
    REQUIRE(unlink(path.c_str()) == 0);
    CHECK(bind_to(second, at_path(path)) == 0);
}

TEST_CASE("T-ENO/ENOENT-AF_UNIX, CONN-8 connecting to a path without listener gives WSAECONNREFUSED",
          "[api][unix]")
{
    const winsock started;
    const socket_folder folder;
    const auto client = local();
    CHECK(connect_to(client, at_path(folder / "b")) == WSAECONNREFUSED);
    // A file whose socket is gone refuses as well.
    auto gone = local_listener(folder / "a");
    gone.reset();
    CHECK(connect_to(client, at_path(folder / "a")) == WSAECONNREFUSED);
    const auto listening = local_listener(folder / "b");
    CHECK(connect_to(client, at_path(folder / "b")) == 0);
}

TEST_CASE("BIND-1, CONN-2, LIST-1 names of local sockets are checked", "[api][unix]")
{
    const winsock started;
    const auto made = local();
    CHECK(error_of(bind(made, nullptr, sizeof(sockaddr_un))) == WSAEFAULT);
    CHECK(bind_to(made, loopback(AF_INET)) != 0);
    CHECK(error_of(listen(made, 1)) == WSAEINVAL);
    CHECK(error_of(send(made, "x", 1, 0)) == WSAENOTCONN);
    endpoint name;
    name.length = sizeof name.storage;
    CHECK(error_of(getsockname(made, name.get(), &name.length)) == WSAEINVAL);
    CHECK(error_of(getpeername(made, name.get(), &name.length)) == WSAENOTCONN);
}

TEST_CASE("XFR-44, XFR-17, ACC-2 nonblocking local sockets say WSAEWOULDBLOCK", "[api][unix]")
{
    const winsock started;
    const socket_folder folder;
    const auto listening = local_listener(folder / "a");
    set_nonblocking(listening);
    CHECK(error_of(accept(listening, nullptr, nullptr)) == WSAEWOULDBLOCK);
    const auto client = local();
    REQUIRE(connect_to(client, at_path(folder / "a")) == 0);
    set_nonblocking(client);
    char one = 0;
    CHECK(error_of(recv(client, &one, 1, 0)) == WSAEWOULDBLOCK);
    const std::string piece(100'000, 'p');
    int code = 0;
    for (int turn = 0; turn < 1000 && code == 0; ++turn) {
        const int sent = send(client, piece.data(), static_cast<int>(piece.size()), 0);
        code = error_of(sent);
        CHECK((code != 0 || sent == static_cast<int>(piece.size())));
    }
    CHECK(code == WSAEWOULDBLOCK);
}
