// Finished requests as callbacks on threads of the pool. Answers to the pages "CreateThreadpoolIo", "StartThreadpoolIo",
// "WaitForThreadpoolIoCallbacks" and "BindIoCompletionCallback".
#include "host/completion_ports.hpp"
#include "host/pool_environment.hpp"
#include "host/request_status.hpp"
#include "host/thread_pool.hpp"
#include "host/thread_state.hpp"

#include <new>

using namespace spindle;
using namespace spindle::host;

struct _TP_IO final : pool_object {
    _TP_IO(PTP_WIN32_IO_CALLBACK callback, PVOID context) noexcept : callback_(callback), context_(context) {}

    void start() noexcept { add_due(); }
    void cancel() noexcept { take_back(); }

private:
    void call(const kernel::packet& taken) noexcept override
    {
        _TP_CALLBACK_INSTANCE instance;
        callback_(&instance, context_, taken.overlapped, error_of_status(taken.status), taken.bytes, this);
    }

    const PTP_WIN32_IO_CALLBACK callback_;
    const PVOID context_;
};

namespace {

// One for every function that was ever bound: a program has few, and files name theirs for as long as they exist.
class bound_function final : public pool_task {
public:
    explicit bound_function(LPOVERLAPPED_COMPLETION_ROUTINE function, bound_function* following) noexcept
        : function_(function), next_(following)
    {}

    static bound_function* find_or_make(LPOVERLAPPED_COMPLETION_ROUTINE function) noexcept
    {
        std::lock_guard lock(mutex_);
        for (bound_function* each = first_; each != nullptr; each = each->next_) {
            if (each->function_ == function) {
                return each;
            }
        }
        auto* const made = new (std::nothrow) bound_function(function, first_);
        first_ = made != nullptr ? made : first_;
        return made;
    }

private:
    void run(const kernel::packet& taken) noexcept override
    {
        function_(error_of_status(taken.status), taken.bytes, static_cast<LPOVERLAPPED>(taken.overlapped));
    }

    static constinit std::mutex mutex_;
    static constinit bound_function* first_;

    const LPOVERLAPPED_COMPLETION_ROUTINE function_;
    bound_function* const next_;
};

constinit std::mutex bound_function::mutex_;
constinit bound_function* bound_function::first_ = nullptr;

// Returns 0 or a Win32 code.
int bind_to_pool(HANDLE file, pool_task& task) noexcept
{
    kernel::completion_port* const port = pool_port_for_files();
    return port == nullptr ? ERROR_NOT_ENOUGH_MEMORY
                           : associate_with_port(file, *port, reinterpret_cast<ULONG_PTR>(&task));
}

}  // namespace

BOOL WINAPI BindIoCompletionCallback(HANDLE FileHandle, LPOVERLAPPED_COMPLETION_ROUTINE Function, ULONG Flags)
{
    if (Function == nullptr || Flags != 0) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    bound_function* const task = bound_function::find_or_make(Function);
    const int error = task == nullptr ? ERROR_NOT_ENOUGH_MEMORY : bind_to_pool(FileHandle, *task);
    return error == 0 ? TRUE : fail(FALSE, error);
}

PTP_IO WINAPI CreateThreadpoolIo(HANDLE fl, PTP_WIN32_IO_CALLBACK pfnio, PVOID pv, PTP_CALLBACK_ENVIRON pcbe)
{
    if (pfnio == nullptr || !serves(pcbe)) {
        return fail(PTP_IO{nullptr}, ERROR_INVALID_PARAMETER);
    }
    auto* const made = new (std::nothrow) _TP_IO(pfnio, pv);
    const int error = made == nullptr ? ERROR_NOT_ENOUGH_MEMORY : bind_to_pool(fl, *made);
    if (error != 0) {
        if (made != nullptr) {
            made->release();
        }
        return fail(PTP_IO{nullptr}, error);
    }
    return made;
}

VOID WINAPI StartThreadpoolIo(PTP_IO pio)
{
    pio->start();
}

VOID WINAPI CancelThreadpoolIo(PTP_IO pio)
{
    pio->cancel();
}

// Whether a request's packet is queued or still to come is not told apart: with fCancelPendingCallbacks every request
// that was started before and whose callback has not begun gets none. The requests themselves go on.
VOID WINAPI WaitForThreadpoolIoCallbacks(PTP_IO pio, BOOL fCancelPendingCallbacks)
{
    pio->wait(fCancelPendingCallbacks != FALSE);
}

VOID WINAPI CloseThreadpoolIo(PTP_IO pio)
{
    pio->release();
}
