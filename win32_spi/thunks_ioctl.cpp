// WSPIoctl: the table of control codes (T-IOC), whose rows stand in ioctl_*.cpp. A handler checks its buffers; the count
// pointer, requests and unknown codes are judged here (CTL-1, CTL-4 to CTL-7, CTL-10, decision D-11).
#include <algorithm>
#include <array>

#include "exchange_provider.hpp"
#include "ioctl_row.hpp"
#include "overlapped_call.hpp"
#include "thunk.hpp"
#include "thunks.hpp"

namespace spindle::spi {

namespace {

result<void> unknown(socket&, ioctl_call&)
{
    return errc::operation_not_supported;
}

ioctl_row find_ioctl(DWORD code) noexcept
{
    for (const auto rows : {basic_ioctls(), protocol_ioctls(), network_ioctls()}) {
        const auto row = std::ranges::find(rows, code, &ioctl_row::code);
        if (row != rows.end()) {
            return *row;
        }
    }
    return {code, unknown, as_request::refused};
}

/// A request whose outcome is known when it is made, told as one that took its time (CTL-5, CTL-7, CTL-34).
result<void> end_later(overlapped_request& request, const io_outcome& outcome)
{
    constexpr std::uint32_t buffer_too_small = 0xC0000023;
    request.note.begin();
    if (outcome.code == errc::fault) {
        request.note.say_status(buffer_too_small);
    }
    request.note.end(outcome, false);
    return errc::io_pending;
}

result<void> serve_overlapped(socket& it, const ioctl_row& row, ioctl_call& call, const overlapped_arguments& how)
{
    auto request = std::make_unique<overlapped_request>();
    if (auto prepared = request->note.prepare(it, how); !prepared) {
        return prepared;
    }
    if (row.requested == as_request::refused) {
        return end_later(*request, {errc::operation_not_supported, 0, 0, false});
    }
    const auto served = row.serve(it, call);
    if (row.requested == as_request::pends) {
        return end_later(*request, {to_errc(served.error()), served ? call.returned : 0U, 0, false});
    }
    if (!served) {
        return served;  // nobody is told, and the structure stays as it is (CTL-17, CTL-29)
    }
    request->note.begin();
    request->note.end({}, true);  // without a count (CTL-4)
    return {};
}

result<socket_address> destination_of(const ioctl_row& row, const ioctl_call& call) noexcept
{
    if (row.waits_for != network_change::routing_interface) {
        return socket_address{};
    }
    const auto destination = socket_address::from_bytes(call.in, call.in_size);
    return destination || destination.error() != errc::fault ? destination : errc::invalid_argument;
}

/// CTL-9, CTL-27, CTL-31: a request, a wait, or an event later.
result<void> wait_for_change(socket& it, const ioctl_row& row, const ioctl_call& call, const overlapped_arguments* how)
{
    if (it.kind().family == address_family::local) {
        return errc::operation_not_supported;
    }
    const auto destination = destination_of(row, call);
    if (!destination) {
        return destination.error();
    }
    const auto start = [&](network_change_request& request, io_outcome&) {
        request.what = *row.waits_for;
        request.destination = *destination;
        return start_network_change(it, request);
    };
    if (how != nullptr) {
        auto request = std::make_unique<owned_request<network_change_request>>();
        if (auto prepared = request->note.prepare(it, *how); !prepared) {
            return prepared;
        }
        io_outcome outcome;
        return run_overlapped(std::move(request), outcome, start);
    }
    if (it.blocking()) {
        waited_request<network_change_request> request;
        return request.run(it, start);
    }
    const auto expected = expect_network_change(it, *row.waits_for, *destination);
    return expected ? errc::would_block : expected;
}

result<void> run(socket& it, const ioctl_row& row, ioctl_call& call, const overlapped_arguments* how)
{
    if (row.waits_for) {
        return wait_for_change(it, row, call, how);
    }
    if (how != nullptr && row.requested == as_request::faults) {
        return errc::fault;
    }
    return how != nullptr ? serve_overlapped(it, row, call, *how) : row.serve(it, call);
}

void store_count(LPDWORD count, const result<void>& outcome, const ioctl_row& row, const ioctl_call& call) noexcept
{
    if (outcome) {
        store(count, call.returned);
    } else if (outcome.error() == errc::io_pending) {
        return;  // CTL-5
    } else if (call.needed) {
        store(count, *call.needed);
    } else if (row.on_failure == failed_count::cleared) {
        store(count, DWORD{0});
    }
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
        ioctl_call call{lpvInBuffer, cbInBuffer, lpvOutBuffer, cbOutBuffer, 0, std::nullopt};
        const overlapped_arguments how{lpOverlapped, lpCompletionRoutine, lpThreadId};
        const bool overlapped = lpOverlapped != nullptr && (it.creation_flags() & WSA_FLAG_OVERLAPPED) != 0;
        const auto outcome = run(it, row, call, overlapped ? &how : nullptr);
        store_count(lpcbBytesReturned, outcome, row, call);
        return outcome;
    });
}

}  // namespace spindle::spi
