// Storage of the process-wide provider; see instance.hpp.
#include "instance.hpp"

namespace spindle::spi {

namespace {

/// A union's member is not destroyed with the union, so no static destructor reaches the provider. A process
/// that exits without WSPCleanup simply exits.
union undestroyed_provider {
    constexpr undestroyed_provider() noexcept : object{} {}
    ~undestroyed_provider() {}
    undestroyed_provider(const undestroyed_provider&) = delete;
    undestroyed_provider& operator=(const undestroyed_provider&) = delete;

    provider object;
};

constinit undestroyed_provider storage;

}  // namespace

provider& the_provider() noexcept
{
    return storage.object;
}

}  // namespace spindle::spi
