// Completion ports as programs see them; ports themselves are the kernel's. Answers to the pages
// "CreateIoCompletionPort", "GetQueuedCompletionStatus", "GetQueuedCompletionStatusEx", "PostQueuedCompletionStatus"
// and "SetFileCompletionNotificationModes" (clauses CP-1 to CP-21).
#include "host/completion_ports.hpp"
#include "host/kernel_objects.hpp"
#include "host/request_status.hpp"
#include "host/thread_state.hpp"
#include "kernel/port_thread.hpp"

#include <algorithm>
#include <array>

using namespace spindle;
using namespace spindle::host;

namespace {

using kernel::completion_port;

// The port that a thread waits at, in the usual case without a lock and without counting a reference: the thread is
// bound to the port it waited at before and keeps that alive.
class waited_port {
public:
    explicit waited_port(HANDLE handle) noexcept : handle_(reinterpret_cast<std::uintptr_t>(handle))
    {
        kernel::port_thread& self = kernel::this_port_thread;
        if (self.port != nullptr && self.handle == handle_ &&
            kernel::handles.stands_for(handle_, *self.port)) {
            port_ = self.port;
        } else {
            found_ = kernel::handles.find<completion_port>(handle_);
            port_ = found_.get();
        }
    }

    explicit operator bool() const noexcept { return port_ != nullptr; }

    completion_port::taken take(std::span<kernel::packet> into, DWORD milliseconds, bool alertable) noexcept
    {
        const auto result = port_->take(into, milliseconds, alertable);
        if (found_ && kernel::this_port_thread.port == port_) {
            kernel::this_port_thread.handle = handle_;
        }
        return result;
    }

private:
    const std::uintptr_t handle_;
    completion_port* port_ = nullptr;
    kernel::object_ref<completion_port> found_;
};

DWORD error_without_packets(completion_port::outcome how) noexcept
{
    switch (how) {
    case completion_port::outcome::abandoned:
        return ERROR_ABANDONED_WAIT_0;
    case completion_port::outcome::apcs_ran:
        return WAIT_IO_COMPLETION;
    case completion_port::outcome::packets:
    case completion_port::outcome::timed_out:
        break;
    }
    return WAIT_TIMEOUT;
}

BOOL fail_with(DWORD error) noexcept
{
    return fail(FALSE, static_cast<int>(error));
}

HANDLE make_port(DWORD concurrency) noexcept
{
    const auto made = completion_port::make(concurrency);
    const std::uint32_t handle = made ? kernel::handles.add(*made) : 0;
    return handle != 0 ? handle_of(handle) : fail(HANDLE{nullptr}, ERROR_NOT_ENOUGH_MEMORY);
}

HANDLE associate_with_new(HANDLE file, ULONG_PTR key, DWORD concurrency) noexcept
{
    const HANDLE made = make_port(concurrency);
    if (made == nullptr) {
        return nullptr;
    }
    const int error =
        associate_with_port(file, *kernel::handles.find<completion_port>(handle_value(made)), key);
    if (error != 0) {
        CloseHandle(made);
        return fail(HANDLE{nullptr}, error);
    }
    return made;
}

}  // namespace

HANDLE WINAPI CreateIoCompletionPort(HANDLE FileHandle, HANDLE ExistingCompletionPort,
                                     ULONG_PTR CompletionKey, DWORD NumberOfConcurrentThreads)
{
    if (FileHandle == INVALID_HANDLE_VALUE) {
        return ExistingCompletionPort == nullptr ? make_port(NumberOfConcurrentThreads)
                                                 : fail(HANDLE{nullptr}, ERROR_INVALID_PARAMETER);
    }
    if (ExistingCompletionPort == nullptr) {
        return associate_with_new(FileHandle, CompletionKey, NumberOfConcurrentThreads);
    }
    const auto port = kernel::handles.find<completion_port>(handle_value(ExistingCompletionPort));
    if (!port) {
        return fail(HANDLE{nullptr}, ERROR_INVALID_HANDLE);
    }
    const int error = associate_with_port(FileHandle, *port, CompletionKey);
    return error == 0 ? ExistingCompletionPort : fail(HANDLE{nullptr}, error);
}

BOOL WINAPI GetQueuedCompletionStatus(HANDLE CompletionPort, LPDWORD lpNumberOfBytesTransferred,
                                      PULONG_PTR lpCompletionKey, LPOVERLAPPED* lpOverlapped,
                                      DWORD dwMilliseconds)
{
    if (lpNumberOfBytesTransferred == nullptr || lpCompletionKey == nullptr || lpOverlapped == nullptr) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    waited_port port(CompletionPort);
    if (!port) {
        *lpOverlapped = nullptr;
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    kernel::packet taken;
    const auto result = port.take({&taken, 1}, dwMilliseconds, false);
    if (result.count == 0) {
        *lpOverlapped = nullptr;
        return fail_with(error_without_packets(result.how));
    }
    *lpNumberOfBytesTransferred = taken.bytes;
    *lpCompletionKey = taken.key;
    *lpOverlapped = static_cast<LPOVERLAPPED>(taken.overlapped);
    const DWORD error = taken.status == 0 ? 0 : error_of_status(taken.status);
    return error == 0 ? TRUE : fail_with(error);
}

BOOL WINAPI GetQueuedCompletionStatusEx(HANDLE CompletionPort, LPOVERLAPPED_ENTRY lpCompletionPortEntries,
                                        ULONG ulCount, PULONG ulNumEntriesRemoved, DWORD dwMilliseconds,
                                        BOOL fAlertable)
{
    constexpr ULONG most_at_once = 128;  // "up to" ulCount
    if (lpCompletionPortEntries == nullptr || ulNumEntriesRemoved == nullptr || ulCount == 0) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    waited_port port(CompletionPort);
    if (!port) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    std::array<kernel::packet, most_at_once> taken;
    const auto result =
        port.take({taken.data(), std::min(ulCount, most_at_once)}, dwMilliseconds, fAlertable != FALSE);
    *ulNumEntriesRemoved = static_cast<ULONG>(result.count);
    if (result.count == 0) {
        return fail_with(error_without_packets(result.how));
    }
    for (std::size_t index = 0; index < result.count; ++index) {
        const kernel::packet& from = taken[index];
        lpCompletionPortEntries[index] = {from.key, static_cast<LPOVERLAPPED>(from.overlapped), from.status,
                                          from.bytes};
    }
    return TRUE;
}

BOOL WINAPI PostQueuedCompletionStatus(HANDLE CompletionPort, DWORD dwNumberOfBytesTransferred,
                                       ULONG_PTR dwCompletionKey, LPOVERLAPPED lpOverlapped)
{
    const auto port = kernel::handles.find<completion_port>(handle_value(CompletionPort));
    if (!port) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    return port->post({dwCompletionKey, lpOverlapped, 0, dwNumberOfBytesTransferred})
               ? TRUE
               : fail(FALSE, ERROR_NOT_ENOUGH_MEMORY);
}

BOOL WINAPI SetFileCompletionNotificationModes(HANDLE FileHandle, UCHAR Flags)
{
    constexpr unsigned known = FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE;
    if ((Flags & ~known) != 0) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    socket_reference socket;
    if (const int error = find_socket_by_handle(FileHandle, socket); error != 0) {
        return fail(FALSE, error);
    }
    socket.file->add_modes(Flags);
    return TRUE;
}
