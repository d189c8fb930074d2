// One-time initialisation and waiting for a value at an address. Answers to the pages "One-Time Initialization"
// and "WaitOnAddress".
#include <atomic>

#include "kernel_fixture.hpp"

using namespace spindle::test;

namespace {

std::atomic<int> runs{0};

BOOL CALLBACK initialize(PINIT_ONCE, PVOID parameter, PVOID* context)
{
    ++runs;
    *context = parameter;
    return TRUE;
}

BOOL CALLBACK refuse(PINIT_ONCE, PVOID, PVOID*)
{
    ++runs;
    SetLastError(ERROR_NOT_READY);
    return FALSE;
}

}  // namespace

TEST_CASE("InitOnceExecuteOnce runs the function once and gives everybody its context", "[kernel][once]")
{
    INIT_ONCE once = INIT_ONCE_STATIC_INIT;
    int value = 0;
    runs = 0;
    std::atomic<int> right{0};
    const auto work = [&] {
        for (int turn = 0; turn < 100; ++turn) {
            LPVOID context = nullptr;
            right += InitOnceExecuteOnce(&once, &initialize, &value, &context) && context == &value;
        }
        return DWORD{0};
    };
    {
        const program_thread first(work);
        const program_thread second(work);
        const program_thread third(work);
    }
    CHECK(runs == 1);
    CHECK(right == 300);
}

TEST_CASE("an initialisation that fails is tried again", "[kernel][once]")
{
    INIT_ONCE once;
    InitOnceInitialize(&once);
    runs = 0;
    CHECK(error_of(InitOnceExecuteOnce(&once, &refuse, nullptr, nullptr)) == ERROR_NOT_READY);
    CHECK(InitOnceExecuteOnce(&once, &initialize, nullptr, nullptr) == TRUE);
    CHECK(runs == 2);
}

TEST_CASE("others wait while one thread initialises", "[kernel][once]")
{
    for (const bool succeed : {true, false}) {
        INIT_ONCE once = INIT_ONCE_STATIC_INIT;
        alignas(8) int value = 0;
        BOOL pending = FALSE;
        CHECK(error_of(InitOnceBeginInitialize(&once, INIT_ONCE_CHECK_ONLY, &pending, nullptr)) ==
              ERROR_GEN_FAILURE);
        REQUIRE(InitOnceBeginInitialize(&once, 0, &pending, nullptr) == TRUE);
        CHECK(pending == TRUE);
        background_call waiting([&] {
            BOOL still_pending = FALSE;
            LPVOID context = nullptr;
            const BOOL begun = InitOnceBeginInitialize(&once, 0, &still_pending, &context);
            return begun != FALSE && (succeed ? !still_pending && context == &value : still_pending != FALSE);
        });
        REQUIRE(waiting.blocks());
        CHECK(InitOnceComplete(&once, succeed ? 0 : INIT_ONCE_INIT_FAILED, succeed ? &value : nullptr) ==
              TRUE);
        CHECK(waiting.result());
        if (succeed) {
            LPVOID context = nullptr;
            CHECK(InitOnceBeginInitialize(&once, INIT_ONCE_CHECK_ONLY, &pending, &context) == TRUE);
            CHECK(pending == FALSE);
            CHECK(context == &value);
        }
    }
}

TEST_CASE("with INIT_ONCE_ASYNC several may initialise and the first counts", "[kernel][once]")
{
    INIT_ONCE once = INIT_ONCE_STATIC_INIT;
    alignas(8) int first = 0;
    alignas(8) int second = 0;
    BOOL pending = FALSE;
    CHECK(InitOnceBeginInitialize(&once, INIT_ONCE_ASYNC, &pending, nullptr) == TRUE);
    CHECK(InitOnceBeginInitialize(&once, INIT_ONCE_ASYNC, &pending, nullptr) == TRUE);
    CHECK(pending == TRUE);
    CHECK(error_of(InitOnceBeginInitialize(&once, 0, &pending, nullptr)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of(InitOnceComplete(&once, 0, &first)) == ERROR_INVALID_PARAMETER);
    CHECK(InitOnceComplete(&once, INIT_ONCE_ASYNC, &first) == TRUE);
    CHECK(error_of(InitOnceComplete(&once, INIT_ONCE_ASYNC, &second)) == ERROR_GEN_FAILURE);
    LPVOID context = nullptr;
    CHECK(InitOnceBeginInitialize(&once, INIT_ONCE_ASYNC, &pending, &context) == TRUE);
    CHECK(pending == FALSE);
    CHECK(context == &first);
}

TEST_CASE("one-time initialisation refuses bad flags and contexts", "[kernel][once]")
{
    INIT_ONCE once = INIT_ONCE_STATIC_INIT;
    BOOL pending = FALSE;
    CHECK(error_of(InitOnceBeginInitialize(&once, 8, &pending, nullptr)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of(InitOnceComplete(&once, 0, nullptr)) == ERROR_INVALID_PARAMETER);
    REQUIRE(InitOnceBeginInitialize(&once, 0, &pending, nullptr) == TRUE);
    CHECK(error_of(InitOnceComplete(&once, 0, reinterpret_cast<LPVOID>(1))) == ERROR_INVALID_PARAMETER);
    CHECK(error_of(InitOnceBeginInitialize(&once, INIT_ONCE_ASYNC, &pending, nullptr)) ==
          ERROR_INVALID_PARAMETER);
    CHECK(InitOnceComplete(&once, 0, nullptr) == TRUE);
}

TEST_CASE("WaitOnAddress sleeps while a value of any size is unchanged", "[kernel][once]")
{
    for (const SIZE_T size : {SIZE_T{1}, SIZE_T{2}, SIZE_T{4}, SIZE_T{8}}) {
        std::atomic<ULONG64> value{5};
        ULONG64 seen = 5;
        background_call waiting([&] {
            BOOL in_time = TRUE;
            while (value == 5) {
                in_time = WaitOnAddress(&value, &seen, size, INFINITE);
            }
            return in_time;
        });
        REQUIRE(waiting.blocks());
        value = 6;
        size > 2 ? WakeByAddressSingle(&value) : WakeByAddressAll(&value);
        CHECK(waiting.result() == TRUE);
        CHECK(WaitOnAddress(&value, &seen, size, INFINITE) == TRUE);
        seen = 6;
        CHECK(error_of(WaitOnAddress(&value, &seen, size, 5)) == ERROR_TIMEOUT);
    }
    ULONG64 value = 0;
    CHECK(error_of(WaitOnAddress(&value, &value, 3, 0)) == ERROR_INVALID_PARAMETER);
}
