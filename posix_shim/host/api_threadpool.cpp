// Functions on threads of the pool: work objects, simple callbacks, work items. Answers to the pages
// "CreateThreadpoolWork", "TrySubmitThreadpoolCallback" and "QueueUserWorkItem".
#include "host/pool_environment.hpp"
#include "host/thread_pool.hpp"
#include "host/thread_state.hpp"

#include <new>

using namespace spindle;
using namespace spindle::host;

struct _TP_WORK final : pool_object {
    _TP_WORK(PTP_WORK_CALLBACK callback, PVOID context) noexcept : callback_(callback), context_(context) {}

    void submit() noexcept
    {
        add_due();
        if (!run_in_pool(*this)) {
            // The function cannot fail: without a thread the caller's own has to do.
            static_cast<pool_task&>(*this).run({});
        }
    }

private:
    void call(const kernel::packet&) noexcept override
    {
        _TP_CALLBACK_INSTANCE instance;
        callback_(&instance, context_, this);
    }

    const PTP_WORK_CALLBACK callback_;
    const PVOID context_;
};

namespace {

// Runs once and is gone.
template <class Function>
class one_call final : public pool_task {
public:
    explicit one_call(Function function) noexcept : function_(function) {}

private:
    void run(const kernel::packet&) noexcept override
    {
        const Function function = function_;
        delete this;
        function();
    }

    const Function function_;
};

template <class Function>
BOOL run_once(Function function) noexcept
{
    auto* const made = new (std::nothrow) one_call<Function>(function);
    if (made == nullptr || !run_in_pool(*made)) {
        delete made;
        return fail(FALSE, ERROR_NOT_ENOUGH_MEMORY);
    }
    return TRUE;
}

}  // namespace

BOOL WINAPI TrySubmitThreadpoolCallback(PTP_SIMPLE_CALLBACK pfns, PVOID pv, PTP_CALLBACK_ENVIRON pcbe)
{
    if (pfns == nullptr || !serves(pcbe)) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    return run_once([=]() noexcept {
        _TP_CALLBACK_INSTANCE instance;
        pfns(&instance, pv);
    });
}

// The flags are advice on which kind of thread would suit.
BOOL WINAPI QueueUserWorkItem(LPTHREAD_START_ROUTINE Function, PVOID Context, ULONG)
{
    return Function == nullptr ? fail(FALSE, ERROR_INVALID_PARAMETER)
                               : run_once([=]() noexcept { (void)Function(Context); });
}

PTP_WORK WINAPI CreateThreadpoolWork(PTP_WORK_CALLBACK pfnwk, PVOID pv, PTP_CALLBACK_ENVIRON pcbe)
{
    if (pfnwk == nullptr || !serves(pcbe)) {
        return fail(PTP_WORK{nullptr}, ERROR_INVALID_PARAMETER);
    }
    auto* const made = new (std::nothrow) _TP_WORK(pfnwk, pv);
    return made != nullptr ? made : fail(PTP_WORK{nullptr}, ERROR_NOT_ENOUGH_MEMORY);
}

VOID WINAPI SubmitThreadpoolWork(PTP_WORK pwk)
{
    pwk->submit();
}

VOID WINAPI WaitForThreadpoolWorkCallbacks(PTP_WORK pwk, BOOL fCancelPendingCallbacks)
{
    pwk->wait(fCancelPendingCallbacks != FALSE);
}

VOID WINAPI CloseThreadpoolWork(PTP_WORK pwk)
{
    pwk->release();
}
