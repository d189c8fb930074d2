// The queue in front of a port of the system, see completion_port.hpp. A packet that is queued while threads sleep is followed
// by one in the system's port that carries nothing and wakes one of them. PostQueuedCompletionStatus would make every packet
// one of success; the function below it takes the status too. Answers to the pages "GetQueuedCompletionStatusEx" and
// "ZwSetIoCompletion".
#include <windows.h>

#include "kernel/completion_port.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

extern "C" __declspec(dllimport) LONG NTAPI NtSetIoCompletion(HANDLE port, PVOID key, PVOID context, LONG status,
                                                              ULONG_PTR information);
extern "C" __declspec(dllimport) LONG NTAPI NtQueryIoCompletion(HANDLE port, int what, PVOID buffer, ULONG size,
                                                                PULONG returned);

namespace spindle::kernel {

namespace {

/// Its address is the OVERLAPPED of packets that only wake; no program has one there.
OVERLAPPED only_wakes;

bool is_port(HANDLE handle) noexcept
{
    LONG depth = 0;
    return NtQueryIoCompletion(handle, 0, &depth, sizeof depth, nullptr) >= 0;
}

OVERLAPPED_ENTRY entry_of(const packet& from) noexcept
{
    return {from.key, static_cast<LPOVERLAPPED>(from.overlapped), from.status, from.bytes};
}

class time_limit {
public:
    explicit time_limit(DWORD milliseconds) noexcept
        : milliseconds_(milliseconds), since_(counts() ? GetTickCount64() : 0)
    {}

    [[nodiscard]] DWORD left() const noexcept
    {
        const ULONGLONG past = counts() ? GetTickCount64() - since_ : 0;
        return past < milliseconds_ ? milliseconds_ - static_cast<DWORD>(past) : 0;
    }

private:
    [[nodiscard]] bool counts() const noexcept { return milliseconds_ != 0 && milliseconds_ != INFINITE; }

    const DWORD milliseconds_;
    const ULONGLONG since_;
};

}  // namespace

object_ref<completion_port> completion_port::over(void* handle, taken_by who) noexcept
{
    const HANDLE process = GetCurrentProcess();
    HANDLE own = nullptr;
    if (!is_port(handle) || DuplicateHandle(process, handle, process, &own, 0, FALSE, DUPLICATE_SAME_ACCESS) == FALSE) {
        return {};
    }
    object_ref<completion_port> made(new (std::nothrow) completion_port(own, who));
    if (!made) {
        CloseHandle(own);
    }
    return made && made->queue_.reserve() ? std::move(made) : object_ref<completion_port>();
}

completion_port::~completion_port()
{
    CloseHandle(handle_);
}

void completion_port::complete(const packet& finished) noexcept
{
    if (!push(finished, false)) {
        std::abort();
    }
}

bool completion_port::push(const packet& added, bool posted) noexcept
{
    if (taken_by_ == taken_by::anybody) {
        return NtSetIoCompletion(handle_, reinterpret_cast<PVOID>(added.key), added.overlapped,
                                 static_cast<LONG>(added.status), added.bytes) >= 0;
    }
    std::size_t wakes = 0;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) {
            return true;  // nobody can take it any more
        }
        if (!queue_.push(added, posted)) {
            return false;
        }
        wakes = wakes_due_locked(1);
    }
    wake(wakes);
    return true;
}

void completion_port::handle_opened() noexcept
{
    const std::lock_guard lock(mutex_);
    ++handles_;
}

void completion_port::handle_closed() noexcept
{
    std::size_t wakes = 0;
    {
        const std::lock_guard lock(mutex_);
        if (--handles_ == 0) {
            closed_ = true;
            queue_.clear();
            wakes = wakes_due_locked(sleeping_);
        }
    }
    wake(wakes);
}

// How many of the wakes wanted have yet to be sent, which the caller does without the lock.
std::size_t completion_port::wakes_due_locked(std::size_t wanted) noexcept
{
    const std::size_t asleep = sleeping_ > wakes_ ? sleeping_ - wakes_ : 0;
    const std::size_t due = std::min(wanted, asleep);
    wakes_ += due;
    return due;
}

void completion_port::wake(std::size_t threads) noexcept
{
    for (; threads != 0; --threads) {
        if (NtSetIoCompletion(handle_, nullptr, &only_wakes, 0, 0) < 0) {
            std::abort();  // a packet is queued and nobody would come for it
        }
    }
}

std::size_t completion_port::fill_locked(std::span<OVERLAPPED_ENTRY> into) noexcept
{
    std::size_t count = 0;
    while (count < into.size() && !queue_.empty()) {
        into[count++] = entry_of(queue_.pop());
    }
    return count;
}

// 0: the caller counts as sleeping. It is to look at the system's port only if packets wait here that are not its turn yet.
std::size_t completion_port::fill_or_sleep(std::span<OVERLAPPED_ENTRY> into, bool& only_look) noexcept
{
    const std::lock_guard lock(mutex_);
    only_look = closed_ || (!queue_.empty() && ++takes_ % takes_per_look == 0);
    const std::size_t count = only_look ? 0 : fill_locked(into);
    sleeping_ += count == 0 ? 1 : 0;
    return count;
}

// The end of that, with so many packets from the system's port. Returns how many there are for the caller, of either queue. A
// wake may have been for another thread, which goes on sleeping while packets wait: it is woken anew.
std::size_t completion_port::awake(std::span<OVERLAPPED_ENTRY> into, std::size_t taken, bool& closed) noexcept
{
    const auto first = into.begin();
    const auto last = first + static_cast<std::ptrdiff_t>(taken);
    const auto end =
        std::remove_if(first, last, [](const OVERLAPPED_ENTRY& each) { return each.lpOverlapped == &only_wakes; });
    auto count = static_cast<std::size_t>(end - first);
    std::size_t wakes = 0;
    {
        const std::lock_guard lock(mutex_);
        --sleeping_;
        wakes_ -= static_cast<std::size_t>(last - end);
        count = count != 0 ? count : fill_locked(into);
        closed = closed_;
        wakes = wakes_due_locked(closed_ ? sleeping_ : queue_.size());
    }
    wake(wakes);
    return count;
}

unsigned long completion_port::take(std::span<OVERLAPPED_ENTRY> into, std::size_t& count, unsigned long milliseconds,
                                    bool alertable) noexcept
{
    const time_limit limit(milliseconds);
    const DWORD error_before = GetLastError();
    for (;;) {
        bool only_look = false;
        count = fill_or_sleep(into, only_look);
        if (count != 0) {
            SetLastError(error_before);  // a look before may have changed it
            return 0;
        }
        // One at a time: what comes this way mostly carries nothing, and a second look would be in vain.
        ULONG taken = 0;
        const DWORD error = GetQueuedCompletionStatusEx(handle_, into.data(), 1, &taken, only_look ? 0 : limit.left(),
                                                        alertable ? TRUE : FALSE) != FALSE
                                ? 0
                                : GetLastError();
        bool closed = false;
        count = awake(into, error == 0 ? taken : 0, closed);
        if (count != 0) {
            SetLastError(error_before);
            return 0;
        }
        if (closed) {
            return ERROR_ABANDONED_WAIT_0;
        }
        if (error != 0 && !(only_look && error == WAIT_TIMEOUT)) {
            return error;
        }
    }
}

}  // namespace spindle::kernel
