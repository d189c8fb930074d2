// The agreement with providers that ask for it themselves, because a layered provider has started them; see
// spindle/exchange.hpp. The two exports are in no header: providers look for them by name.
#include "host/exchange.hpp"
#include "host/provider.hpp"

using namespace spindle;
using namespace spindle::host;

extern "C" {
__attribute__((visibility("default"))) exchange::join_function spindle_exchange_join;
__attribute__((visibility("default"))) exchange::leave_function spindle_exchange_leave;
}

bool spindle_exchange_join(std::uint32_t catalog_entry_id, const void* upcall,
                           const exchange::provider_functions* offered, exchange::host_functions* agreed)
{
    if (upcall != reinterpret_cast<const void*>(&WPUModifyIFSHandle)) {
        return false;
    }
    provider* const asking = provider_of_entry(catalog_entry_id);
    if (asking == nullptr || !asking->exchange().join(*offered)) {
        return false;
    }
    *agreed = host_functions();
    return true;
}

void spindle_exchange_leave(std::uint32_t catalog_entry_id)
{
    if (provider* const leaving = provider_of_entry(catalog_entry_id)) {
        leaving->exchange().end();
    }
}
