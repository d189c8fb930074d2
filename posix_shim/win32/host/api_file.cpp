// Reading, writing and cancelling, where the handle is a socket's. Answers to the pages "ReadFile", "WriteFile", "CancelIo"
// and "CancelIoEx".
#include "host/last_error.hpp"
#include "host/request_cancel.hpp"
#include "host/socket_file_io.hpp"
#include "host/system_files.hpp"
#include "host/thread_state.hpp"

using namespace spindle;
using namespace spindle::host;

BOOL WINAPI spindle_ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead, LPDWORD lpNumberOfBytesRead,
                             LPOVERLAPPED lpOverlapped)
{
    return is_socket(hFile) ? read_socket(hFile, lpBuffer, nNumberOfBytesToRead, lpNumberOfBytesRead, lpOverlapped)
                            : ReadFile(hFile, lpBuffer, nNumberOfBytesToRead, lpNumberOfBytesRead, lpOverlapped);
}

BOOL WINAPI spindle_WriteFile(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
                              LPDWORD lpNumberOfBytesWritten, LPOVERLAPPED lpOverlapped)
{
    return is_socket(hFile)
               ? write_socket(hFile, lpBuffer, nNumberOfBytesToWrite, lpNumberOfBytesWritten, lpOverlapped)
               : WriteFile(hFile, lpBuffer, nNumberOfBytesToWrite, lpNumberOfBytesWritten, lpOverlapped);
}

// Having nothing to cancel is no failure.
BOOL WINAPI spindle_CancelIo(HANDLE hFile)
{
    if (!is_socket(hFile)) {
        return CancelIo(hFile);
    }
    std::uint32_t found = 0;
    const int error = cancel_requests(hFile, nullptr, true, found);
    return error == 0 ? TRUE : fail(FALSE, error);
}

BOOL WINAPI spindle_CancelIoEx(HANDLE hFile, LPOVERLAPPED lpOverlapped)
{
    if (!is_socket(hFile)) {
        return CancelIoEx(hFile, lpOverlapped);
    }
    std::uint32_t found = 0;
    const int error = cancel_requests(hFile, lpOverlapped, false, found);
    return error == 0 && found > 0 ? TRUE : fail(FALSE, error != 0 ? error : ERROR_NOT_FOUND);
}
