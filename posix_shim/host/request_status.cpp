// The table T-ERR, its columns NTSTATUS and Win32; see request_status.hpp.
#include "host/request_status.hpp"

#include <algorithm>
#include <iterator>

namespace spindle::host {

namespace {

struct status_and_error {
    DWORD status;
    DWORD error;
};

// Sorted by status.
constexpr status_and_error table[] = {
    {0x00000103, ERROR_IO_INCOMPLETE},        // PENDING
    {0x80000005, ERROR_MORE_DATA},            // BUFFER_OVERFLOW
    {0xC0000002, ERROR_INVALID_FUNCTION},     // NOT_IMPLEMENTED
    {0xC0000005, ERROR_NOACCESS},             // ACCESS_VIOLATION
    {0xC0000008, ERROR_INVALID_HANDLE},       // INVALID_HANDLE
    {0xC000000D, ERROR_INVALID_PARAMETER},    // INVALID_PARAMETER
    {0xC000000E, ERROR_FILE_NOT_FOUND},       // NO_SUCH_DEVICE
    {0xC0000011, ERROR_HANDLE_EOF},           // END_OF_FILE
    {0xC0000017, ERROR_NOT_ENOUGH_MEMORY},    // NO_MEMORY
    {0xC0000022, ERROR_ACCESS_DENIED},        // ACCESS_DENIED
    {0xC0000023, ERROR_INSUFFICIENT_BUFFER},  // BUFFER_TOO_SMALL
    {0xC0000024, ERROR_INVALID_HANDLE},       // OBJECT_TYPE_MISMATCH
    {0xC0000043, ERROR_SHARING_VIOLATION},    // SHARING_VIOLATION
    {0xC0000044, ERROR_NOT_ENOUGH_QUOTA},     // QUOTA_EXCEEDED
    {0xC000009A, ERROR_NO_SYSTEM_RESOURCES},  // INSUFFICIENT_RESOURCES
    {0xC00000A3, ERROR_NOT_READY},            // DEVICE_NOT_READY
    {0xC00000B0, ERROR_PIPE_NOT_CONNECTED},   // PIPE_DISCONNECTED
    {0xC00000B5, ERROR_SEM_TIMEOUT},          // IO_TIMEOUT
    {0xC00000BB, ERROR_NOT_SUPPORTED},        // NOT_SUPPORTED
    {0xC00000BF, ERROR_NETWORK_BUSY},         // NETWORK_BUSY
    {0xC00000D0, ERROR_REQ_NOT_ACCEP},        // REQUEST_NOT_ACCEPTED
    {0xC0000120, ERROR_OPERATION_ABORTED},    // CANCELLED
    {0xC000013B, ERROR_NETNAME_DELETED},      // LOCAL_DISCONNECT
    {0xC000013C, ERROR_NETNAME_DELETED},      // REMOTE_DISCONNECT
    {0xC0000140, ERROR_UNEXP_NET_ERR},        // INVALID_CONNECTION
    {0xC0000206, ERROR_INVALID_USER_BUFFER},  // INVALID_BUFFER_SIZE
    {0xC0000207, ERROR_INVALID_NETNAME},      // INVALID_ADDRESS_COMPONENT
    {0xC000020A, ERROR_DUP_NAME},             // ADDRESS_ALREADY_EXISTS
    {0xC000020C, ERROR_NETNAME_DELETED},      // CONNECTION_DISCONNECTED
    {0xC000020D, ERROR_NETNAME_DELETED},      // CONNECTION_RESET
    {0xC0000236, ERROR_CONNECTION_REFUSED},   // CONNECTION_REFUSED
    {0xC0000237, ERROR_GRACEFUL_DISCONNECT},  // GRACEFUL_DISCONNECT
    {0xC000023B, ERROR_CONNECTION_ACTIVE},    // CONNECTION_ACTIVE
    {0xC000023C, ERROR_NETWORK_UNREACHABLE},  // NETWORK_UNREACHABLE
    {0xC000023D, ERROR_HOST_UNREACHABLE},     // HOST_UNREACHABLE
    {0xC000023F, ERROR_PORT_UNREACHABLE},     // PORT_UNREACHABLE
    {0xC0000240, ERROR_REQUEST_ABORTED},      // REQUEST_ABORTED
    {0xC0000241, ERROR_CONNECTION_ABORTED},   // CONNECTION_ABORTED
    {0xC0000350, ERROR_HOST_DOWN},            // HOST_DOWN
};

struct winsock_and_status {
    int winsock;
    DWORD status;
};

// The first row of T-ERR that has the Winsock code. Codes that are not here are the same in both worlds, or mean nothing
// to file functions and are passed on as they are.
constexpr winsock_and_status winsock_table[] = {
    {WSAEMSGSIZE, 0x80000005},
    {WSA_OPERATION_ABORTED, 0xC0000120},
    {WSAECONNRESET, 0xC000020D},
    {WSAECONNABORTED, 0xC0000241},
    {WSAECONNREFUSED, 0xC0000236},
    {WSAETIMEDOUT, 0xC00000B5},
    {WSAENETUNREACH, 0xC000023C},
    {WSAEHOSTUNREACH, 0xC000023D},
    {WSAENOTCONN, 0xC0000140},
    {WSAESHUTDOWN, 0xC00000B0},
    {WSAEDISCON, 0xC0000237},
    {WSAEISCONN, 0xC000023B},
    {WSAEWOULDBLOCK, 0xC00000A3},
    {WSAEINTR, 0xC0000240},
    {WSAENOTSOCK, 0xC0000008},
    {WSAEFAULT, 0xC0000005},
    {WSAEACCES, 0xC0000022},
    {WSAEADDRINUSE, 0xC0000043},
    {WSAEADDRNOTAVAIL, 0xC0000207},
    {WSAEOPNOTSUPP, 0xC00000BB},
    {WSAENOBUFS, 0xC000009A},
    {WSAEINVAL, 0xC000000D},
};

constexpr bool less(const status_and_error& left, const status_and_error& right) noexcept
{
    return left.status < right.status;
}
static_assert(std::is_sorted(std::begin(table), std::end(table), less));

}  // namespace

DWORD error_of_status(ULONG_PTR status) noexcept
{
    constexpr DWORD first_failure = 0x80000000u;
    const auto value = static_cast<DWORD>(status);
    if (value < first_failure && value != STATUS_PENDING) {
        return 0;
    }
    if ((value & 0xFFFF0000u) == status_of_error(1) - 1) {
        return value & 0xFFFF;
    }
    const auto* const found =
        std::lower_bound(std::begin(table), std::end(table), status_and_error{value, 0}, less);
    return found != std::end(table) && found->status == value ? found->error : ERROR_INVALID_PARAMETER;
}

DWORD status_of_winsock(int wsa_error) noexcept
{
    const auto* const found = std::find_if(std::begin(winsock_table), std::end(winsock_table),
                                           [=](const auto& row) { return row.winsock == wsa_error; });
    return found != std::end(winsock_table) ? found->status : status_of_error(static_cast<DWORD>(wsa_error));
}

DWORD error_of_winsock(int wsa_error) noexcept
{
    return error_of_status(status_of_winsock(wsa_error));
}

}  // namespace spindle::host
