// The console control functions on console_control.hpp, and leaving the console. A console's processes are a process
// group here. Answers to the pages "SetConsoleCtrlHandler", "GenerateConsoleCtrlEvent" and "FreeConsole".
#include "host/console_control.hpp"
#include "host/descriptor.hpp"
#include "host/thread_state.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
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

// "the process that called FreeConsole cannot refer to it": what was the terminal is the null device.
bool let_go_of_terminal() noexcept
{
    const descriptor nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!nothing) {
        return false;
    }
    for (int number = 0; number <= 2; ++number) {
        if (isatty(number) == 1 && dup2(nothing.get(), number) < 0) {
            return false;
        }
    }
    return true;
}

}  // namespace

// Without a console there is nothing to do, and that succeeds. The leader of a session takes the terminal from all its
// processes when it leaves it, which is not what this is for.
BOOL WINAPI FreeConsole(VOID)
{
    const descriptor terminal(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
    if (!terminal) {
        return TRUE;
    }
    if (getsid(0) == getpid()) {
        return fail(FALSE, ERROR_NOT_SUPPORTED);
    }
    if (!let_go_of_terminal()) {
        return fail(FALSE, ERROR_TOO_MANY_OPEN_FILES);
    }
    return ioctl(terminal.get(), TIOCNOTTY) == 0 ? TRUE : fail(FALSE, ERROR_GEN_FAILURE);
}

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
