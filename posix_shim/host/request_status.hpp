// The end of a request in its two forms of the host: the NTSTATUS in OVERLAPPED.Internal and the Win32 code that
// GetQueuedCompletionStatus and GetOverlappedResult give (table T-ERR of the contract). The form for WSA codes is the
// provider's. Answers to the pages "GetQueuedCompletionStatus" and "OVERLAPPED structure".
#pragma once

#include "host/winsock.hpp"

namespace spindle::host {

/// 0 when the status says success (GOR-9).
[[nodiscard]] DWORD error_of_status(ULONG_PTR status) noexcept;

/// The Win32 code for a call that failed at once with a Winsock code: T-ERR from its second column to its third.
[[nodiscard]] DWORD error_of_winsock(int wsa_error) noexcept;

/// The status of a request that ended with a Winsock code: T-ERR from its second column to its first.
[[nodiscard]] DWORD status_of_winsock(int wsa_error) noexcept;

/// A status that carries a Winsock or Win32 code, for requests whose provider knows only that.
[[nodiscard]] constexpr DWORD status_of_error(DWORD error) noexcept
{
    constexpr DWORD failure_with_code = 0xC0070000u;
    return error == 0 ? 0 : failure_with_code | (error & 0xFFFF);
}

}  // namespace spindle::host
