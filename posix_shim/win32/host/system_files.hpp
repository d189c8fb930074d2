// The functions of kernel32 that programs pass a socket or a port of sockets to. Here they have names of their own, so that those of kernel32
// can be called; the library exports them under the names that programs know (spindle_ws2_32.def).
#pragma once

#include "host/winsock.hpp"
#include "kernel/handle_table.hpp"

extern "C" {
HANDLE WINAPI spindle_CreateIoCompletionPort(HANDLE FileHandle, HANDLE ExistingCompletionPort, ULONG_PTR CompletionKey,
                                             DWORD NumberOfConcurrentThreads);
BOOL WINAPI spindle_GetQueuedCompletionStatus(HANDLE CompletionPort, LPDWORD lpNumberOfBytesTransferred,
                                              PULONG_PTR lpCompletionKey, LPOVERLAPPED* lpOverlapped,
                                              DWORD dwMilliseconds);
BOOL WINAPI spindle_GetQueuedCompletionStatusEx(HANDLE CompletionPort, LPOVERLAPPED_ENTRY lpCompletionPortEntries,
                                                ULONG ulCount, PULONG ulNumEntriesRemoved, DWORD dwMilliseconds,
                                                BOOL fAlertable);
BOOL WINAPI spindle_PostQueuedCompletionStatus(HANDLE CompletionPort, DWORD dwNumberOfBytesTransferred,
                                               ULONG_PTR dwCompletionKey, LPOVERLAPPED lpOverlapped);
BOOL WINAPI spindle_CloseHandle(HANDLE hObject);
BOOL WINAPI spindle_DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle, HANDLE hTargetProcessHandle,
                                    LPHANDLE lpTargetHandle, DWORD dwDesiredAccess, BOOL bInheritHandle,
                                    DWORD dwOptions);
BOOL WINAPI spindle_SetFileCompletionNotificationModes(HANDLE FileHandle, UCHAR Flags);
BOOL WINAPI spindle_CancelIo(HANDLE hFile);
BOOL WINAPI spindle_CancelIoEx(HANDLE hFile, LPOVERLAPPED lpOverlapped);
BOOL WINAPI spindle_ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead, LPDWORD lpNumberOfBytesRead,
                             LPOVERLAPPED lpOverlapped);
BOOL WINAPI spindle_WriteFile(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
                              LPDWORD lpNumberOfBytesWritten, LPOVERLAPPED lpOverlapped);
}

namespace spindle::host {

/// A socket of this library. Its values are beyond those of the system's handles, as long as a process has fewer than a
/// quarter of a million.
inline bool is_socket(HANDLE handle) noexcept
{
    kernel::socket_entry ignored;
    return kernel::handles.find_socket(reinterpret_cast<std::uintptr_t>(handle), ignored);
}

}  // namespace spindle::host
