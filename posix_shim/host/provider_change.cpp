// Waits for changes of the catalog, see provider_change.hpp.
#include "host/provider_change.hpp"

#include "host/catalog_store.hpp"
#include "host/catalog_watch.hpp"
#include "host/kernel_objects.hpp"
#include "host/request_end.hpp"
#include "host/upcalls.hpp"

#include <new>

namespace spindle::host {

namespace {

constexpr DWORD status_cancelled = 0xC0000120;

struct change_wait {
    change_wait* next = nullptr;
    change_notification* source = nullptr;  // referenced
    OVERLAPPED* request = nullptr;          // null: a thread waits on its stack
    bool has_routine = false;
    WSATHREADID thread{};
    std::uint32_t thread_number = 0;
    std::uint64_t seen = 0;  // the number of changes when the wait began
    bool ended = false;      // for who waits on its stack
    int code = 0;
};

constinit kernel::static_mutex mutex;
constinit kernel::condition thread_changed;
constinit change_wait* first_wait = nullptr;

// Takes out of the list what the predicate picks.
template <class Predicate>
change_wait* take_out(Predicate&& picks) noexcept
{
    change_wait* taken = nullptr;
    const std::lock_guard lock(mutex);
    for (change_wait** link = &first_wait; *link != nullptr;) {
        change_wait* const each = *link;
        if (picks(*each)) {
            *link = each->next;
            each->next = taken;
            taken = each;
        } else {
            link = &each->next;
        }
    }
    return taken;
}

void CALLBACK run_routine(DWORD_PTR context)
{
    auto& request = *reinterpret_cast<OVERLAPPED*>(context);
    const auto routine = reinterpret_cast<LPWSAOVERLAPPED_COMPLETION_ROUTINE>(request.Pointer);
    routine(request.Internal == status_cancelled ? WSA_OPERATION_ABORTED : 0, 0, &request, 0);
}

void complete(change_wait& wait, DWORD status) noexcept
{
    const bool by_event = !wait.has_routine && handle_value(wait.request->hEvent) != 0;
    complete_request(nullptr, *wait.request, status, 0,
                     by_event ? exchange::notify::normal : exchange::notify::settle_only);
    if (wait.has_routine) {
        int ignored = 0;  // a thread that has ended gets no call
        (void)WPUQueueApc(&wait.thread, &run_routine, reinterpret_cast<DWORD_PTR>(wait.request), &ignored);
    } else if (!by_event) {
        wait.source->signal();
    }
}

enum class ending : unsigned char { changed, cancelled, cleanup };

void end_one(change_wait& wait, ending how) noexcept
{
    constexpr int codes[] = {0, WSA_OPERATION_ABORTED, WSAEINTR};
    if (wait.request == nullptr) {
        const std::lock_guard lock(mutex);
        wait.code = codes[static_cast<std::size_t>(how)];
        wait.ended = true;
        thread_changed.notify_all();
        return;
    }
    if (how == ending::cleanup) {
        complete_request(nullptr, *wait.request, status_cancelled, 0, exchange::notify::settle_only);
        wait.source->reset();  // whoever waits for this very request looks at it
    } else {
        complete(wait, how == ending::changed ? 0 : status_cancelled);
    }
    wait.source->release();
    delete &wait;
}

unsigned end_all(change_wait* taken, ending how) noexcept
{
    unsigned count = 0;
    for (; taken != nullptr; ++count) {
        end_one(*std::exchange(taken, taken->next), how);
    }
    return count;
}

// In the list from now on; a change that came between the look at the number and this ends it at once.
void enter(change_wait& wait) noexcept
{
    wait.seen = number_of_changes();
    {
        const std::lock_guard lock(mutex);
        wait.next = first_wait;
        first_wait = &wait;
    }
    tell_of_catalog_changes();
}

bool can_watch() noexcept
try {
    const std::string file = catalog_file_name();
    return file.empty() || watch_catalog_file(file, &tell_of_catalog_changes);
} catch (const std::bad_alloc&) {
    return false;
}

}  // namespace

void change_notification::handle_removed() noexcept
{
    if (handles_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        end_all(take_out([this](const change_wait& wait) { return wait.source == this; }), ending::cancelled);
    }
}

int wait_for_change(change_notification& source) noexcept
{
    if (!can_watch()) {
        return WSAEOPNOTSUPP;
    }
    change_wait wait;
    wait.source = &source;
    enter(wait);
    std::unique_lock lock(mutex);
    while (!wait.ended) {
        thread_changed.wait(lock);
    }
    return wait.code;
}

int begin_change_wait(change_notification& source, OVERLAPPED& request,
                      LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) noexcept
{
    if (!can_watch()) {
        return WSAEOPNOTSUPP;
    }
    auto* wait = new (std::nothrow) change_wait;
    const LPWSATHREADID thread = calling_thread_id();
    if (wait == nullptr || thread == nullptr) {
        delete wait;
        return WSAENOBUFS;
    }
    source.acquire();
    wait->source = &source;
    wait->request = &request;
    wait->has_routine = routine != nullptr;
    wait->thread = *thread;
    wait->thread_number = kernel::current_thread_number();
    std::atomic_ref(request.Internal).store(STATUS_PENDING, std::memory_order_relaxed);
    if (wait->has_routine) {
        request.Pointer = reinterpret_cast<PVOID>(routine);  // the offset means nothing here
    } else if (handle_value(request.hEvent) != 0) {
        reset_event_object(request.hEvent);
    } else {
        source.reset();
    }
    enter(*wait);
    return WSA_IO_PENDING;
}

unsigned cancel_change_waits(const change_notification& source, const OVERLAPPED* request, bool own_only) noexcept
{
    const std::uint32_t caller = kernel::current_thread_number();
    return end_all(take_out([&](const change_wait& wait) {
                       return wait.source == &source && wait.request != nullptr &&
                              (request == nullptr || request == wait.request) &&
                              (!own_only || caller == wait.thread_number);
                   }),
                   ending::cancelled);
}

void tell_of_catalog_changes() noexcept
{
    const std::uint64_t now = number_of_changes();
    end_all(take_out([now](const change_wait& wait) { return wait.seen != now; }), ending::changed);
}

void end_change_waits() noexcept
{
    end_catalog_watch();
    end_all(take_out([](const change_wait&) { return true; }), ending::cleanup);
}

void lock_change_waits_for_fork() noexcept
{
    mutex.lock();
}

// The threads that wait, and the one that watches, are the parent's.
void unlock_change_waits_after_fork(bool in_child) noexcept
{
    if (in_child) {
        first_wait = nullptr;
        thread_changed.reset_after_fork();
        forget_catalog_watch_after_fork();
    }
    mutex.unlock();
}

}  // namespace spindle::host
