// The console control functions on console_control.hpp. A console's processes are a process group here. Answers
// to the pages "SetConsoleCtrlHandler" and "GenerateConsoleCtrlEvent".
#include "host/console_control.hpp"
#include "host/thread_state.hpp"

#include <signal.h>
#include <unistd.h>

#include <cerrno>

using namespace spindle::host;

namespace {

// 0 is the caller's own group; its own id is the caller alone, which need not lead a group.
pid_t target_of(DWORD group) noexcept
{
    const auto id = static_cast<pid_t>(group);
    return group == 0 || id == getpid() ? id : -id;
}

}  // namespace

BOOL WINAPI SetConsoleCtrlHandler(PHANDLER_ROUTINE HandlerRoutine, BOOL Add)
{
    if (HandlerRoutine == nullptr) {
        console::ignore_interrupts(Add != FALSE);
        return TRUE;
    }
    if (Add != FALSE) {
        return console::add_handler(HandlerRoutine) ? TRUE : fail(FALSE, ERROR_NOT_ENOUGH_MEMORY);
    }
    return console::remove_handler(HandlerRoutine) ? TRUE : fail(FALSE, ERROR_INVALID_PARAMETER);
}

BOOL WINAPI GenerateConsoleCtrlEvent(DWORD dwCtrlEvent, DWORD dwProcessGroupId)
{
    const int signal = console::signal_of(dwCtrlEvent);
    if (signal == 0 || dwProcessGroupId > INT32_MAX) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    if (kill(target_of(dwProcessGroupId), signal) == 0) {
        return TRUE;
    }
    return fail(FALSE, errno == EPERM ? ERROR_ACCESS_DENIED : ERROR_INVALID_PARAMETER);
}
