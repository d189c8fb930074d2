// WSPIoctl: one table from code to handler (T-IOC). A handler checks its buffers; the count pointer, requests
// and unknown codes are judged before it (CTL-1, CTL-6, CTL-10, decision D-11).
#include <algorithm>
#include <iterator>
#include <limits>

#include "exchange_provider.hpp"
#include "extension_table.hpp"
#include "overlapped_call.hpp"
#include "rio_functions.hpp"
#include "spindle/options.hpp"
#include "thunk.hpp"
#include "thunks.hpp"

namespace spindle::spi {

namespace {

// Codes of mswsock.h and mstcpip.h, which declare far more than is needed here.
namespace code {
constexpr DWORD bsp_handle = 0x4800001B;
constexpr DWORD bsp_handle_select = 0x4800001C;
constexpr DWORD bsp_handle_poll = 0x4800001D;
constexpr DWORD base_handle = 0x48000022;
constexpr DWORD get_extension = 0xC8000006;
constexpr DWORD get_multiple_extension = 0xC8000024;
constexpr DWORD keepalive_vals = 0x98000004;
constexpr DWORD udp_connreset = 0x9800000C;
}  // namespace code

constexpr int tcp_keepidle = 3;
constexpr int tcp_keepintvl = 17;

struct ioctl_call {
    const void* in;
    DWORD in_size;
    void* out;
    DWORD out_size;
    DWORD returned = 0;

    /// False when the input is null or shorter than the value.
    template <class T>
    [[nodiscard]] bool read(T& value) const noexcept
    {
        if (in == nullptr || in_size < sizeof value) {
            return false;
        }
        std::memcpy(&value, in, sizeof value);
        return true;
    }

    template <class T>
    result<void> write(const T& value) noexcept
    {
        if (!takes(sizeof value)) {
            return errc::fault;
        }
        std::memcpy(out, &value, sizeof value);
        returned = sizeof value;
        return {};
    }

    [[nodiscard]] bool takes(std::size_t size) const noexcept { return out != nullptr && out_size >= size; }
};

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

result<void> set_number(socket& it, int level, int name, int value)
{
    return it.set_option(level, name, {reinterpret_cast<const std::byte*>(&value), sizeof value});
}

/// Milliseconds of the ioctl as the seconds of the option, rounded up; zero keeps what is there (CTL-22).
result<void> set_rounded_seconds(socket& it, int name, ULONG milliseconds)
{
    constexpr ULONG highest = 32767;
    const ULONG seconds = std::min(milliseconds / 1000 + (milliseconds % 1000 != 0 ? 1U : 0U), highest);
    return seconds == 0 ? result<void>() : set_number(it, option_level::tcp, name, static_cast<int>(seconds));
}

result<void> set_keepalive(socket& it, ioctl_call& call)
{
    struct {
        ULONG on;
        ULONG idle_milliseconds;
        ULONG interval_milliseconds;
    } values{};
    if (it.kind().protocol != IPPROTO_TCP) {
        return errc::no_protocol_option;
    }
    if (!call.read(values)) {
        return errc::fault;
    }
    if (values.on != 0) {
        if (auto idle = set_rounded_seconds(it, tcp_keepidle, values.idle_milliseconds); !idle) {
            return idle;
        }
        if (auto interval = set_rounded_seconds(it, tcp_keepintvl, values.interval_milliseconds); !interval) {
            return interval;
        }
    }
    return set_number(it, option_level::socket, socket_option::keep_alive, values.on != 0 ? 1 : 0);
}

/// Core keeps this setting among its options, under the ioctl's code.
result<void> set_report_reset(socket& it, ioctl_call& call)
{
    BOOL report = 0;
    if (it.kind().type != socket_type::datagram) {
        return errc::operation_not_supported;
    }
    return call.read(report)
               ? set_number(it, option_level::udp, static_cast<int>(code::udp_connreset), report)
               : result<void>(errc::fault);
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

struct ioctl_row {
    DWORD code;
    result<void> (*serve)(socket&, ioctl_call&);
    bool failure_clears_count;  // else a failure leaves *lpcbBytesReturned (CTL-8)
};
constexpr ioctl_row ioctls[] = {
    {static_cast<DWORD>(FIONBIO), set_nonblocking, true},
    {static_cast<DWORD>(FIONREAD), get_readable, false},
    {static_cast<DWORD>(SIOCATMARK), get_at_mark, false},
    {code::base_handle, get_base, true},
    {code::bsp_handle, get_base, true},
    {code::bsp_handle_select, get_base, true},
    {code::bsp_handle_poll, get_base, true},
    {code::keepalive_vals, set_keepalive, true},
    {code::udp_connreset, set_report_reset, true},
    {code::get_extension, get_extension, true},
    {code::get_multiple_extension, get_multiple_extension, true},
};

result<void> unknown(socket&, ioctl_call&)
{
    return errc::operation_not_supported;
}

ioctl_row find_ioctl(DWORD code) noexcept
{
    const auto row = std::find_if(std::begin(ioctls), std::end(ioctls),
                                  [&](const ioctl_row& candidate) { return candidate.code == code; });
    return row == std::end(ioctls) ? ioctl_row{code, unknown, true} : *row;
}

}  // namespace

namespace {

/// The ioctls here are served at once, also as requests, which then complete as such (CP-8).
result<void> serve_overlapped(socket& it, const ioctl_row& row, ioctl_call& call, const overlapped_arguments& how)
{
    auto request = std::make_unique<overlapped_request>();
    if (auto prepared = request->note.prepare(it, how); !prepared) {
        return prepared;
    }
    io_outcome outcome;
    return run_overlapped(std::move(request), outcome, [&](io_request&, io_outcome& at_once) {
        const auto served = row.serve(it, call);
        at_once.bytes = call.returned;
        return served ? errc::success : to_errc(served.error());
    });
}

}  // namespace

int WSPAPI WSPIoctl(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer,
                    LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned,
                    LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                    LPWSATHREADID lpThreadId, LPINT lpErrno) noexcept
{
    if (s == no_socket && dwIoControlCode == exchange::ioctl_code && lpcbBytesReturned != nullptr) {
        return spi_call(call_failed, lpErrno, [&]() -> result<int> {
            const auto swapped = swap_tables(lpvInBuffer, cbInBuffer, lpvOutBuffer, cbOutBuffer);
            if (!swapped) {
                return swapped.error();
            }
            store(lpcbBytesReturned, DWORD{sizeof(exchange::provider_functions)});
            return 0;
        });
    }
    return socket_call(s, lpErrno, [&](socket& it) -> result<void> {
        if (lpcbBytesReturned == nullptr) {
            return errc::fault;
        }
        const ioctl_row row = find_ioctl(dwIoControlCode);
        ioctl_call call{lpvInBuffer, cbInBuffer, lpvOutBuffer, cbOutBuffer};
        const bool overlapped = lpOverlapped != nullptr && (it.creation_flags() & WSA_FLAG_OVERLAPPED) != 0;
        const auto served =
            overlapped ? serve_overlapped(it, row, call, {lpOverlapped, lpCompletionRoutine, lpThreadId})
                       : row.serve(it, call);
        if (served || row.failure_clears_count) {
            store(lpcbBytesReturned, call.returned);
        }
        return served;
    });
}

}  // namespace spindle::spi
