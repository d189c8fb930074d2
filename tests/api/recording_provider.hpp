// What the recording provider tells a test: which of its slots was called last, with what, and what it is to
// answer. The test reaches it through the library's exported recorder. Nothing here is part of a real
// provider.
#pragma once

#include <winsock2.h>
#include <ws2spi.h>

namespace spindle::test {

/// The slots of WSPPROC_TABLE in their documented order.
enum class slot : int {
    accept,
    address_to_string,
    async_select,
    bind,
    cancel_blocking_call,
    cleanup,
    close_socket,
    connect,
    duplicate_socket,
    enum_network_events,
    event_select,
    get_overlapped_result,
    get_peer_name,
    get_sock_name,
    get_sock_opt,
    get_qos_by_name,
    ioctl,
    join_leaf,
    listen,
    recv,
    recv_disconnect,
    recv_from,
    select,
    send,
    send_disconnect,
    send_to,
    set_sock_opt,
    shutdown,
    socket,
    string_to_address,
};

struct recorder {
    int calls = 0;
    slot last = slot::accept;
    /// The arguments of the last call in order, without lpErrno; pointers as they are. Buffers and a protocol
    /// structure are copied besides, since they end with the call.
    unsigned long long arguments[11] = {};
    int argument_count = 0;
    WSABUF first_buffer{};
    WSAPROTOCOL_INFOW info{};
    int missing_errno = 0;  ///< calls whose lpErrno was null
    int fail_with = 0;      ///< not 0: the next calls fail with this code
    bool run_hook = false;  ///< WSPRecv asks for the blocking hook and runs it once
    int startups = 0;
    int cleanups = 0;
    WORD version_asked = 0;
    int upcalls_missing = -1;  ///< null pointers in the table that WSPStartup was given
};

using recorder_function = recorder* (*)();
inline constexpr const char* recorder_symbol = "spindle_test_recorder";

}  // namespace spindle::test
