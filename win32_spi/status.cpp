// Table T-ERR as data; see the header.
#include "status.hpp"

#include <algorithm>
#include <array>

namespace spindle::spi {

namespace {

struct status_row {
    std::uint32_t status;
    errc code;
};

// Where a code has several statuses, the first is the one that is written.
constexpr auto status_rows = std::to_array<status_row>({
    {0x00000000, errc::success},
    {0x80000005, errc::message_size},                  // BUFFER_OVERFLOW
    {0xC0000206, errc::message_size},                  // INVALID_BUFFER_SIZE
    {0xC0000120, errc::operation_aborted},             // CANCELLED
    {0xC000020D, errc::connection_reset},              // CONNECTION_RESET
    {0xC000013C, errc::connection_reset},              // REMOTE_DISCONNECT
    {0xC000020C, errc::connection_reset},              // CONNECTION_DISCONNECTED
    {0xC000023F, errc::connection_reset},              // PORT_UNREACHABLE
    {0xC0000241, errc::connection_aborted},            // CONNECTION_ABORTED
    {0xC000013B, errc::connection_aborted},            // LOCAL_DISCONNECT
    {0xC000020F, errc::connection_aborted},            // TRANSACTION_ABORTED
    {0xC0000236, errc::connection_refused},            // CONNECTION_REFUSED
    {0xC000013D, errc::connection_refused},            // REMOTE_RESOURCES / not listening
    {0xC00000B5, errc::timed_out},                     // IO_TIMEOUT
    {0xC000013F, errc::timed_out},                     // LINK_TIMEOUT
    {0xC000023C, errc::network_unreachable},           // NETWORK_UNREACHABLE
    {0xC000023D, errc::host_unreachable},              // HOST_UNREACHABLE
    {0xC0000350, errc::host_down},                     // HOST_DOWN
    {0xC00000BF, errc::network_down},                  // NETWORK_BUSY
    {0xC000000E, errc::network_down},                  // NO_SUCH_DEVICE
    {0xC0000140, errc::not_connected},                 // INVALID_CONNECTION
    {0xC00000B0, errc::shut_down},                     // PIPE_DISCONNECTED
    {0xC0000237, errc::disconnecting},                 // GRACEFUL_DISCONNECT
    {0xC000023B, errc::already_connected},             // CONNECTION_ACTIVE
    {0xC00000A3, errc::would_block},                   // DEVICE_NOT_READY
    {0xC00000D0, errc::would_block},                   // REQUEST_NOT_ACCEPTED
    {0xC0000240, errc::interrupted},                   // REQUEST_ABORTED
    {0xC0000008, errc::not_socket},                    // INVALID_HANDLE
    {0xC0000024, errc::not_socket},                    // OBJECT_TYPE_MISMATCH
    {0xC0000005, errc::fault},                         // ACCESS_VIOLATION
    {0xC0000023, errc::fault},                         // BUFFER_TOO_SMALL
    {0xC0000022, errc::access_denied},                 // ACCESS_DENIED
    {0xC0000043, errc::address_in_use},                // SHARING_VIOLATION
    {0xC000020A, errc::address_in_use},                // ADDRESS_ALREADY_EXISTS
    {0xC0000207, errc::address_not_available},         // INVALID_ADDRESS_COMPONENT
    {0xC00000BB, errc::operation_not_supported},       // NOT_SUPPORTED
    {0xC0000002, errc::operation_not_supported},       // NOT_IMPLEMENTED
    {0xC000009A, errc::no_buffer_space},               // INSUFFICIENT_RESOURCES
    {0xC0000017, errc::no_buffer_space},               // NO_MEMORY
    {0xC0000044, errc::no_buffer_space},               // QUOTA_EXCEEDED
    {0xC000000D, errc::invalid_argument},              // INVALID_PARAMETER
});

constexpr std::uint32_t port_unreachable = 0xC000023F;
constexpr std::uint32_t invalid_parameter = 0xC000000D;
constexpr std::uint32_t first_warning = 0x80000000;

}  // namespace

std::uint32_t status_of(errc code, socket_type type) noexcept
{
    if (code == errc::connection_reset && type != socket_type::stream) {
        return port_unreachable;
    }
    const auto row = std::ranges::find(status_rows, code, &status_row::code);
    return row == status_rows.end() ? invalid_parameter : row->status;
}

errc code_of(std::uint32_t status) noexcept
{
    if (status == status_pending) {
        return errc::io_incomplete;
    }
    if (status < first_warning) {
        return errc::success;
    }
    const auto row = std::ranges::find(status_rows, status, &status_row::status);
    return row == status_rows.end() ? errc::invalid_argument : row->code;
}

}  // namespace spindle::spi
