// What the host remembers per thread: SO_OPENTYPE, blocking hook, calls in progress. All of it is
// trivial, constant-initialised data, so reading it costs no guard and nothing has to run when a thread ends.
#pragma once

#include "host/last_error.hpp"
#include "host/winsock.hpp"

namespace spindle::host {

class provider;

struct thread_state {
    /// Calls of this thread that are inside a provider or on their way; more than 0 means that the thread is
    /// in a call-out (condition function, blocking hook, completion routine) when it calls us.
    unsigned calls = 0;
    /// The provider of the innermost of these calls.
    provider* current_provider = nullptr;
    /// SO_OPENTYPE: 0 makes socket() overlapped (MAP-2, MAP-22).
    int open_type = 0;
    FARPROC blocking_hook = nullptr;
    unsigned hook_depth = 0;
    /// WSACancelBlockingCall was called from the hook that is running.
    bool cancelled = false;
};

// initial-exec: as last_error.hpp has it.
extern constinit thread_local thread_state this_thread __attribute__((tls_model("initial-exec")));

/// Stores the error and returns what the function returns on failure.
template <class Result>
Result fail(Result result, int error) noexcept
{
    set_last_error(error);
    return result;
}

}  // namespace spindle::host
