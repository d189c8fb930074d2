// Console control events, see console_control.hpp. The signal handler counts and posts a semaphore, both
// async-signal-safe, and needs no descriptor that could be closed under it.
#include "host/console_control.hpp"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>

#include <atomic>
#include <cerrno>
#include <iterator>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace spindle::host::console {

namespace {

struct source {
    int signal;
    DWORD event;
};
constexpr source sources[] = {{SIGINT, CTRL_C_EVENT},
                              {SIGQUIT, CTRL_BREAK_EVENT},
                              {SIGHUP, CTRL_CLOSE_EVENT},
                              {SIGTERM, CTRL_CLOSE_EVENT}};

struct handler {
    PHANDLER_ROUTINE routine;
    handler* older;
};

constinit std::mutex mutex;  // the handlers and whether the listener runs
constinit handler* newest = nullptr;
constinit bool listening = false;
constinit bool fork_handlers_registered = false;
pthread_t listener;
sem_t wake_up;  // lives from the first handler to the end of the process: a signal may be on its way to it
constinit bool wake_up_made = false;
constinit std::atomic<bool> stop{false};
constinit std::atomic<unsigned> arrived[std::size(sources)] = {};

void on_signal(int signal)
{
    const int error = errno;
    for (std::size_t index = 0; index < std::size(sources); ++index) {
        if (sources[index].signal == signal) {
            arrived[index].fetch_add(1);
        }
    }
    sem_post(&wake_up);
    errno = error;
}

void set_disposition(int signal, void (*disposition)(int)) noexcept
{
    struct sigaction action {};
    action.sa_handler = disposition;
    action.sa_flags = SA_RESTART;
    sigaction(signal, &action, nullptr);
}

bool disposition_is(int signal, void (*disposition)(int)) noexcept
{
    struct sigaction action {};
    return sigaction(signal, nullptr, &action) == 0 && (action.sa_flags & SA_SIGINFO) == 0 &&
           action.sa_handler == disposition;
}

void replace_disposition(void (*from)(int), void (*to)(int)) noexcept
{
    for (const source& each : sources) {
        if (disposition_is(each.signal, from)) {
            set_disposition(each.signal, to);
        }
    }
}

// The system's own default action, so that whoever waits for the process sees what ended it.
void end_process(int signal) noexcept
{
    set_disposition(signal, SIG_DFL);
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, signal);
    pthread_sigmask(SIG_UNBLOCK, &mask, nullptr);
    raise(signal);
}

std::vector<PHANDLER_ROUTINE> registered_handlers()
{
    std::vector<PHANDLER_ROUTINE> routines;
    std::lock_guard lock(mutex);
    for (const handler* each = newest; each != nullptr; each = each->older) {
        routines.push_back(each->routine);
    }
    return routines;
}

bool handled(DWORD event) noexcept
try {
    for (const PHANDLER_ROUTINE routine : registered_handlers()) {
        if (routine(event) != FALSE) {
            return true;
        }
    }
    return false;
} catch (const std::bad_alloc&) {
    return false;
}

void* run_handlers(void* argument)
{
    const auto& arrived_one = *static_cast<const source*>(argument);
    // The last handler may have gone since; the event is then what it would be without any.
    if (!handled(arrived_one.event) || arrived_one.event == CTRL_CLOSE_EVENT) {
        end_process(arrived_one.signal);
    }
    return nullptr;
}

void start_event(const source& arrived_one) noexcept
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    void* argument = const_cast<source*>(&arrived_one);
    if (pthread_create(&thread, &attributes, &run_handlers, argument) != 0) {
        run_handlers(argument);  // late is better than never
    }
    pthread_attr_destroy(&attributes);
}

void* listen(void*)
{
    while (!stop) {
        while (sem_wait(&wake_up) != 0) {
        }
        for (std::size_t index = 0; index < std::size(sources); ++index) {
            for (unsigned count = arrived[index].exchange(0); count > 0; --count) {
                start_event(sources[index]);
            }
        }
    }
    return nullptr;
}

// Signals stay with the program's own threads; those of the events inherit the mask.
bool start_listener() noexcept
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    stop = false;
    if (!wake_up_made) {
        wake_up_made = sem_init(&wake_up, 0, 0) == 0;
    }
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const bool started = pthread_create(&listener, nullptr, &listen, nullptr) == 0;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (started) {
        replace_disposition(SIG_DFL, &on_signal);
    }
    return started;
}

void stop_listener() noexcept
{
    replace_disposition(&on_signal, SIG_DFL);
    stop = true;
    sem_post(&wake_up);
    if (pthread_equal(pthread_self(), listener) != 0) {
        pthread_detach(listener);
    } else {
        pthread_join(listener, nullptr);
    }
}

void before_fork()
{
    mutex.lock();
}

void after_fork_in_parent()
{
    mutex.unlock();
}

// The listener is not there any more.
void after_fork_in_child()
{
    replace_disposition(&on_signal, SIG_DFL);
    while (newest != nullptr) {
        delete std::exchange(newest, newest->older);
    }
    listening = false;
    wake_up_made = false;
    mutex.unlock();
}

}  // namespace

bool add_handler(PHANDLER_ROUTINE routine) noexcept
{
    auto* added = new (std::nothrow) handler{routine, nullptr};
    if (added == nullptr) {
        return false;
    }
    std::lock_guard lock(mutex);
    if (!fork_handlers_registered) {
        fork_handlers_registered =
            pthread_atfork(&before_fork, &after_fork_in_parent, &after_fork_in_child) == 0;
    }
    added->older = newest;
    newest = added;
    if (!listening) {
        listening = start_listener();
    }
    if (!listening) {
        newest = added->older;
        delete added;
    }
    return listening;
}

bool remove_handler(PHANDLER_ROUTINE routine) noexcept
{
    std::lock_guard lock(mutex);
    handler** link = &newest;
    while (*link != nullptr && (*link)->routine != routine) {
        link = &(*link)->older;
    }
    handler* found = *link;
    if (found == nullptr) {
        return false;
    }
    *link = found->older;
    delete found;
    if (newest == nullptr) {
        stop_listener();
        listening = false;
    }
    return true;
}

void ignore_interrupts(bool ignore) noexcept
{
    std::lock_guard lock(mutex);
    if (ignore) {
        set_disposition(SIGINT, SIG_IGN);
    } else if (disposition_is(SIGINT, SIG_IGN)) {
        set_disposition(SIGINT, listening ? &on_signal : SIG_DFL);
    }
}

int signal_of(DWORD event) noexcept
{
    return event == CTRL_C_EVENT ? SIGINT : event == CTRL_BREAK_EVENT ? SIGQUIT : 0;
}

}  // namespace spindle::host::console
