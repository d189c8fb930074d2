// GetAddrInfoEx: name spaces, time limits, overlapped look-ups with event and routine, cancelling. Answers to
// "GetAddrInfoExW function", "GetAddrInfoExCancel function" and "GetAddrInfoExOverlappedResult function".
#include <atomic>
#include <optional>

#include "host/testing.hpp"
#include "support/api_fixture.hpp"
#include "support/catch.hpp"
#include "support/wide.hpp"

using namespace spindle::test;

namespace {

/// Look-ups beside their callers do not begin within the scope.
struct held_look_ups {
    held_look_ups() { spindle_test_hold_look_ups(1); }
    ~held_look_ups() { spindle_test_hold_look_ups(0); }
    held_look_ups(const held_look_ups&) = delete;
    held_look_ups& operator=(const held_look_ups&) = delete;
};

struct event {
    HANDLE handle = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    event() = default;
    ~event() { CloseHandle(handle); }
    event(const event&) = delete;
    event& operator=(const event&) = delete;
    [[nodiscard]] bool comes() const { return WaitForSingleObject(handle, 20'000) == WAIT_OBJECT_0; }
    [[nodiscard]] bool is_set() const { return WaitForSingleObject(handle, 0) == WAIT_OBJECT_0; }
};

/// What a completion routine is told, and where it is told it.
struct overlapped_with_report : OVERLAPPED {
    overlapped_with_report() : OVERLAPPED{} {}
    event told;
    DWORD code = 77;
};

void CALLBACK report(DWORD error, DWORD, LPWSAOVERLAPPED overlapped)
{
    auto* const known = static_cast<overlapped_with_report*>(overlapped);
    known->code = error;
    SetEvent(known->told.handle);
}

struct look_up {
    OVERLAPPED overlapped{};
    ADDRINFOEXW* list = nullptr;
    HANDLE handle = nullptr;
    event done;
    int code = 0;

    explicit look_up(const char* name, timeval* limit = nullptr)
    {
        overlapped.hEvent = done.handle;
        code = GetAddrInfoExW(wide(name).c_str(), wide("80").c_str(), NS_DNS, nullptr, nullptr, &list, limit,
                              &overlapped, nullptr, &handle);
    }
    ~look_up() { FreeAddrInfoExW(list); }
    look_up(const look_up&) = delete;
    look_up& operator=(const look_up&) = delete;
    [[nodiscard]] int result() { return GetAddrInfoExOverlappedResult(&overlapped); }
};

}  // namespace

TEST_CASE("NSV-2 the narrow form takes none of the reserved arguments", "[api][names]")
{
    const winsock started;
    ADDRINFOEXA* list = nullptr;
    timeval limit{1, 0};
    OVERLAPPED overlapped{};
    HANDLE handle = nullptr;
    CHECK(GetAddrInfoExA("127.0.0.1", nullptr, NS_ALL, nullptr, nullptr, &list, &limit, nullptr, nullptr,
                         nullptr) == WSAEINVAL);
    CHECK(GetAddrInfoExA("127.0.0.1", nullptr, NS_ALL, nullptr, nullptr, &list, nullptr, &overlapped, nullptr,
                         nullptr) == WSAEINVAL);
    CHECK(GetAddrInfoExA("127.0.0.1", nullptr, NS_ALL, nullptr, nullptr, &list, nullptr, nullptr, &report,
                         nullptr) == WSAEINVAL);
    CHECK(GetAddrInfoExA("127.0.0.1", nullptr, NS_ALL, nullptr, nullptr, &list, nullptr, nullptr, nullptr,
                         &handle) == WSAEINVAL);
    CHECK(list == nullptr);
}

TEST_CASE("NSV-3, NSV-4 an overlapped look-up sets its event and has a result then", "[api][names]")
{
    const winsock started;
    CHECK(GetAddrInfoExOverlappedResult(nullptr) == WSAEINVAL);
    std::optional<held_look_ups> held(std::in_place);
    look_up asked("::1");
    REQUIRE(asked.code == WSA_IO_PENDING);
    CHECK(asked.overlapped.Pointer == &asked.list);
    CHECK(asked.result() == WSAEINPROGRESS);
    CHECK(!asked.done.is_set());
    CHECK(asked.list == nullptr);
    held.reset();
    REQUIRE(asked.done.comes());
    CHECK(asked.result() == 0);
    REQUIRE(asked.list != nullptr);
    CHECK(asked.list->ai_family == AF_INET6);
    CHECK(GetAddrInfoExCancel(&asked.handle) == WSA_INVALID_HANDLE);
}

TEST_CASE("NSV-3 a completion routine is told the code", "[api][names]")
{
    const winsock started;
    const bool good = GENERATE(true, false);
    ADDRINFOEXW hints{};
    hints.ai_flags = AI_NUMERICHOST;
    ADDRINFOEXW* list = nullptr;
    overlapped_with_report overlapped;
    REQUIRE(GetAddrInfoExW(wide(good ? "127.0.0.1" : "words").c_str(), nullptr, NS_ALL, nullptr, &hints,
                           &list, nullptr, &overlapped, &report, nullptr) == WSA_IO_PENDING);
    REQUIRE(overlapped.told.comes());
    CHECK(overlapped.code == (good ? 0 : WSAHOST_NOT_FOUND));
    CHECK(overlapped.Pointer == &list);
    CHECK((list != nullptr) == good);
    FreeAddrInfoExW(list);
}

TEST_CASE("NSV-3 event and routine exclude each other and need an OVERLAPPED", "[api][names]")
{
    const winsock started;
    const auto name = wide("127.0.0.1");
    const auto ask_wide = [&](OVERLAPPED* overlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE routine,
                              HANDLE* handle) {
        ADDRINFOEXW* list = nullptr;
        const int code = GetAddrInfoExW(name.c_str(), nullptr, NS_ALL, nullptr, nullptr, &list, nullptr,
                                        overlapped, routine, handle);
        CHECK(list == nullptr);
        return code;
    };
    const event done;
    OVERLAPPED with_event{};
    with_event.hEvent = done.handle;
    OVERLAPPED bare{};
    OVERLAPPED no_event{};
    no_event.hEvent = reinterpret_cast<HANDLE>(std::uintptr_t{0x7FFFFFF0});
    HANDLE handle = nullptr;
    CHECK(ask_wide(&with_event, &report, nullptr) == WSAEINVAL);
    CHECK(ask_wide(&bare, nullptr, nullptr) == WSAEINVAL);
    CHECK(ask_wide(nullptr, &report, nullptr) == WSAEINVAL);
    CHECK(ask_wide(nullptr, nullptr, &handle) == WSAEINVAL);
    CHECK(ask_wide(&no_event, nullptr, nullptr) == WSA_INVALID_HANDLE);
}

TEST_CASE("NSV-5 cancelling completes at once, and only once", "[api][names]")
{
    const winsock started;
    const held_look_ups held;
    look_up asked("127.0.0.1");
    REQUIRE(asked.code == WSA_IO_PENDING);
    CHECK(GetAddrInfoExCancel(&asked.handle) == 0);
    CHECK(asked.done.is_set());
    CHECK(asked.result() == WSA_E_CANCELLED);
    CHECK(asked.list == nullptr);
    CHECK(GetAddrInfoExCancel(&asked.handle) == WSA_INVALID_HANDLE);
    CHECK(GetAddrInfoExCancel(nullptr) == WSA_INVALID_HANDLE);
    HANDLE none = nullptr;
    CHECK(GetAddrInfoExCancel(&none) == WSA_INVALID_HANDLE);
}

TEST_CASE("NSV-6 a look-up that outlasts its limit has no result", "[api][names]")
{
    const winsock started;
    std::optional<held_look_ups> held(std::in_place);
    timeval limit{0, 30'000};
    ADDRINFOEXW* list = nullptr;
    CHECK(GetAddrInfoExW(wide("127.0.0.1").c_str(), nullptr, NS_ALL, nullptr, nullptr, &list, &limit, nullptr,
                         nullptr, nullptr) == WSATRY_AGAIN);
    CHECK(list == nullptr);
    look_up asked("127.0.0.1", &limit);
    REQUIRE(asked.code == WSA_IO_PENDING);
    REQUIRE(asked.done.comes());
    CHECK(asked.result() == WSATRY_AGAIN);
    CHECK(asked.list == nullptr);
    held.reset();
    limit = {20, 0};
    CHECK(GetAddrInfoExW(wide("127.0.0.1").c_str(), nullptr, NS_ALL, nullptr, nullptr, &list, &limit, nullptr,
                         nullptr, nullptr) == 0);
    CHECK(list != nullptr);
    FreeAddrInfoExW(list);
    limit = {0, 1'000'000};
    CHECK(GetAddrInfoExW(wide("127.0.0.1").c_str(), nullptr, NS_ALL, nullptr, nullptr, &list, &limit, nullptr,
                         nullptr, nullptr) == WSAEINVAL);
}

TEST_CASE("NSV-7 a routine that the last cleanup calls cannot start the library again", "[api][names]")
{
    const held_look_ups held;
    std::optional<winsock> started(std::in_place);
    overlapped_with_report overlapped;
    ADDRINFOEXW* list = nullptr;
    const LPLOOKUPSERVICE_COMPLETION_ROUTINE start_again = [](DWORD, DWORD, LPWSAOVERLAPPED ended) {
        WSADATA data{};
        report(static_cast<DWORD>(WSAStartup(MAKEWORD(2, 2), &data)), 0, ended);
    };
    REQUIRE(GetAddrInfoExW(wide("127.0.0.1").c_str(), nullptr, NS_ALL, nullptr, nullptr, &list, nullptr,
                           &overlapped, start_again, nullptr) == WSA_IO_PENDING);
    started.reset();
    CHECK(overlapped.told.is_set());
    CHECK(overlapped.code == WSAEINPROGRESS);
}

TEST_CASE("NSV-7 the last cleanup cancels look-ups and tells of it", "[api][names]")
{
    const held_look_ups held;
    std::optional<winsock> started(std::in_place);
    look_up asked("127.0.0.1");
    overlapped_with_report overlapped;
    ADDRINFOEXW* list = nullptr;
    REQUIRE(asked.code == WSA_IO_PENDING);
    REQUIRE(GetAddrInfoExW(wide("127.0.0.1").c_str(), nullptr, NS_ALL, nullptr, nullptr, &list, nullptr,
                           &overlapped, &report, nullptr) == WSA_IO_PENDING);
    started.reset();
    CHECK(asked.done.is_set());
    CHECK(asked.result() == WSA_E_CANCELLED);
    CHECK(overlapped.told.is_set());
    CHECK(overlapped.code == WSA_E_CANCELLED);
}

TEST_CASE("NSV-20 the time of WSAConnectByName runs out while the name is looked up", "[api][connect_by]")
{
    const winsock started;
    const held_look_ups held;
    const timeval limit{0, 30'000};
    CHECK(error_of_bool(WSAConnectByNameA(tcp(), "127.0.0.1", "9", nullptr, nullptr, nullptr, nullptr, &limit,
                                          nullptr)) == WSAETIMEDOUT);
}
