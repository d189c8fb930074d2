// Overlapped requests posted, cancelled and closed at random by many threads, with ports, events and routines mixed; and
// the last cleanup with thousands of requests pending. Answers to "Overlapped I/O", "CancelIoEx" and "WSACleanup".
#include "streams.hpp"

#include <mswsock.h>

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "growth.hpp"
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "watchdog.hpp"

namespace {

using namespace spindle::stress;
using spindle::test::eventually;

constexpr unsigned random_seed = 20'261;
constexpr std::uint64_t status_pending = 0x103;

HANDLE as_handle(SOCKET socket)
{
    return reinterpret_cast<HANDLE>(socket);
}

enum class channel { packet, event, routine };
enum class work { receive, send, accept };

constexpr std::size_t small_bytes = 64;
constexpr std::size_t large_bytes = std::size_t{64} * 1024;
std::array<char, large_bytes> outgoing{};  // sends only read

std::atomic<long> started_requests{0};
std::atomic<long> told_requests{0};

/// Kept until everything has ended, so that a second completion is seen. The OVERLAPPED comes first.
struct request {
    explicit request(channel how_told) : how(how_told)
    {
        if (how == channel::event) {
            event = CreateEventW(nullptr, FALSE, FALSE, nullptr);
            // The low bit: on a socket with a port the event alone tells.
            overlapped.hEvent = reinterpret_cast<HANDLE>(reinterpret_cast<std::uintptr_t>(event) | 1);
        }
    }
    request(const request&) = delete;
    request& operator=(const request&) = delete;
    ~request()
    {
        close_target();
        if (event != nullptr) {
            CloseHandle(event);
        }
    }

    void tell(channel by)
    {
        ++told;
        wrong_channel = wrong_channel || by != how || settled() == status_pending;
        close_target();
        ++told_requests;
    }
    [[nodiscard]] std::uint64_t settled() const noexcept
    {
        return std::atomic_ref(const_cast<decltype(overlapped.Internal)&>(overlapped.Internal)).load();
    }
    void close_target()
    {
        if (const SOCKET old = target.exchange(INVALID_SOCKET); old != INVALID_SOCKET) {
            closesocket(old);
        }
    }

    OVERLAPPED overlapped{};
    const channel how;
    HANDLE event = nullptr;
    bool started = false;
    const std::thread::id poster = std::this_thread::get_id();
    std::atomic<int> told{0};
    std::atomic<bool> wrong_channel{false};
    std::atomic<SOCKET> target{INVALID_SOCKET};
    std::array<char, small_bytes> bytes{};
};

request& request_of(OVERLAPPED* overlapped)
{
    return *reinterpret_cast<request*>(overlapped);
}

void CALLBACK tell_by_routine(DWORD, DWORD, LPWSAOVERLAPPED overlapped, DWORD)
{
    request& done = request_of(overlapped);
    done.wrong_channel = done.wrong_channel || done.poster != std::this_thread::get_id();
    done.tell(channel::routine);
}

/// Takes what is queued at the port; how many packets that were.
int take_packets(HANDLE port)
{
    int count = 0;
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    for (OVERLAPPED* done = nullptr;; ++count) {
        GetQueuedCompletionStatus(port, &bytes, &key, &done, 0);
        if (done == nullptr) {
            return count;
        }
        request_of(done).tell(channel::packet);
    }
}

/// Posts the request on the socket, whatever that is just now; true when it started.
bool post(request& fresh, work what, SOCKET socket, std::size_t size)
{
    WSABUF buffer{small_bytes, fresh.bytes.data()};
    const auto routine = fresh.how == channel::routine ? &tell_by_routine : nullptr;
    DWORD flags = 0;
    bool done = false;
    if (what == work::receive) {
        done = WSARecv(socket, &buffer, 1, nullptr, &flags, &fresh.overlapped, routine) == 0;
    } else if (what == work::send) {
        buffer = {static_cast<ULONG>(size), outgoing.data()};
        done = WSASend(socket, &buffer, 1, nullptr, 0, &fresh.overlapped, routine) == 0;
    } else {
        const SOCKET target = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, WSA_FLAG_OVERLAPPED);
        fresh.target = target;
        DWORD received = 0;
        constexpr DWORD room = sizeof(sockaddr_in) + 16;
        static thread_local std::array<char, 2 * room> unread;  // of all requests of the thread: nobody looks
        done = AcceptEx(socket, target, unread.data(), 0, room, room, &received, &fresh.overlapped) != FALSE;
    }
    fresh.started = done || WSAGetLastError() == WSA_IO_PENDING;
    if (fresh.started) {
        ++started_requests;
    } else {
        fresh.close_target();
    }
    return fresh.started;
}

/// A socket that anybody may close and replace. With a port it is used under the lock, because a request told by packet
/// must not reach a socket without one when the handle comes again.
struct slot {
    std::shared_mutex mutex;
    std::atomic<SOCKET> socket{INVALID_SOCKET};
    bool ported = false;
};

class arena {
public:
    explicit arena(HANDLE port) : port_(port), slots_(500), through_(listen_on_loopback(200))
    {
        for (std::size_t index = 0; index < slots_.size(); ++index) {
            slots_[index].ported = index % 2 == 0;
        }
    }

    /// Both ends of a new connection, a new datagram socket or a new listener take the places of old sockets.
    void renew(std::mt19937& random)
    {
        sockaddr_in address{};
        switch (random() % 4) {
        case 0:
            replace(random, bound_udp(address));
            break;
        case 1:
            replace(random, listen_on_loopback(5).socket);
            break;
        default: {
            const std::lock_guard lock(connecting_);
            const socket_pair made = connect_pair(through_);
            set_linger(made.near_end, 1, 0);
            set_linger(made.far_end, 1, 0);
            replace(random, made.near_end);
            replace(random, made.far_end);
        }
        }
    }
    slot& any(std::mt19937& random) { return slots_[random() % slots_.size()]; }
    void close_all()
    {
        for (slot& each : slots_) {
            put(each, INVALID_SOCKET);
        }
        closesocket(through_.socket);
    }

private:
    void replace(std::mt19937& random, SOCKET fresh)
    {
        slot& place = any(random);
        if (place.ported) {
            CreateIoCompletionPort(as_handle(fresh), port_, 1, 0);
        }
        put(place, fresh);
    }
    static void put(slot& place, SOCKET fresh)
    {
        std::unique_lock lock(place.mutex, std::defer_lock);
        if (place.ported) {
            lock.lock();
        }
        if (const SOCKET old = place.socket.exchange(fresh); old != INVALID_SOCKET) {
            closesocket(old);
        }
    }

    HANDLE port_;
    std::vector<slot> slots_;
    std::mutex connecting_;
    listening through_;
};

class poster {
public:
    poster(arena& sockets, HANDLE port, unsigned seed) : sockets_(sockets), port_(port), random_(seed) {}

    void run(std::chrono::steady_clock::time_point until)
    {
        constexpr std::size_t most = scaled(12'000, 4'000);
        while (requests_.size() < most && std::chrono::steady_clock::now() < until) {
            const auto choice = random_() % 32;
            if (choice == 0) {
                sockets_.renew(random_);
            } else if (choice < 4) {
                cancel();
            } else {
                post_one();
            }
            if (choice % 4 == 0) {
                collect();
            }
        }
    }
    /// Until every started request was told of, on whatever thread.
    bool drain()
    {
        return eventually([this] {
            collect();
            return told_requests >= started_requests;
        });
    }
    /// True when nothing comes any more and each request was told of once if it had started, else not at all.
    bool all_told_once()
    {
        bool good = SleepEx(0, TRUE) == 0 && take_packets(port_) == 0;
        for (const auto& each : requests_) {
            const bool quiet = each->event == nullptr || WaitForSingleObject(each->event, 0) == WAIT_TIMEOUT;
            const bool counted = each->told == (each->started ? 1 : 0);
            good = good && quiet && counted && !each->wrong_channel &&
                   (!each->started || each->settled() != status_pending);
        }
        return good;
    }

private:
    void post_one()
    {
        slot& place = sockets_.any(random_);
        std::shared_lock lock(place.mutex, std::defer_lock);
        auto how = random_() % 2 == 0 ? channel::event : channel::routine;
        if (place.ported) {
            lock.lock();
            how = random_() % 3 == 0 ? channel::event : channel::packet;
        }
        auto what = random_() % 3 == 0 ? work::send : work::receive;
        if (how != channel::routine && random_() % 12 == 0) {
            what = work::accept;
        }
        request& fresh = *requests_.emplace_back(std::make_unique<request>(how));
        const std::size_t size = random_() % 2 == 0 ? small_bytes : large_bytes;
        if (post(fresh, what, place.socket, size) && how == channel::event) {
            waiting_.push_back(&fresh);
        }
        if (what == work::accept && random_() % 4 == 0) {
            fresh.close_target();
        }
    }
    void cancel()
    {
        slot& place = sockets_.any(random_);
        OVERLAPPED* which = nullptr;
        if (random_() % 2 == 0 && !requests_.empty()) {
            which = &requests_[random_() % requests_.size()]->overlapped;
        }
        CancelIoEx(as_handle(place.socket), which);
    }
    void collect()
    {
        SleepEx(0, TRUE);
        take_packets(port_);
        for (std::size_t turn = waiting_.size(); turn > 0; --turn) {
            request& first = *waiting_.front();
            waiting_.pop_front();
            if (WaitForSingleObject(first.event, 0) == WAIT_OBJECT_0) {
                first.tell(channel::event);
            } else {
                waiting_.push_back(&first);
            }
        }
    }

    arena& sockets_;
    HANDLE port_;
    std::mt19937 random_;
    std::vector<std::unique_ptr<request>> requests_;
    std::deque<request*> waiting_;
};

void run_posters(unsigned seed, std::chrono::milliseconds time)
{
    start_winsock();
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0);
    REQUIRE(port != nullptr);
    started_requests = 0;
    told_requests = 0;
    arena sockets(port);
    std::mt19937 random(seed);
    for (int i = 0; i < 700; ++i) {
        sockets.renew(random);
    }
    constexpr unsigned threads = 8;
    std::atomic<unsigned> posted{0};
    std::atomic<unsigned> drained{0};
    std::atomic<bool> closed{false};
    std::atomic<int> bad{0};
    std::vector<std::thread> running;
    for (unsigned number = 0; number < threads; ++number) {
        running.emplace_back([&, number] {
            poster mine(sockets, port, seed + number + 1);
            mine.run(std::chrono::steady_clock::now() + time);
            ++posted;
            bad += eventually([&] { return closed.load(); }) ? 0 : 1;
            bad += mine.drain() ? 0 : 1;
            ++drained;
            bad += eventually([&] { return drained == threads; }) ? 0 : 1;
            bad += mine.all_told_once() ? 0 : 1;
        });
    }
    CHECK(eventually([&] { return posted == threads; }));
    sockets.close_all();
    closed = true;
    for (std::thread& each : running) {
        each.join();
    }
    INFO("seed " << seed << ", started " << started_requests << ", told " << told_requests);
    CHECK(bad == 0);
    CHECK(started_requests == told_requests);
    CHECK(started_requests > 1000);
    CHECK(WSACleanup() == 0);
    CHECK(CloseHandle(port));
}

}  // namespace

TEST_CASE("OVL-4, CAN-1, CAN-8 every started request is told of once, by its own channel, under cancelling "
          "and closing")
{
    const watchdog guard("overlapped requests at random", std::chrono::seconds(scaled(90, 180)));
    growth_watch growth;
    for (int round = 0; round < 3; ++round) {
        run_posters(random_seed + 100U * static_cast<unsigned>(round),
                    std::chrono::milliseconds(scaled(1000, 1500)));
        growth.after(round);
        if (round == 1) {
            growth.remember_memory();
        }
    }
    growth.check_memory();
}
