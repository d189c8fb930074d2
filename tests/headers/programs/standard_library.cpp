// Winsock in a source file full of the standard library; std::bind, std::thread and members called select and
// send keep working.
#ifdef WINSOCK_LAST
#include <functional>
#include <thread>
#include <mutex>
#include <chrono>
#include <iostream>
#include <atomic>
#include <vector>
#include <string>
#include <algorithm>
#include <csignal>
#include <cerrno>
#include <unistd.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <winsock2.h>
#include <ws2tcpip.h>
#include <functional>
#include <thread>
#include <mutex>
#include <chrono>
#include <iostream>
#include <atomic>
#include <vector>
#include <string>
#include <algorithm>
#include <csignal>
#include <cerrno>
#include <unistd.h>
#endif

struct menu {
    int select(int entry) { return entry; }
    int send(int entry) { return entry; }
};

static_assert(sizeof(u_long) == 4 && sizeof(LONG) == 4 && sizeof(SOCKET) == sizeof(void *), "data model");
static_assert(sizeof(WCHAR) == 2 && static_cast<SOCKET>(-1) > 0, "data model");

int main()
{
    std::atomic<int> done(0);
    std::mutex guard;
    const SOCKET s = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP);
    auto later = std::bind(&menu::select, menu(), std::placeholders::_1);
    std::thread worker([&] { std::lock_guard<std::mutex> lock(guard); ++done; });
    worker.join();

    u_long narrow = 1;
    unsigned long wide = 1;
    ioctlsocket(s, FIONBIO, &narrow);
    ioctlsocket(s, FIONBIO, &wide);
    ioctlsocket(s, FIONREAD, nullptr);

    fd_set readers;
    FD_ZERO(&readers);
    FD_SET(s, &readers);
    timeval tv = {0, 1000};
    const struct timeval fixed = {1, 0};
    int ready = select(0, &readers, nullptr, nullptr, &tv);
    ready += select(0, &readers, NULL, NULL, NULL);
    ready += select(0, nullptr, nullptr, nullptr, &fixed);
    ready += ::select(0, NULL, &readers, NULL, &fixed);

    sockaddr_storage from;
    socklen_t size = sizeof(from);
    char text[64];
    recvfrom(s, text, sizeof(text), 0, reinterpret_cast<sockaddr *>(&from), &size);
    ::bind(s, reinterpret_cast<sockaddr *>(&from), size);
    gethostname(text, sizeof(text));
    errno = 0;
    std::vector<SOCKET> sockets(3, INVALID_SOCKET);
    std::cout << std::min<int>(ready, later(2)) << std::max(1, 2) << std::string(text) << sockets.size();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return closesocket(s) + menu().send(0) + done;
}
