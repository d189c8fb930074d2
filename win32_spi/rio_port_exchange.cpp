// Off Windows completion ports are the host's.
#include "exchange_provider.hpp"
#include "rio_port.hpp"

namespace spindle::spi {

bool has_ports() noexcept
{
    return host_kernel() != nullptr;
}

bool post_to_port(HANDLE port, void* key, void* overlapped) noexcept
{
    const auto* host = host_kernel();
    return host != nullptr && host->post(reinterpret_cast<std::uintptr_t>(port), 0,
                                         reinterpret_cast<std::uintptr_t>(key), overlapped);
}

}  // namespace spindle::spi
