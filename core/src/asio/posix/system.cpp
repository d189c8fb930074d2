// system.hpp for POSIX systems.
#include "system.hpp"

#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <pthread.h>
#include <unistd.h>

namespace spindle::system {
namespace {

constinit std::atomic<void (*)()> child_handler{nullptr};
constinit std::atomic<bool> registered{false};

void in_child() noexcept
{
    if (const auto handler = child_handler.load(std::memory_order_acquire)) {
        handler();
    }
}

}  // namespace

std::optional<std::string> trusted_environment(const char* name)
{
    const char* value = ::secure_getenv(name);
    return value != nullptr ? std::optional<std::string>{value} : std::nullopt;
}

void at_fork_in_child(void (*handler)()) noexcept
{
    child_handler.store(handler, std::memory_order_release);
    // Once per load: glibc drops a library's registrations when the library is unloaded (pthread_atfork is
    // linked into the library itself and names it to the loader).
    if (!registered.exchange(true, std::memory_order_acq_rel)) {
        ::pthread_atfork(nullptr, nullptr, &in_child);
    }
}

std::uint32_t process_id() noexcept
{
    return static_cast<std::uint32_t>(::getpid());
}

bool process_exists(std::uint32_t id) noexcept
{
    // Zero and negative numbers are groups of processes to kill(2).
    return id != 0 && id <= INT_MAX && (::kill(static_cast<pid_t>(id), 0) == 0 || errno == EPERM);
}

}  // namespace spindle::system
