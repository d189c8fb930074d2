// GetAddrInfoEx and its family: look-ups in a chosen name space, with a time limit, overlapped with an event or a
// completion routine, and cancelling them. Answers to the pages "GetAddrInfoExW", "GetAddrInfoExCancel" and
// "GetAddrInfoExOverlappedResult" (clauses NSV-1 to NSV-7).
#include "host/background_look_up.hpp"
#include "host/handle_list.hpp"
#include "host/kernel_objects.hpp"
#include "host/name_space.hpp"
#include "host/open_look_ups.hpp"
#include "host/request_status.hpp"
#include "host/time_limit.hpp"

#include <atomic>
#include <thread>

using namespace spindle;
using namespace spindle::host;

namespace {

std::atomic_ref<ULONG_PTR> status_in(OVERLAPPED& overlapped) noexcept
{
    return std::atomic_ref(overlapped.Internal);
}

class overlapped_look_up final : public background_look_up, public listed_item<overlapped_look_up> {
public:
    overlapped_look_up(name_request request, PADDRINFOEXW* result, LPOVERLAPPED overlapped,
                       LPLOOKUPSERVICE_COMPLETION_ROUTINE routine,
                       kernel::object_ref<kernel::event> event) noexcept
        : background_look_up(std::move(request)), result_(result), overlapped_(overlapped), routine_(routine),
          event_(std::move(event))
    {}

private:
    void ended() noexcept override;

    PADDRINFOEXW* const result_;
    const LPOVERLAPPED overlapped_;
    const LPLOOKUPSERVICE_COMPLETION_ROUTINE routine_;
    const kernel::object_ref<kernel::event> event_;
};

constinit handle_list<overlapped_look_up> in_progress;

void overlapped_look_up::ended() noexcept
{
    const auto kept_here = in_progress.remove(reinterpret_cast<HANDLE>(handle));
    int error = code();
    try {
        if (error == 0) {
            *result_ = make_list<ADDRINFOEXW>(answer(), request());
        }
    } catch (const std::bad_alloc&) {
        error = WSA_NOT_ENOUGH_MEMORY;
    }
    status_in(*overlapped_).store(status_of_error(static_cast<DWORD>(error)), std::memory_order_release);
    // From here on the OVERLAPPED is the program's.
    if (routine_ != nullptr) {
        routine_(static_cast<DWORD>(error), 0, overlapped_);
    } else {
        event_->set();
    }
}

int begin(name_request&& request, PADDRINFOEXW* result, kernel::clock::time_point deadline,
          LPOVERLAPPED overlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, LPHANDLE handle)
{
    const call_scope scope;  // the last cleanup waits until the look-up is among those it ends
    if (!scope) {
        return WSANOTINITIALISED;
    }
    kernel::object_ref<kernel::event> event;
    if (routine == nullptr) {
        event = event_of(overlapped->hEvent);
        if (!event) {
            return WSA_INVALID_HANDLE;
        }
        event->reset();
    }
    const auto made = std::make_shared<overlapped_look_up>(std::move(request), result, overlapped, routine,
                                                           std::move(event));
    overlapped->Pointer = result;
    status_in(*overlapped).store(STATUS_PENDING, std::memory_order_relaxed);
    const HANDLE entered = in_progress.add(made);
    if (handle != nullptr) {
        *handle = entered;
    }
    const bool limited = deadline == kernel::no_deadline || background_look_up::limit(made, deadline);
    if ((!limited || !background_look_up::start(made)) && made->abandon()) {
        in_progress.remove(entered);
        return WSA_NOT_ENOUGH_MEMORY;
    }
    return WSA_IO_PENDING;
}

int wait_for_answer(name_request&& request, PADDRINFOEXW* result, kernel::clock::time_point deadline)
{
    const auto made = std::make_shared<background_look_up>(std::move(request));
    if (!background_look_up::start(made)) {
        return WSA_NOT_ENOUGH_MEMORY;
    }
    if (!made->wait_until(deadline) && made->end(WSATRY_AGAIN)) {
        return WSATRY_AGAIN;
    }
    (void)made->wait_until(kernel::no_deadline);
    if (made->code() == 0) {
        *result = make_list<ADDRINFOEXW>(made->answer(), made->request());
    }
    return made->code();
}

// What no name space could answer.
template <class Info>
int check_query(DWORD name_space, const GUID* provider_id, Info** result) noexcept
{
    if (result == nullptr) {
        return WSAEFAULT;
    }
    *result = nullptr;
    return serves_name_space(name_space) && is_dns_provider(provider_id) ? 0 : WSASERVICE_NOT_FOUND;
}

bool fit_together(const OVERLAPPED* overlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE routine,
                  const HANDLE* handle) noexcept
{
    if (overlapped == nullptr) {
        return routine == nullptr && handle == nullptr;
    }
    return (routine == nullptr) == (overlapped->hEvent != nullptr);
}

}  // namespace

INT WSAAPI GetAddrInfoExW(PCWSTR pName, PCWSTR pServiceName, DWORD dwNameSpace, LPGUID lpNspId,
                          const ADDRINFOEXW* hints, PADDRINFOEXW* ppResult, timeval* timeout,
                          LPOVERLAPPED lpOverlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine,
                          LPHANDLE lpHandle)
{
    return reported([&]() -> int {
        if (const int error = check_query(dwNameSpace, lpNspId, ppResult); error != 0) {
            return error;
        }
        kernel::clock::time_point deadline;
        if (!fit_together(lpOverlapped, lpCompletionRoutine, lpHandle) || !read_limit(timeout, deadline)) {
            return WSAEINVAL;
        }
        name_request request;
        if (const int error = read_request(pName, pServiceName, hints, request); error != 0) {
            return error;
        }
        if (lpOverlapped != nullptr) {
            return begin(std::move(request), ppResult, deadline, lpOverlapped, lpCompletionRoutine, lpHandle);
        }
        return timeout == nullptr ? look_up_now(request, ppResult)
                                  : wait_for_answer(std::move(request), ppResult, deadline);
    });
}

INT WSAAPI GetAddrInfoExA(PCSTR pName, PCSTR pServiceName, DWORD dwNameSpace, LPGUID lpNspId,
                          const ADDRINFOEXA* hints, PADDRINFOEXA* ppResult, timeval* timeout,
                          LPOVERLAPPED lpOverlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine,
                          LPHANDLE lpNameHandle)
{
    return reported([&]() -> int {
        if (const int error = check_query(dwNameSpace, lpNspId, ppResult); error != 0) {
            return error;
        }
        if (timeout != nullptr || lpOverlapped != nullptr || lpCompletionRoutine != nullptr ||
            lpNameHandle != nullptr) {
            return WSAEINVAL;  // reserved in this form
        }
        name_request request;
        const int error = read_request(pName, pServiceName, hints, request);
        return error != 0 ? error : look_up_now(request, ppResult);
    });
}

INT WSAAPI GetAddrInfoExCancel(LPHANDLE lpHandle)
{
    const auto found = lpHandle != nullptr ? in_progress.find(*lpHandle) : nullptr;
    return found && found->end(WSA_E_CANCELLED) ? 0 : WSA_INVALID_HANDLE;
}

INT WSAAPI GetAddrInfoExOverlappedResult(LPOVERLAPPED lpOverlapped)
{
    if (lpOverlapped == nullptr) {
        return WSAEINVAL;
    }
    const ULONG_PTR status = status_in(*lpOverlapped).load(std::memory_order_acquire);
    return status == STATUS_PENDING ? WSAEINPROGRESS : static_cast<INT>(error_of_status(status));
}

VOID WSAAPI FreeAddrInfoEx(PADDRINFOEXA pAddrInfoEx)
{
    free_list(pAddrInfoEx);
}

VOID WSAAPI FreeAddrInfoExW(PADDRINFOEXW pAddrInfoEx)
{
    free_list(pAddrInfoEx);
}

void spindle::host::cancel_all_look_ups() noexcept
{
    ++this_thread
          .calls;  // a routine that wants to start the library again is told that a cleanup is in progress
    while (const auto found = in_progress.first()) {
        if (!found->end(WSA_E_CANCELLED)) {
            std::this_thread::yield();  // another thread is just ending it, and takes it from the list
        }
    }
    --this_thread.calls;
}

void spindle::host::lock_look_ups_for_fork() noexcept
{
    in_progress.lock_for_fork();
}

void spindle::host::unlock_look_ups_after_fork(bool in_child) noexcept
{
    in_progress.unlock_after_fork(in_child);
}
