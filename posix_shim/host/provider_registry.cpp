// The list of providers that this process uses, one per library path. Declared in provider.hpp.
#include "host/catalog.hpp"
#include "host/provider.hpp"

#include <new>
#include <utility>

namespace spindle::host {

namespace {

// Grows only, until unload_all_providers(); so a pointer read under the lock stays good without it.
constinit kernel::static_mutex list_mutex;
constinit provider* first_provider = nullptr;

provider* first() noexcept
{
    std::lock_guard lock(list_mutex);
    return first_provider;
}

}  // namespace

provider* provider_for(const std::string& path) noexcept
try {
    std::lock_guard lock(list_mutex);
    for (provider* each = first_provider; each != nullptr; each = each->next) {
        if (each->path() == path) {
            return each;
        }
    }
    auto* made = new provider(path);
    made->next = first_provider;
    first_provider = made;
    return made;
} catch (const std::bad_alloc&) {
    return nullptr;
}

provider* provider_of_entry(DWORD catalog_entry_id) noexcept
try {
    catalog_entry entry;
    return find_entry(catalog_entry_id, entry) ? provider_for(entry.path) : nullptr;
} catch (const std::bad_alloc&) {
    return nullptr;
}

int stop_all_providers() noexcept
{
    int first_error = 0;
    for (int length = MAX_PROTOCOL_CHAIN; length >= 0; --length) {
        for (provider* each = first(); each != nullptr; each = each->next) {
            const int error = each->chain_length() >= length ? each->stop() : 0;
            first_error = first_error != 0 ? first_error : error;
        }
    }
    return first_error;
}

void unload_all_providers() noexcept
{
    provider* each = nullptr;
    {
        std::lock_guard lock(list_mutex);
        each = std::exchange(first_provider, nullptr);
    }
    while (each != nullptr) {
        provider* following = each->next;
        each->unload();
        delete each;
        each = following;
    }
}

void lock_providers_for_fork() noexcept
{
    list_mutex.lock();
    for (provider* each = first_provider; each != nullptr; each = each->next) {
        each->lock_for_fork();
    }
}

void unlock_providers_after_fork(bool in_child) noexcept
{
    for (provider* each = first_provider; each != nullptr; each = each->next) {
        if (in_child) {
            each->forget_start_after_fork();
        }
        each->unlock_after_fork();
    }
    list_mutex.unlock();
}

}  // namespace spindle::host
