// Control codes that every socket has: blocking mode, what can be read, the base provider's handles, extension functions.
#include <algorithm>
#include <array>
#include <limits>

#include "extension_table.hpp"
#include "ioctl_row.hpp"
#include "rio_functions.hpp"

namespace spindle::spi {

namespace {

namespace code {
constexpr DWORD bsp_handle = 0x4800001B;
constexpr DWORD bsp_handle_select = 0x4800001C;
constexpr DWORD bsp_handle_poll = 0x4800001D;
constexpr DWORD base_handle = 0x48000022;
constexpr DWORD get_extension = 0xC8000006;
constexpr DWORD get_multiple_extension = 0xC8000024;
}  // namespace code

result<void> set_nonblocking(socket& it, ioctl_call& call)
{
    ULONG nonblocking = 0;
    return call.read(nonblocking) ? it.set_blocking(nonblocking == 0) : result<void>(errc::fault);
}

result<void> get_readable(socket& it, ioctl_call& call)
{
    if (!call.takes(sizeof(ULONG))) {
        return errc::fault;
    }
    const auto bytes = it.readable_bytes();
    if (!bytes) {
        return bytes.error();
    }
    return call.write(static_cast<ULONG>(std::min<std::size_t>(*bytes, std::numeric_limits<ULONG>::max())));
}

result<void> get_at_mark(socket& it, ioctl_call& call)
{
    if (!call.takes(sizeof(BOOL))) {
        return errc::fault;
    }
    const auto at_mark = it.at_urgent_mark();
    return at_mark ? call.write(BOOL{*at_mark ? 1 : 0}) : result<void>(at_mark.error());
}

/// A base provider's socket is its own base (CTL-21).
result<void> get_base(socket& it, ioctl_call& call)
{
    return call.write(static_cast<SOCKET>(it.handle()));
}

result<void> get_extension(socket&, ioctl_call& call)
{
    GUID wanted{};
    if (!call.read(wanted)) {
        return errc::fault;
    }
    void* function = extension_function(wanted);
    return function == nullptr ? result<void>(errc::invalid_argument) : call.write(function);
}

/// Registered I/O is the only set of functions there is (CTL-20).
result<void> get_multiple_extension(socket&, ioctl_call& call)
{
    constexpr GUID registered_io_functions = WSAID_MULTIPLE_RIO;
    GUID wanted{};
    if (!call.read(wanted)) {
        return errc::fault;
    }
    return std::memcmp(&wanted, &registered_io_functions, sizeof wanted) == 0 ? call.write(rio_functions())
                                                                              : result<void>(errc::invalid_argument);
}

constexpr auto rows = std::to_array<ioctl_row>({
    {static_cast<DWORD>(FIONBIO), set_nonblocking},
    {static_cast<DWORD>(FIONREAD), get_readable, as_request::at_once, failed_count::kept},
    {static_cast<DWORD>(SIOCATMARK), get_at_mark, as_request::at_once, failed_count::kept},
    {code::base_handle, get_base, as_request::refused},
    {code::bsp_handle, get_base},
    {code::bsp_handle_select, get_base},
    {code::bsp_handle_poll, get_base, as_request::faults},
    {code::get_extension, get_extension},
    {code::get_multiple_extension, get_multiple_extension},
});

}  // namespace

std::span<const ioctl_row> basic_ioctls() noexcept
{
    return rows;
}

}  // namespace spindle::spi
