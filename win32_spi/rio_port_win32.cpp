// On Windows completion ports are the kernel's.
#include "rio_port.hpp"

namespace spindle::spi {

bool has_ports() noexcept
{
    return true;
}

bool post_to_port(HANDLE port, void* key, void* overlapped) noexcept
{
    return ::PostQueuedCompletionStatus(port, 0, reinterpret_cast<ULONG_PTR>(key),
                                        static_cast<LPOVERLAPPED>(overlapped)) != 0;
}

}  // namespace spindle::spi
