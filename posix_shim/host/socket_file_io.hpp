// ReadFile and WriteFile on a socket handle: a receive and a send without flags, with Win32 codes. Answers to the page
// "Socket Handles" (clauses MAP-26, HAND-6).
#pragma once

#include "host/winsock.hpp"

namespace spindle::host {

/// As ReadFile and WriteFile return; the last error says why not, ERROR_IO_PENDING included. ERROR_INVALID_HANDLE: no
/// handle of a socket. `transferred` may be null with an OVERLAPPED.
BOOL read_socket(HANDLE file, LPVOID buffer, DWORD count, LPDWORD transferred,
                 LPOVERLAPPED overlapped) noexcept;
BOOL write_socket(HANDLE file, LPCVOID buffer, DWORD count, LPDWORD transferred,
                  LPOVERLAPPED overlapped) noexcept;

}  // namespace spindle::host
