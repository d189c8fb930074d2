// The catalog entries that tests start the provider with: WSAPROTOCOL_INFOW of its five protocols, in both
// handle models. The ids are the tests' own and differ from entry to entry, so that a wrong one is noticed.
#pragma once

#include <winsock2.h>
#include <ws2spi.h>

namespace spindle::test {

enum class handle_model {
    minted,  ///< XP1_IFS_HANDLES clear: handles come from WPUCreateSocketHandle
    ifs      ///< XP1_IFS_HANDLES set: handles go through WPUModifyIFSHandle
};

[[nodiscard]] WSAPROTOCOL_INFOW tcp4(handle_model model = handle_model::minted);
[[nodiscard]] WSAPROTOCOL_INFOW udp4(handle_model model = handle_model::minted);
[[nodiscard]] WSAPROTOCOL_INFOW tcp6(handle_model model = handle_model::minted);
[[nodiscard]] WSAPROTOCOL_INFOW udp6(handle_model model = handle_model::minted);
[[nodiscard]] WSAPROTOCOL_INFOW unix_stream(handle_model model = handle_model::minted);

}  // namespace spindle::test
