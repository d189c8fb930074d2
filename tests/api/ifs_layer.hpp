// What the IFS layer tells a test; the test reaches it through the library's exported function.
#pragma once

#include <winsock2.h>
#include <ws2spi.h>

namespace spindle::test {

/// The provider under which the layer has to be installed.
inline constexpr GUID ifs_layer_id{0x52f0a1de, 0x7c1b, 0x4a53, {0x8e, 0x0f, 0x34, 0x19, 0xc2, 0x6b, 0xd0, 0x77}};

struct ifs_layer_facts {
    int startups = 0;
    int cleanups = 0;
    WSAPROTOCOL_INFOW started_for{};
    WSAPROTOCOL_INFOW socket_for{};
    WSPUPCALLTABLE upcalls{};
    /// How the last socket's handle came: what the provider below made, and what the host returned for it.
    SOCKET proposed = INVALID_SOCKET;
    SOCKET returned = INVALID_SOCKET;
    DWORD own_id = 0;
    /// Of the last WSPRecv and WSPSelect.
    LPWSAOVERLAPPED overlapped = nullptr;
    int selects = 0;
    /// The lower provider's function of an entry that the layer leaves as it is, and the layer's.
    LPWSPBIND bind_below = nullptr;
    LPWSPBIND bind = nullptr;
};

using ifs_layer_function = ifs_layer_facts* (*)();
inline constexpr const char* ifs_layer_symbol = "spindle_test_ifs_layer";

}  // namespace spindle::test
