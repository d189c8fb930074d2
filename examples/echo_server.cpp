// An echo server for any number of clients, one thread each, that stops cleanly on Ctrl-C: it closes its
// sockets, which wakes every blocked accept and recv, joins its threads and calls WSACleanup. Plain Winsock;
// answers to the page "Getting started with Winsock".
#include <winsock2.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

volatile std::sig_atomic_t stop_requested = 0;

extern "C" void request_stop(int)
{
    stop_requested = 1;
}

struct client {
    SOCKET socket = INVALID_SOCKET;
    bool finished = false;
    std::thread thread;
};

class echo_server {
public:
    bool listen_on(unsigned short port);
    // Serves until request_stop() was called or, with `once`, until the first client has gone.
    void run(bool once);

private:
    void accept_clients(bool once);
    void serve(client& who);
    unsigned long long echo(SOCKET socket);
    void join_finished(bool all);

    SOCKET listener_ = INVALID_SOCKET;
    std::atomic<bool> done_{false};
    std::mutex mutex_;  // guards stopping_, clients_ and what is in them, but the threads
    bool stopping_ = false;
    std::list<client> clients_;
};

bool report(const char* what)
{
    std::fprintf(stderr, "%s failed with %d\n", what, WSAGetLastError());
    return false;
}

bool echo_server::listen_on(unsigned short port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int size = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    listener_ = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (listener_ == INVALID_SOCKET) {
        return report("socket");
    }
    if (bind(listener_, name, size) == SOCKET_ERROR) {
        return report("bind");
    }
    if (listen(listener_, SOMAXCONN) == SOCKET_ERROR) {
        return report("listen");
    }
    if (getsockname(listener_, name, &size) == SOCKET_ERROR) {
        return report("getsockname");
    }
    std::printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return true;
}

unsigned long long echo_server::echo(SOCKET socket)
{
    std::vector<char> buffer(64 * 1024);
    unsigned long long echoed = 0;
    for (;;) {
        const int received = recv(socket, buffer.data(), static_cast<int>(buffer.size()), 0);
        if (received <= 0) {
            return echoed;
        }
        // A blocking send takes all bytes or fails.
        if (send(socket, buffer.data(), received, 0) == SOCKET_ERROR) {
            return echoed;
        }
        echoed += static_cast<unsigned long long>(received);
    }
}

void echo_server::serve(client& who)
{
    const unsigned long long echoed = echo(who.socket);
    const std::lock_guard lock(mutex_);
    // When the server stops, it has closed the socket already, to wake this thread.
    if (who.socket != INVALID_SOCKET) {
        closesocket(who.socket);
        who.socket = INVALID_SOCKET;
    }
    who.finished = true;
    std::printf("client left, %llu bytes echoed\n", echoed);
    std::fflush(stdout);
}

void echo_server::accept_clients(bool once)
{
    for (;;) {
        sockaddr_in peer{};
        int size = sizeof peer;
        const SOCKET accepted = accept(listener_, reinterpret_cast<sockaddr*>(&peer), &size);
        if (accepted == INVALID_SOCKET) {
            break;
        }
        std::printf("client from port %d\n", ntohs(peer.sin_port));
        std::fflush(stdout);
        join_finished(false);
        client* joined = nullptr;
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) {
                closesocket(accepted);
                break;
            }
            joined = &clients_.emplace_back();
            joined->socket = accepted;
        }
        joined->thread = std::thread([this, joined] { serve(*joined); });
        if (once) {
            joined->thread.join();
            break;
        }
    }
    done_ = true;
}

// Only the accepting thread, or the main one after it, adds and removes clients.
void echo_server::join_finished(bool all)
{
    for (auto at = clients_.begin(); at != clients_.end();) {
        bool finished = false;
        {
            const std::lock_guard lock(mutex_);
            finished = at->finished;
        }
        if (all || finished) {
            if (at->thread.joinable()) {
                at->thread.join();
            }
            const std::lock_guard lock(mutex_);
            at = clients_.erase(at);
        } else {
            ++at;
        }
    }
}

void echo_server::run(bool once)
{
    std::thread acceptor([this, once] { accept_clients(once); });
    while (stop_requested == 0 && !done_) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    std::printf("stopping\n");
    closesocket(listener_);
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (client& who : clients_) {
            if (who.socket != INVALID_SOCKET) {
                closesocket(who.socket);
                who.socket = INVALID_SOCKET;
            }
        }
    }
    acceptor.join();
    join_finished(true);
}

}  // namespace

int main(int argc, char* argv[])
{
    unsigned short port = 7007;
    bool once = false;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--once") {
            once = true;
        } else if (argument == "--port" && i + 1 < argc) {
            port = static_cast<unsigned short>(std::atoi(argv[++i]));
        } else {
            std::fprintf(stderr, "usage: echo_server [--port N] [--once]\n");
            return 2;
        }
    }
    std::signal(SIGINT, request_stop);
    std::signal(SIGTERM, request_stop);

    WSADATA data;
    if (const int error = WSAStartup(MAKEWORD(2, 2), &data); error != 0) {
        std::fprintf(stderr, "WSAStartup failed with %d\n", error);
        return 1;
    }
    echo_server server;
    const bool listening = server.listen_on(port);
    if (listening) {
        server.run(once);
    }
    // Also finishes what clients have not been sent yet.
    const bool cleaned = WSACleanup() == 0;
    std::printf("stopped\n");
    return listening && cleaned ? 0 : 1;
}
