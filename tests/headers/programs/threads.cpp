/* The same words in C++, beside the standard library's own threads. */
#include <atomic>
#include <mutex>
#include <thread>

#include "threads.c"

namespace {

struct scoped_lock {
    explicit scoped_lock(CRITICAL_SECTION& target) : target_(target) { ::EnterCriticalSection(&target_); }
    ~scoped_lock() { ::LeaveCriticalSection(&target_); }
    CRITICAL_SECTION& target_;
};

}  // namespace

unsigned count_with_every_type();
unsigned count_with_every_type()
{
    unsigned volatile plain = 0;
    unsigned long volatile wide = 0;
    LONG64 volatile widest = 0;
    scoped_lock held(section);
    InterlockedIncrement(&plain);
    ::InterlockedIncrement(&wide);
    InterlockedIncrement64(&widest);
    const std::atomic<HANDLE> owner{section.OwningThread};
    return plain + static_cast<unsigned>(wide) + static_cast<unsigned>(owner.load() == nullptr);
}
