// system.hpp for POSIX systems.
#include "system.hpp"

#include <atomic>
#include <cstdlib>
#include <pthread.h>

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

}  // namespace spindle::system
