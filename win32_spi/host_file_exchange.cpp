// Off Windows a HANDLE is the host's, which gives out the descriptor behind it.
#include "exchange_provider.hpp"
#include "host_file.hpp"

namespace spindle::spi {

result<std::unique_ptr<file_source>> open_host_file(HANDLE file)
{
    const auto* host = host_kernel();
    const int descriptor =
        host == nullptr ? -1 : host->duplicate_descriptor(reinterpret_cast<std::uintptr_t>(file));
    if (descriptor == -1) {
        return errc::invalid_handle;
    }
    return make_file_source(descriptor);
}

}  // namespace spindle::spi
