// Critical sections, slim locks, condition variables. Answers to the pages "Critical Section Objects", "Slim
// Reader/Writer (SRW) Locks", "Condition Variables".
#include <atomic>
#include <thread>
#include <vector>

#include "kernel_fixture.hpp"

using namespace spindle::test;

namespace {

SRWLOCK static_lock = SRWLOCK_INIT;
CONDITION_VARIABLE static_condition = CONDITION_VARIABLE_INIT;

class section {
public:
    section() { InitializeCriticalSection(&native_); }
    explicit section(DWORD spins) { CHECK(InitializeCriticalSectionAndSpinCount(&native_, spins) == TRUE); }
    section(const section&) = delete;
    section& operator=(const section&) = delete;
    ~section() { DeleteCriticalSection(&native_); }

    operator LPCRITICAL_SECTION() { return &native_; }  // NOLINT: reads like the API it stands for
    CRITICAL_SECTION* operator->() { return &native_; }

private:
    CRITICAL_SECTION native_{};
};

template <class Call>
auto elsewhere(Call call)
{
    return background_call(call).result();
}

// Counts with several threads between enter and leave; what the count came to.
template <class Enter, class Leave>
int count_together(Enter enter, Leave leave, int threads = 4, int turns = 5000)
{
    int counter = 0;
    std::vector<std::thread> workers;
    for (int worker = 0; worker < threads; ++worker) {
        workers.emplace_back([&] {
            for (int turn = 0; turn < turns; ++turn) {
                enter();
                ++counter;
                leave();
            }
        });
    }
    for (auto& each : workers) {
        each.join();
    }
    return counter;
}

}  // namespace

TEST_CASE("a critical section is entered again by its owner and by nobody else", "[kernel][lock]")
{
    section guarded;
    CHECK(guarded->LockCount == -1);
    EnterCriticalSection(guarded);
    CHECK(TryEnterCriticalSection(guarded) == TRUE);
    CHECK(guarded->RecursionCount == 2);
    CHECK(guarded->OwningThread == reinterpret_cast<HANDLE>(std::uintptr_t{GetCurrentThreadId()}));
    const auto try_elsewhere = [&] { return elsewhere([&] { return TryEnterCriticalSection(guarded); }); };
    CHECK(try_elsewhere() == FALSE);
    LeaveCriticalSection(guarded);
    CHECK(try_elsewhere() == FALSE);
    LeaveCriticalSection(guarded);
    CHECK(guarded->OwningThread == nullptr);
    CHECK(guarded->LockCount == -1);
    CHECK(elsewhere([&] {
              const BOOL entered = TryEnterCriticalSection(guarded);
              LeaveCriticalSection(guarded);
              return entered;
          }) == TRUE);
}

TEST_CASE("leaving a critical section lets a waiting thread in", "[kernel][lock]")
{
    section guarded;
    EnterCriticalSection(guarded);
    background_call entering([&] {
        EnterCriticalSection(guarded);
        LeaveCriticalSection(guarded);
        return 1;
    });
    CHECK(entering.blocks());
    LeaveCriticalSection(guarded);
    CHECK(entering.result() == 1);
}

TEST_CASE("critical sections keep threads apart", "[kernel][lock]")
{
    section plain;
    CHECK(count_together([&] { EnterCriticalSection(plain); }, [&] { LeaveCriticalSection(plain); }) ==
          20000);
    section spinning(4000);
    CHECK(SetCriticalSectionSpinCount(spinning, 100) == 4000);
    CHECK(count_together([&] { EnterCriticalSection(spinning); }, [&] { LeaveCriticalSection(spinning); }) ==
          20000);
}

TEST_CASE("leaving a critical section of another thread does nothing", "[kernel][lock]")
{
    section guarded;
    EnterCriticalSection(guarded);
    std::thread([&] { LeaveCriticalSection(guarded); }).join();
    CHECK(guarded->RecursionCount == 1);
    LeaveCriticalSection(guarded);
}

TEST_CASE("InitializeCriticalSectionEx refuses unknown flags", "[kernel][lock]")
{
    CRITICAL_SECTION native{};
    CHECK(error_of(InitializeCriticalSectionEx(&native, 0, 1)) == ERROR_INVALID_PARAMETER);
    CHECK(InitializeCriticalSectionEx(&native, 10, CRITICAL_SECTION_NO_DEBUG_INFO) == TRUE);
    DeleteCriticalSection(&native);
}

TEST_CASE("a slim lock is shared by readers and excludes them from a writer", "[kernel][lock]")
{
    SRWLOCK lock;
    InitializeSRWLock(&lock);
    AcquireSRWLockShared(&lock);
    CHECK(TryAcquireSRWLockShared(&lock) == TRUE);
    CHECK(TryAcquireSRWLockExclusive(&lock) == FALSE);
    ReleaseSRWLockShared(&lock);
    ReleaseSRWLockShared(&lock);
    CHECK(TryAcquireSRWLockExclusive(&lock) == TRUE);
    CHECK(TryAcquireSRWLockExclusive(&lock) == FALSE);
    CHECK(TryAcquireSRWLockShared(&lock) == FALSE);
    ReleaseSRWLockExclusive(&lock);
    CHECK(lock.Ptr == nullptr);
}

TEST_CASE("a writer gets in between readers and readers all follow a writer", "[kernel][lock]")
{
    SRWLOCK lock = SRWLOCK_INIT;
    AcquireSRWLockShared(&lock);
    background_call writer([&] {
        AcquireSRWLockExclusive(&lock);
        return 1;
    });
    REQUIRE(writer.blocks());
    const auto read = [&] {
        AcquireSRWLockShared(&lock);
        return 2;
    };
    background_call first(read);
    background_call second(read);
    REQUIRE((first.blocks() && second.blocks()));
    ReleaseSRWLockShared(&lock);
    CHECK(writer.result() == 1);
    CHECK((first.blocks() && second.blocks()));
    ReleaseSRWLockExclusive(&lock);
    CHECK(first.result() + second.result() == 4);
    ReleaseSRWLockShared(&lock);
    ReleaseSRWLockShared(&lock);
    CHECK(TryAcquireSRWLockExclusive(&lock) == TRUE);
    ReleaseSRWLockExclusive(&lock);
}

TEST_CASE("slim locks keep writers apart from everybody", "[kernel][lock]")
{
    std::atomic<bool> ended{false};
    std::atomic<int> torn{0};
    int first = 0;
    int second = 0;
    std::vector<std::thread> readers;
    for (int reader = 0; reader < 2; ++reader) {
        readers.emplace_back([&] {
            while (!ended) {
                AcquireSRWLockShared(&static_lock);
                torn += first != second;
                ReleaseSRWLockShared(&static_lock);
            }
        });
    }
    const int count = count_together(
        [&] {
            AcquireSRWLockExclusive(&static_lock);
            ++first;
        },
        [&] {
            ++second;
            ReleaseSRWLockExclusive(&static_lock);
        },
        3, 3000);
    ended = true;
    for (auto& each : readers) {
        each.join();
    }
    CHECK(count == 9000);
    CHECK(torn == 0);
    CHECK(static_lock.Ptr == nullptr);
}

TEST_CASE("a condition variable wakes one sleeper or all and times out", "[kernel][lock]")
{
    section guarded;
    CONDITION_VARIABLE condition;
    InitializeConditionVariable(&condition);
    int tickets = 0;
    const auto take_ticket = [&] {
        EnterCriticalSection(guarded);
        while (tickets == 0) {
            SleepConditionVariableCS(&condition, guarded, INFINITE);
        }
        --tickets;
        LeaveCriticalSection(guarded);
        return 1;
    };
    const auto add_tickets = [&](int count) {
        EnterCriticalSection(guarded);
        tickets += count;
        LeaveCriticalSection(guarded);
    };
    background_call first(take_ticket);
    background_call second(take_ticket);
    background_call third(take_ticket);
    REQUIRE((first.blocks() && second.blocks() && third.blocks()));
    add_tickets(1);
    WakeConditionVariable(&condition);
    CHECK(eventually([&] { return first.done() + second.done() + third.done() == 1; }));
    add_tickets(2);
    WakeAllConditionVariable(&condition);
    CHECK(first.result() + second.result() + third.result() == 3);

    EnterCriticalSection(guarded);
    CHECK(error_of(SleepConditionVariableCS(&condition, guarded, 10)) == ERROR_TIMEOUT);
    CHECK(guarded->RecursionCount == 1);
    LeaveCriticalSection(guarded);
}

TEST_CASE("a condition variable works with slim locks in both modes", "[kernel][lock]")
{
    SRWLOCK lock = SRWLOCK_INIT;
    for (const ULONG mode : {ULONG{0}, ULONG{CONDITION_VARIABLE_LOCKMODE_SHARED}}) {
        bool ready = false;
        background_call sleeping([&] {
            mode != 0 ? AcquireSRWLockShared(&lock) : AcquireSRWLockExclusive(&lock);
            while (!ready) {
                SleepConditionVariableSRW(&static_condition, &lock, INFINITE, mode);
            }
            mode != 0 ? ReleaseSRWLockShared(&lock) : ReleaseSRWLockExclusive(&lock);
            return 1;
        });
        REQUIRE(sleeping.blocks());
        AcquireSRWLockExclusive(&lock);
        ready = true;
        ReleaseSRWLockExclusive(&lock);
        WakeConditionVariable(&static_condition);
        CHECK(sleeping.result() == 1);
    }
    AcquireSRWLockExclusive(&lock);
    CHECK(error_of(SleepConditionVariableSRW(&static_condition, &lock, 5, 0)) == ERROR_TIMEOUT);
    CHECK(error_of(SleepConditionVariableSRW(&static_condition, &lock, 5, 2)) == ERROR_INVALID_PARAMETER);
    ReleaseSRWLockExclusive(&lock);
}
