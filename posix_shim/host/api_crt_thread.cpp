// The C run-time's way of starting threads. Its errors are errno values. Answers to the pages "_beginthread,
// _beginthreadex" and "_endthread, _endthreadex".
#include "host/program_thread.hpp"
#include "host/thread_state.hpp"

#include <cerrno>
#include <memory>

using namespace spindle;
using namespace spindle::host;

namespace {

struct crt_start {
    _beginthread_proc_type routine;
    void* argument;
    HANDLE handle;
};

// What _beginthread returned for the calling thread: _endthread closes it.
constinit thread_local HANDLE own_handle __attribute__((tls_model("initial-exec"))) = nullptr;

void close_own_handle() noexcept
{
    if (own_handle != nullptr) {
        CloseHandle(own_handle);
        own_handle = nullptr;
    }
}

std::uint32_t run_crt_thread(void* argument)
{
    const crt_start start = *std::unique_ptr<crt_start>(static_cast<crt_start*>(argument));
    own_handle = start.handle;
    start.routine(start.argument);
    close_own_handle();
    return 0;
}

constexpr std::uintptr_t beginthread_failed = ~std::uintptr_t{0};

}  // namespace

std::uintptr_t _beginthread(_beginthread_proc_type _StartAddress, unsigned _StackSize, void* _ArgList)
{
    if (_StartAddress == nullptr) {
        errno = EINVAL;
        return beginthread_failed;
    }
    std::unique_ptr<crt_start> start(new (std::nothrow) crt_start{_StartAddress, _ArgList, nullptr});
    const HANDLE handle = start ? start_program_thread({&run_crt_thread, start.get(), _StackSize}, false,
                                                       nullptr, &start->handle)
                                : nullptr;
    if (handle == nullptr) {
        errno = EAGAIN;
        return beginthread_failed;
    }
    static_cast<void>(start.release());  // the thread's; it may have ended by now
    return reinterpret_cast<std::uintptr_t>(handle);
}

std::uintptr_t _beginthreadex(void* _Security, unsigned _StackSize, _beginthreadex_proc_type _StartAddress,
                              void* _ArgList, unsigned _InitFlag, unsigned* _ThrdAddr)
{
    if (_StartAddress == nullptr) {
        errno = EINVAL;
        return 0;
    }
    const HANDLE handle = CreateThread(static_cast<LPSECURITY_ATTRIBUTES>(_Security), _StackSize,
                                       _StartAddress, _ArgList, _InitFlag, _ThrdAddr);
    if (handle == nullptr) {
        errno = last_error_of_thread == ERROR_INVALID_PARAMETER ? EINVAL : EAGAIN;
    }
    return reinterpret_cast<std::uintptr_t>(handle);
}

void _endthread()
{
    close_own_handle();
    kernel::exit_thread(0);
}

void _endthreadex(unsigned _Retval)
{
    kernel::exit_thread(_Retval);
}
