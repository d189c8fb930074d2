// The kept catalog, see catalog_store.hpp.
#include "host/catalog_store.hpp"

#include "host/catalog_file.hpp"
#include "host/catalog_text.hpp"
#include "host/full_path.hpp"
#include "host/provider_change.hpp"

#include <cstdlib>
#include <memory>
#include <mutex>
#include <utility>

namespace spindle::host {

namespace {

constexpr const char* file_variable = "SPINDLE_CATALOG";

// Guards the memory and, within the process, the file: of several threads one changes it at a time.
constinit std::mutex mutex;
// Made at the first change: a static of class type would need a destructor at unload.
constinit catalog_data* in_memory = nullptr;

int read_file(const std::string& path, catalog_data& data)
{
    std::string text;
    switch (read_catalog_file(path, text)) {
    case file_state::absent:
        data = builtin_catalog();
        return 0;
    case file_state::unreadable:
        return WSANO_RECOVERY;
    case file_state::read:
        break;
    }
    auto read = catalog_from_text(text);
    if (!read) {
        return WSANO_RECOVERY;
    }
    data = std::move(*read);
    return 0;
}

int changed_copy(catalog_data& data, const catalog_change& change, tell whom)
{
    const int error = change(data);
    data.change += error == 0 && whom == tell::everybody ? 1 : 0;
    return error;
}

int change_file(const std::string& path, const catalog_change& change, when_busy busy, tell whom)
{
    const catalog_file_lock lock(path, busy == when_busy::wait);
    if (lock.result() != catalog_file_lock::outcome::locked) {
        const bool give_up = lock.result() == catalog_file_lock::outcome::busy && busy == when_busy::give_up;
        return give_up ? WSAEINPROGRESS : WSANO_RECOVERY;
    }
    catalog_data data;
    int error = read_file(path, data);
    error = error == 0 ? changed_copy(data, change, whom) : error;
    if (error == 0 && !replace_catalog_file(path, catalog_to_text(data))) {
        error = WSANO_RECOVERY;
    }
    return error;
}

int change_memory(const catalog_change& change, tell whom)
{
    auto changed = std::make_unique<catalog_data>(in_memory != nullptr ? *in_memory : builtin_catalog());
    const int error = changed_copy(*changed, change, whom);
    if (error == 0) {
        delete std::exchange(in_memory, changed.release());
    }
    return error;
}

int change_locked(const catalog_change& change, when_busy busy, tell whom)
{
    std::unique_lock lock(mutex, std::defer_lock);
    if (busy == when_busy::wait) {
        lock.lock();
    } else if (!lock.try_lock()) {
        return WSAEINPROGRESS;
    }
    const std::string path = catalog_file_name();
    return path.empty() ? change_memory(change, whom) : change_file(path, change, busy, whom);
}

}  // namespace

std::string catalog_file_name()
{
    const char* name = secure_getenv(file_variable);
    return name != nullptr && *name != 0 ? resolved_path(name) : std::string();
}

int read_stored_catalog(catalog_data& data)
{
    const std::string path = catalog_file_name();
    if (!path.empty()) {
        return read_file(path, data);
    }
    const std::lock_guard lock(mutex);
    data = in_memory != nullptr ? *in_memory : builtin_catalog();
    return 0;
}

int change_stored_catalog(const catalog_change& change, when_busy busy, tell whom)
{
    const int error = change_locked(change, busy, whom);
    if (error == 0 && whom == tell::everybody) {
        tell_of_catalog_changes();
    }
    return error;
}

std::uint64_t number_of_changes() noexcept
try {
    catalog_data data;
    return read_stored_catalog(data) == 0 ? data.change : 0;
} catch (const std::bad_alloc&) {
    return 0;
}

void forget_stored_catalog() noexcept
{
    const std::lock_guard lock(mutex);
    delete std::exchange(in_memory, nullptr);
}

void lock_catalog_store_for_fork() noexcept
{
    mutex.lock();
}

void unlock_catalog_store_after_fork() noexcept
{
    mutex.unlock();
}

}  // namespace spindle::host
