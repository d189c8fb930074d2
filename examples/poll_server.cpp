// An echo server for any number of clients on one thread, which asks with WSAPoll, or with select, which sockets have
// something to do. Plain Winsock; answers to the pages "WSAPoll" and "select".
//   poll_server [--port N] [--size BYTES] [--connections N] [--select]
// It ends on Ctrl-C, or when N clients have come and gone.
#define FD_SETSIZE 1024  // clients that select() can watch here; Windows' default is 64

#include <winsock2.h>
#include <ws2tcpip.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

volatile std::sig_atomic_t stop_requested = 0;

extern "C" void request_stop(int)
{
    stop_requested = 1;
}

struct settings {
    unsigned short port = 7;
    int size = 4096;
    long connections = 0;
    bool use_select = false;
};

bool report(const char* what)
{
    std::fprintf(stderr, "%s failed with %d\n", what, WSAGetLastError());
    return false;
}

// What a client sent and has not got back yet: bytes [begin, end) of its buffer. While there are some nothing more is
// read from it, so a client that does not read holds up itself only.
struct client {
    std::unique_ptr<char[]> buffer;
    int begin = 0;
    int end = 0;
};

class poll_server {
public:
    explicit poll_server(const settings& wanted) : settings_(wanted) {}
    poll_server(const poll_server&) = delete;
    poll_server& operator=(const poll_server&) = delete;
    ~poll_server();

    bool listen_here();
    bool run();

private:
    static constexpr int look_for_stop_ms = 250;

    bool wait();
    bool wait_with_select();
    void accept_clients();
    bool serve(std::size_t index);
    bool send_rest(std::size_t index);
    void drop(std::size_t index);

    settings settings_;
    // Index 0 is the listener's; the client of sockets_[n] is clients_[n].
    std::vector<WSAPOLLFD> sockets_;
    std::vector<client> clients_;
    fd_set readable_;
    fd_set writable_;
    long gone_ = 0;
};

poll_server::~poll_server()
{
    for (const WSAPOLLFD& each : sockets_) {
        closesocket(each.fd);
    }
}

bool poll_server::listen_here()
{
    const SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (listener == INVALID_SOCKET) {
        return report("socket");
    }
    sockets_.push_back({listener, POLLRDNORM, 0});
    clients_.emplace_back();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(settings_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int size = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    u_long on = 1;
    if (bind(listener, name, size) != 0 || listen(listener, SOMAXCONN) != 0 ||
        ioctlsocket(listener, static_cast<long>(FIONBIO), &on) != 0 || getsockname(listener, name, &size) != 0) {
        return report("listening");
    }
    std::printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return true;
}

bool poll_server::run()
{
    while (stop_requested == 0 && (settings_.connections == 0 || gone_ < settings_.connections)) {
        if (!(settings_.use_select ? wait_with_select() : wait())) {
            return false;
        }
        // From the last on, so that one that is dropped has no unvisited one put in its place.
        for (std::size_t index = sockets_.size() - 1; index > 0; --index) {
            if (sockets_[index].revents != 0 && !serve(index)) {
                drop(index);
            }
        }
        if (sockets_[0].revents != 0) {
            accept_clients();
        }
    }
    return true;
}

bool poll_server::wait()
{
    const int ready = WSAPoll(sockets_.data(), static_cast<ULONG>(sockets_.size()), look_for_stop_ms);
    return ready != SOCKET_ERROR || report("WSAPoll");
}

// The same with select(): fills the sets, waits, and notes what it left in them as events.
bool poll_server::wait_with_select()
{
    readable_.fd_count = 0;
    writable_.fd_count = 0;
    for (const WSAPOLLFD& each : sockets_) {
        fd_set& set = each.events == POLLWRNORM ? writable_ : readable_;
        set.fd_array[set.fd_count++] = each.fd;  // FD_SET would look for duplicates
    }
    timeval limit{0, look_for_stop_ms * 1000};
    if (select(0, &readable_, &writable_, nullptr, &limit) == SOCKET_ERROR) {
        return report("select");
    }
    for (WSAPOLLFD& each : sockets_) {
        const bool is_ready = FD_ISSET(each.fd, each.events == POLLWRNORM ? &writable_ : &readable_) != 0;
        each.revents = is_ready ? each.events : static_cast<SHORT>(0);
    }
    return true;
}

void poll_server::accept_clients()
{
    while (!settings_.use_select || sockets_.size() < FD_SETSIZE) {
        const SOCKET fresh = accept(sockets_[0].fd, nullptr, nullptr);  // non-blocking as its listener
        if (fresh == INVALID_SOCKET) {
            return;  // WSAEWOULDBLOCK, or a client that has gone already
        }
        const int on = 1;
        setsockopt(fresh, IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&on), sizeof on);
        sockets_.push_back({fresh, POLLRDNORM, 0});
        clients_.emplace_back();
        clients_.back().buffer.reset(new char[static_cast<std::size_t>(settings_.size)]);
    }
}

// False: the client is done with.
bool poll_server::serve(std::size_t index)
{
    client& one = clients_[index];
    if (one.begin == one.end) {
        const int arrived = recv(sockets_[index].fd, one.buffer.get(), settings_.size, 0);
        if (arrived <= 0) {
            return arrived == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK;
        }
        one.begin = 0;
        one.end = arrived;
    }
    return send_rest(index);
}

bool poll_server::send_rest(std::size_t index)
{
    client& one = clients_[index];
    while (one.begin < one.end) {
        const int taken = send(sockets_[index].fd, one.buffer.get() + one.begin, one.end - one.begin, 0);
        if (taken == SOCKET_ERROR) {
            sockets_[index].events = POLLWRNORM;
            return WSAGetLastError() == WSAEWOULDBLOCK;
        }
        one.begin += taken;
    }
    sockets_[index].events = POLLRDNORM;
    return true;
}

void poll_server::drop(std::size_t index)
{
    closesocket(sockets_[index].fd);
    sockets_[index] = sockets_.back();
    sockets_.pop_back();
    clients_[index] = std::move(clients_.back());
    clients_.pop_back();
    ++gone_;
}

bool read_settings(int count, char** words, settings& wanted)
{
    for (int at = 1; at < count; ++at) {
        const std::string word = words[at];
        const bool has_value = at + 1 < count;
        if (word == "--select") {
            wanted.use_select = true;
        } else if (word == "--port" && has_value) {
            wanted.port = static_cast<unsigned short>(std::atoi(words[++at]));
        } else if (word == "--size" && has_value) {
            wanted.size = std::atoi(words[++at]);
        } else if (word == "--connections" && has_value) {
            wanted.connections = std::atol(words[++at]);
        } else {
            return false;
        }
    }
    return wanted.size > 0;
}

}  // namespace

int main(int argc, char** argv)
{
    settings wanted;
    if (!read_settings(argc, argv, wanted)) {
        std::fprintf(stderr, "usage: poll_server [--port N] [--size BYTES] [--connections N] [--select]\n");
        return 2;
    }
    std::signal(SIGINT, request_stop);
    WSADATA data;
    if (const int failure = WSAStartup(MAKEWORD(2, 2), &data); failure != 0) {
        std::fprintf(stderr, "WSAStartup failed with %d\n", failure);
        return 1;
    }
    bool served = false;
    {
        poll_server server(wanted);
        served = server.listen_here() && server.run();
    }
    WSACleanup();
    return served ? 0 : 1;
}
