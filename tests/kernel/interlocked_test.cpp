// Interlocked operations. Answers to the page "Interlocked Variable Access".
#include <limits>
#include <thread>

#include "kernel_fixture.hpp"

using namespace spindle::test;

TEST_CASE("increments, additions and exchanges return what their pages say", "[kernel][interlocked]")
{
    LONG volatile value = 5;
    CHECK(InterlockedIncrement(&value) == 6);
    CHECK(InterlockedDecrement(&value) == 5);
    CHECK(InterlockedExchangeAdd(&value, 10) == 5);
    CHECK(InterlockedAdd(&value, -3) == 12);
    CHECK(InterlockedExchange(&value, 1) == 12);
    CHECK(InterlockedCompareExchange(&value, 9, 2) == 1);
    CHECK(InterlockedCompareExchange(&value, 9, 1) == 1);
    CHECK(InterlockedAnd(&value, 8) == 9);
    CHECK(InterlockedOr(&value, 3) == 8);
    CHECK(InterlockedXor(&value, 1) == 11);
    CHECK(value == 10);
    CHECK(InterlockedIncrementAcquire(&value) == 11);
    CHECK(InterlockedDecrementRelease(&value) == 10);
    CHECK(InterlockedExchangeNoFence(&value, 2) == 10);
    CHECK(InterlockedCompareExchangeRelease(&value, 4, 2) == 2);
    CHECK(_InterlockedExchangeAdd(&value, 1) == 4);
}

TEST_CASE("the other widths and the types that LONG is written as work alike", "[kernel][interlocked]")
{
    LONG64 volatile wide = std::numeric_limits<LONG>::max();
    CHECK(InterlockedIncrement64(&wide) == LONG64{1} << 31);
    CHECK(InterlockedCompareExchangeAcquire64(&wide, 3, LONG64{1} << 31) == LONG64{1} << 31);
    CHECK(InterlockedOr64(&wide, LONG64{1} << 40) == 3);
    CHECK(InterlockedAnd64NoFence(&wide, LONG64{1} << 40) == (LONG64{1} << 40) + 3);
    SHORT volatile narrow = std::numeric_limits<SHORT>::max();
    CHECK(InterlockedIncrement16(&narrow) == std::numeric_limits<SHORT>::min());
    CHECK(InterlockedExchange16(&narrow, 4) == std::numeric_limits<SHORT>::min());
    CHECK(InterlockedCompareExchange16(&narrow, 5, 4) == 4);
    char volatile byte = 1;
    CHECK(InterlockedOr8(&byte, 6) == 1);
    CHECK(InterlockedExchange8(&byte, 0) == 7);
    CHECK(_InterlockedCompareExchange8(&byte, 5, 0) == 0);
    CHECK(_InterlockedExchangeAdd8(&byte, -5) == 5);
    unsigned volatile counter = 0;
    CHECK(InterlockedDecrement(&counter) == std::numeric_limits<unsigned>::max());
    long volatile spelled = 1;
    CHECK(InterlockedCompareExchange(&spelled, 2, 1) == 1);
    SIZE_T volatile size = 1;
    CHECK(InterlockedIncrementSizeT(&size) == 2);
}

TEST_CASE("pointers and single bits", "[kernel][interlocked]")
{
    int target = 0;
    PVOID volatile pointer = nullptr;
    CHECK(InterlockedCompareExchangePointer(&pointer, &target, nullptr) == nullptr);
    CHECK(InterlockedExchangePointer(&pointer, nullptr) == &target);
    LONG volatile bits[2] = {0, 0};
    CHECK_FALSE(InterlockedBitTestAndSet(bits, 31));
    CHECK(InterlockedBitTestAndSet(bits, 31));
    CHECK_FALSE(InterlockedBitTestAndComplement(bits, 33));
    CHECK(bits[1] == 2);
    CHECK(InterlockedBitTestAndReset(bits, 31));
    CHECK(bits[0] == 0);
}

TEST_CASE("operations of several threads are not lost", "[kernel][interlocked]")
{
    LONG volatile count = 0;
    const auto work = [&] {
        for (int turn = 0; turn < 20000; ++turn) {
            InterlockedIncrement(&count);
        }
    };
    std::thread first(work);
    std::thread second(work);
    first.join();
    second.join();
    MemoryBarrier();
    YieldProcessor();
    CHECK(count == 40000);
}
