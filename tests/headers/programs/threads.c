/* A worker pool as Windows programs write it: threads of the C run-time, a critical section, a semaphore, an
 * event, interlocked counters that are spelled in several ways, thread-local storage. */
#include <winsock2.h>
#include <windows.h>
#include <process.h>

static CRITICAL_SECTION section;
static SRWLOCK lock = SRWLOCK_INIT;
static CONDITION_VARIABLE changed = CONDITION_VARIABLE_INIT;
static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
static LONG volatile jobs;
static long volatile finished;
static volatile unsigned long failures;
static PVOID volatile head;
static DWORD slot = TLS_OUT_OF_INDEXES;

static BOOL CALLBACK set_up(PINIT_ONCE control, PVOID parameter, PVOID *context)
{
    (void)control;
    slot = TlsAlloc();
    *context = parameter;
    return slot != TLS_OUT_OF_INDEXES;
}

static unsigned __stdcall work(void *argument)
{
    HANDLE semaphore = (HANDLE)argument;
    LONG before;
    InitOnceExecuteOnce(&once, set_up, NULL, NULL);
    TlsSetValue(slot, argument);
    while (WaitForSingleObject(semaphore, INFINITE) == WAIT_OBJECT_0) {
        EnterCriticalSection(&section);
        before = InterlockedCompareExchange(&jobs, 1, 0);
        LeaveCriticalSection(&section);
        if (before == 0 || InterlockedDecrement(&jobs) <= 0) {
            break;
        }
        InterlockedIncrement(&finished);
        InterlockedExchangeAdd(&failures, 1);
        InterlockedExchangePointer(&head, argument);
    }
    AcquireSRWLockExclusive(&lock);
    ReleaseSRWLockExclusive(&lock);
    WakeAllConditionVariable(&changed);
    _endthreadex(0);
}

static DWORD WINAPI run(LPVOID parameter)
{
    return (DWORD)(ULONG_PTR)parameter;
}

static VOID CALLBACK called(ULONG_PTR number)
{
    MemoryBarrier();
    YieldProcessor();
    InterlockedExchange(&jobs, (LONG)number);
}

int main(void)
{
    HANDLE threads[2];
    HANDLE duplicate = NULL;
    HANDLE timer = CreateWaitableTimer(NULL, TRUE, NULL);
    HANDLE semaphore = CreateSemaphore(NULL, 0, 8, NULL);
    HANDLE mutex = CreateMutex(NULL, FALSE, TEXT("one of us"));
    LARGE_INTEGER due, ticks;
    SYSTEM_INFO info;
    SYSTEMTIME date;
    FILETIME stamp;
    DWORD code = 0;
    unsigned id;

    if (GetLastError() == ERROR_ALREADY_EXISTS || OpenMutex(SYNCHRONIZE, FALSE, TEXT("another")) != NULL) {
        return 1;
    }
    GetSystemInfo(&info);
    GetSystemTimeAsFileTime(&stamp);
    FileTimeToSystemTime(&stamp, &date);
    QueryPerformanceCounter(&ticks);
    if (!InitializeCriticalSectionAndSpinCount(&section, 4000)) {
        return 1;
    }
    threads[0] = (HANDLE)_beginthreadex(NULL, 0, work, semaphore, 0, &id);
    threads[1] = CreateThread(NULL, 0, run, NULL, CREATE_SUSPENDED, &code);
    QueueUserAPC(called, threads[1], 3);
    ResumeThread(threads[1]);
    due.QuadPart = -10000LL;
    SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE);
    ReleaseSemaphore(semaphore, 8, NULL);
    DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &duplicate, 0, FALSE,
                    DUPLICATE_SAME_ACCESS);
    WaitForMultipleObjects(2, threads, TRUE, INFINITE);
    GetExitCodeThread(threads[0], &code);
    SignalObjectAndWait(mutex, timer, 10, TRUE);
    DeleteCriticalSection(&section);
    CloseHandle(duplicate);
    return code == STILL_ACTIVE || timeGetTime() == 0;
}
