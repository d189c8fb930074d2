// Thread-local storage by index. Answers to the pages "Thread Local Storage" and "FlsAlloc".
#include <atomic>
#include <vector>

#include "kernel_fixture.hpp"

using namespace spindle::test;

namespace {

std::atomic<int> called{0};
std::atomic<DWORD> called_on{0};

VOID NTAPI note(PVOID value)
{
    called += *static_cast<int*>(value);
    called_on = GetCurrentThreadId();
}

LPVOID number(std::uintptr_t value)
{
    return reinterpret_cast<LPVOID>(value);
}

}  // namespace

TEST_CASE("every thread has its own value for an index", "[kernel][tls]")
{
    const DWORD index = TlsAlloc();
    REQUIRE(index != TLS_OUT_OF_INDEXES);
    CHECK(TlsGetValue(index) == nullptr);
    CHECK(TlsSetValue(index, number(1)) == TRUE);
    const program_thread other([&] {
        const bool empty = TlsGetValue(index) == nullptr;
        return DWORD{empty && TlsSetValue(index, number(2)) && TlsGetValue(index) == number(2)};
    });
    REQUIRE(other.ended());
    CHECK(other.exit_code() == 1);
    SetLastError(ERROR_GEN_FAILURE);
    CHECK(TlsGetValue(index) == number(1));
    CHECK(GetLastError() == ERROR_SUCCESS);
    CHECK(TlsFree(index) == TRUE);
    CHECK(error_of(TlsFree(index)) == ERROR_INVALID_PARAMETER);
}

TEST_CASE("an index that is taken again is empty in every thread", "[kernel][tls]")
{
    const DWORD index = TlsAlloc();
    TlsSetValue(index, number(7));
    CHECK(TlsFree(index) == TRUE);
    const DWORD again = TlsAlloc();
    CHECK(again == index);
    CHECK(TlsGetValue(again) == nullptr);
    CHECK(TlsFree(again) == TRUE);
}

TEST_CASE("there are 64 and 1024 indexes", "[kernel][tls]")
{
    std::vector<DWORD> taken;
    for (DWORD index = TlsAlloc(); index != TLS_OUT_OF_INDEXES; index = TlsAlloc()) {
        REQUIRE(TlsSetValue(index, number(index + 1)) == TRUE);
        taken.push_back(index);
    }
    CHECK(taken.size() == TLS_MINIMUM_AVAILABLE + 1024);
    for (const DWORD index : taken) {
        REQUIRE(TlsGetValue(index) == number(index + 1));
        REQUIRE(TlsFree(index) == TRUE);
    }
    CHECK(TlsGetValue(5000) == nullptr);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(error_of(TlsSetValue(5000, nullptr)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of(TlsFree(5000)) == ERROR_INVALID_PARAMETER);
}

TEST_CASE("an FLS callback runs on the thread that ends, for values that are not null", "[kernel][tls]")
{
    called = 0;
    const DWORD index = FlsAlloc(&note);
    const DWORD silent = FlsAlloc(nullptr);
    REQUIRE(index != FLS_OUT_OF_INDEXES);
    int value = 3;
    const program_thread setter([&] {
        FlsSetValue(silent, &value);
        return DWORD{FlsGetValue(index) == nullptr && FlsSetValue(index, &value) &&
                     FlsGetValue(index) == &value};
    });
    const program_thread idle([&] { return DWORD{FlsSetValue(index, nullptr) != FALSE}; });
    REQUIRE((setter.ended() && idle.ended()));
    CHECK(setter.exit_code() == 1);
    CHECK(called == 3);
    CHECK(called_on == setter.id());
    CHECK(FlsFree(index) == TRUE);
    CHECK(FlsFree(silent) == TRUE);
    CHECK(called == 3);
}

TEST_CASE("giving an FLS index back runs the callback for every thread's value", "[kernel][tls]")
{
    called = 0;
    const DWORD index = FlsAlloc(&note);
    int here = 1;
    int there = 10;
    FlsSetValue(index, &here);
    const auto set = make_event();
    const auto go = make_event();
    const program_thread other([&] {
        FlsSetValue(index, &there);
        SetEvent(set);
        return WaitForSingleObject(go, INFINITE);
    });
    REQUIRE(WaitForSingleObject(set, INFINITE) == WAIT_OBJECT_0);
    CHECK(FlsFree(index) == TRUE);
    CHECK(called == 11);
    CHECK(called_on == GetCurrentThreadId());
    SetEvent(go);
    REQUIRE(other.ended());
    CHECK(called == 11);
    CHECK(error_of(FlsFree(index)) == ERROR_INVALID_PARAMETER);
}

TEST_CASE("FLS functions refuse bad indexes", "[kernel][tls]")
{
    for (const DWORD bad : {DWORD{0}, DWORD{FLS_MAXIMUM_AVAILABLE}, FLS_OUT_OF_INDEXES}) {
        CHECK(FlsGetValue(bad) == nullptr);
        CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
        CHECK(error_of(FlsSetValue(bad, nullptr)) == ERROR_INVALID_PARAMETER);
        CHECK(error_of(FlsFree(bad)) == ERROR_INVALID_PARAMETER);
    }
}
