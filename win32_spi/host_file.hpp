// The file behind a HANDLE that a client passes to TransmitFile or TransmitPackets.
#pragma once

#include <memory>

#include "spindle/file_source.hpp"
#include "winsock.hpp"

namespace spindle::spi {

/// Open on its own: the client may close its handle. Errors: invalid_handle. Throws bad_alloc.
[[nodiscard]] result<std::unique_ptr<file_source>> open_host_file(HANDLE file);

}  // namespace spindle::spi
