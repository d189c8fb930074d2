// See the header.
#include "overlapped_call.hpp"

#include <atomic>
#include <mutex>
#include <new>
#include <utility>

#include "instance.hpp"
#include "spindle/constant_mutex.hpp"
#include "status.hpp"
#include "thunk.hpp"
#include "upcall_host.hpp"

namespace spindle::spi {

namespace {

/// A completion routine on its way to its thread. Kept in a list, because a host drops what is queued when the last
/// cleanup comes, and the record would be nobody's.
struct queued_routine {
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    LPWSAOVERLAPPED overlapped;
    DWORD error;
    DWORD bytes;
    DWORD flags;
    WSATHREADID thread{};              ///< to be closed with close_thread after the routine
    LPWPUCLOSETHREAD close_thread = nullptr;  ///< null: the id is the host's own
    queued_routine* next = nullptr;
    queued_routine* previous = nullptr;
};

struct routine_list {
    constant_mutex mutex;
    queued_routine* first = nullptr;

    void add(queued_routine& record) noexcept
    {
        const std::scoped_lock lock(mutex);
        record.next = first;
        if (first != nullptr) {
            first->previous = &record;
        }
        first = &record;
    }

    void remove(queued_routine& record) noexcept
    {
        const std::scoped_lock lock(mutex);
        (record.previous != nullptr ? record.previous->next : first) = record.next;
        if (record.next != nullptr) {
            record.next->previous = record.previous;
        }
    }
};
constinit routine_list queued;

/// UP-19.
void close_own_thread(queued_routine& record) noexcept
{
    if (record.close_thread != nullptr) {
        int error = 0;
        record.close_thread(&record.thread, &error);
    }
}

/// The provider's own routine, which WPUQueueApc runs (UP-15). The client's routine comes last: it may do anything, even end
/// the provider, and nothing of the provider's is touched after it, but for the thread id of a caller that gave none.
void CALLBACK run_queued_routine(DWORD_PTR context)
{
    auto* record = reinterpret_cast<queued_routine*>(context);
    queued.remove(*record);
    queued_routine call = *record;  // off the list: its neighbours no longer write to it
    delete record;
    call.routine(call.error, call.bytes, call.overlapped, call.flags);
    if (call.close_thread != nullptr) {
        if (const provider::call in_progress(the_provider()); in_progress) {
            close_own_thread(call);  // UP-3: not after the last cleanup
        }
    }
}

ULONG_PTR event_value(HANDLE event) noexcept
{
    return reinterpret_cast<ULONG_PTR>(event) & ~ULONG_PTR{1};  // OVL-15
}

}  // namespace

result<void> notification::prepare(socket& it, const overlapped_arguments& how)
{
    if (how.overlapped == nullptr) {
        return errc::fault;
    }
    auto& record = record_of(it);
    if (how.routine != nullptr) {
        if (record.has_port()) {
            return errc::invalid_argument;
        }
        if (how.thread != nullptr) {
            thread_ = load(how.thread);
        } else if (!upcalls_of_provider()->open_current_thread(thread_)) {
            return errc::fault;
        } else {
            own_thread_id_ = true;
        }
    }
    overlapped_ = how.overlapped;
    routine_ = how.routine;
    handle_ = static_cast<SOCKET>(it.handle());
    type_ = it.kind().type;
    if (routine_ == nullptr) {
        file_ = record.file_of(it.handle());
    }
    return {};
}

notification::~notification()
{
    if (own_thread_id_) {
        upcalls_of_provider()->close_thread(thread_);
    }
}

void notification::begin() noexcept
{
    if (const auto* host = host_kernel()) {
        host->begin(file_, overlapped_, has_routine());
        return;
    }
    if (!has_routine() && event_value(overlapped_->hEvent) != 0) {
        upcalls_of_provider()->reset_event(reinterpret_cast<HANDLE>(event_value(overlapped_->hEvent)));
    }
    std::atomic_ref(overlapped_->Internal).store(status_pending, std::memory_order_release);
}

void notification::end(const io_outcome& outcome, bool at_once) noexcept
{
    if (outcome.silent || has_routine()) {
        settle(outcome, exchange::notify::settle_only);
        if (!outcome.silent) {
            queue_routine(outcome);
        }
        return;
    }
    settle(outcome, at_once ? exchange::notify::at_once : exchange::notify::normal);
}

void notification::settle_failure(const io_outcome& outcome) noexcept
{
    settle(outcome, exchange::notify::settle_only);
}

std::uint32_t notification::status_for(const io_outcome& outcome) const noexcept
{
    return status_ != 0 ? status_ : status_of(outcome.code, type_);
}

void notification::settle(const io_outcome& outcome, exchange::notify how) noexcept
{
    if (!upcalls_of_provider()->has_ifs_handles()) {
        settle_for_upcall_host(outcome, how);
        return;
    }
    const auto status = status_for(outcome);
    if (const auto* host = host_kernel()) {
        host->complete(file_, overlapped_, status, outcome.bytes, how);
        return;
    }
    const HANDLE event = overlapped_->hEvent;
    overlapped_->InternalHigh = outcome.bytes;
    std::atomic_ref(overlapped_->Internal).store(status, std::memory_order_release);
    if (how != exchange::notify::settle_only && event_value(event) != 0) {
        upcalls_of_provider()->set_event(reinterpret_cast<HANDLE>(event_value(event)));
    }
}

// OVL-9, UP-9 to UP-12: flags and error are the provider's to store, the rest is the host's.
void notification::settle_for_upcall_host(const io_outcome& outcome, exchange::notify how) noexcept
{
    const HANDLE event = overlapped_->hEvent;
    overlapped_->Offset = outcome.flags;
    overlapped_->OffsetHigh = static_cast<DWORD>(outcome.code);
    const auto bytes = static_cast<DWORD>(outcome.bytes);
    if (how != exchange::notify::settle_only &&
        upcalls_of_provider()->complete_request(handle_, overlapped_, static_cast<DWORD>(outcome.code), bytes)) {
        return;
    }
    overlapped_->InternalHigh = bytes;
    std::atomic_ref(overlapped_->Internal).store(status_for(outcome), std::memory_order_release);
    if (how != exchange::notify::settle_only && event_value(event) != 0) {
        upcalls_of_provider()->set_event(reinterpret_cast<HANDLE>(event_value(event)));
    }
}

void notification::queue_routine(const io_outcome& outcome) noexcept
{
    auto* record = new (std::nothrow)
        queued_routine{routine_, overlapped_, static_cast<DWORD>(outcome.code), static_cast<DWORD>(outcome.bytes),
                       outcome.flags};
    if (record == nullptr) {
        return;  // as for a thread that is gone (UP-17)
    }
    const auto* upcalls = upcalls_of_provider();
    record->thread = thread_;
    record->close_thread = own_thread_id_ ? upcalls->thread_closer() : nullptr;
    // The record may be gone as soon as it is queued.
    const bool was_own = std::exchange(own_thread_id_, false);
    queued.add(*record);
    if (!upcalls->queue_apc(thread_, &run_queued_routine, reinterpret_cast<DWORD_PTR>(record))) {
        queued.remove(*record);
        delete record;
        own_thread_id_ = was_own;
    }
}

bool is_pending(WSAOVERLAPPED& overlapped) noexcept
{
    return std::atomic_ref(overlapped.Internal).load(std::memory_order_acquire) == status_pending;
}

errc outcome_code(WSAOVERLAPPED& overlapped) noexcept
{
    return upcalls_of_provider()->has_ifs_handles() ? code_of(static_cast<std::uint32_t>(overlapped.Internal))
                                                    : static_cast<errc>(overlapped.OffsetHigh);
}

DWORD outcome_flags(const WSAOVERLAPPED& overlapped) noexcept
{
    return upcalls_of_provider()->has_ifs_handles() ? 0 : overlapped.Offset;
}

result<void> wait_until_settled(socket& it, WSAOVERLAPPED& overlapped, bool wait)
{
    if (!is_pending(overlapped)) {
        return {};
    }
    return wait ? it.wait_for_requests([&] { return !is_pending(overlapped); }) : result<void>(errc::io_incomplete);
}

void forget_queued_routines_after_fork() noexcept
{
    queued.mutex.reset_after_fork();
    queued.first = nullptr;
}

void drop_queued_routines() noexcept
{
    queued_routine* each = nullptr;
    {
        const std::scoped_lock lock(queued.mutex);
        each = std::exchange(queued.first, nullptr);
    }
    while (each != nullptr) {
        close_own_thread(*each);
        delete std::exchange(each, each->next);
    }
}

}  // namespace spindle::spi
