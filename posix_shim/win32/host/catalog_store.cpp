// The kept catalog is in this process's memory alone, see host/catalog_store.hpp: whoever installs for others does so with
// Windows' own ws2_32.
#include "host/catalog_store.hpp"

#include "kernel/sync.hpp"

#include <memory>
#include <utility>

namespace spindle::host {

namespace {

constinit kernel::static_mutex store_lock;
// Made at the first change: a static of class type would need a destructor at unload.
constinit catalog_data* in_memory = nullptr;

}  // namespace

int read_stored_catalog(catalog_data& data)
{
    const std::lock_guard lock(store_lock);
    data = in_memory != nullptr ? *in_memory : builtin_catalog();
    return 0;
}

int change_stored_catalog(const catalog_change& change, when_busy, tell)
{
    const std::lock_guard lock(store_lock);
    auto changed = std::make_unique<catalog_data>(in_memory != nullptr ? *in_memory : builtin_catalog());
    const int error = change(*changed);
    if (error == 0) {
        delete std::exchange(in_memory, changed.release());
    }
    return error;
}

void forget_stored_catalog() noexcept
{
    const std::lock_guard lock(store_lock);
    delete std::exchange(in_memory, nullptr);
}

}  // namespace spindle::host
