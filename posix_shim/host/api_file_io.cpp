// ReadFile and WriteFile. A transfer is over when the function returns, with an OVERLAPPED too: Windows may do
// the same with files. Other kinds of handles that can be read and written get their own branch in the two
// functions at the end. Answers to the pages "ReadFile", "WriteFile" and "Testing for the End of a File".
#include "host/file_name.hpp"
#include "host/kernel_objects.hpp"
#include "host/socket_file_io.hpp"
#include "host/thread_state.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

// The one status that OVERLAPPED.Internal shows beside success; ntstatus.h is not among our headers.
constexpr ULONG_PTR status_end_of_file = 0xC0000011;

std::optional<std::uint64_t> offset_of(const OVERLAPPED* overlapped) noexcept
{
    if (overlapped == nullptr) {
        return std::nullopt;
    }
    return std::uint64_t{overlapped->OffsetHigh} << 32 | overlapped->Offset;
}

int refusal(const kernel::file& target, bool permitted, const void* buffer, DWORD size, const DWORD* moved,
            const OVERLAPPED* overlapped) noexcept
{
    if (!permitted) {
        return ERROR_ACCESS_DENIED;
    }
    if (overlapped == nullptr && (target.overlapped() || moved == nullptr)) {
        return ERROR_INVALID_PARAMETER;
    }
    const auto offset = offset_of(overlapped);
    if (offset && *offset != kernel::end_of_file_offset && *offset > INT64_MAX) {
        return ERROR_INVALID_PARAMETER;
    }
    return buffer == nullptr && size != 0 ? ERROR_NOACCESS : 0;
}

// The event is not signalled while a transfer goes on, nor after one that failed at once.
void begin(DWORD* moved, const OVERLAPPED* overlapped) noexcept
{
    if (moved != nullptr) {
        *moved = 0;
    }
    if (overlapped != nullptr && overlapped->hEvent != nullptr) {
        reset_event_object(overlapped->hEvent);
    }
}

void complete(OVERLAPPED* overlapped, ULONG_PTR status, std::size_t bytes) noexcept
{
    if (overlapped == nullptr) {
        return;
    }
    overlapped->InternalHigh = bytes;
    overlapped->Internal = status;
    if (overlapped->hEvent != nullptr) {
        set_event_object(overlapped->hEvent);
    }
}

void tell(DWORD* moved, std::size_t bytes) noexcept
{
    if (moved != nullptr) {
        *moved = static_cast<DWORD>(bytes);
    }
}

// How the end shows: as a success of 0 bytes at the file pointer, as an error where an offset was named, and
// as a broken pipe where the writers have gone.
BOOL read_nothing(const kernel::file& target, OVERLAPPED* overlapped) noexcept
{
    if (target.type() == kernel::file_type::pipe) {
        return fail(FALSE, ERROR_BROKEN_PIPE);
    }
    if (overlapped != nullptr && target.type() == kernel::file_type::disk) {
        complete(overlapped, status_end_of_file, 0);
        return fail(FALSE, ERROR_HANDLE_EOF);
    }
    complete(overlapped, 0, 0);
    return TRUE;
}

BOOL read_file(kernel::file& target, void* buffer, DWORD size, DWORD* moved, OVERLAPPED* overlapped) noexcept
{
    if (const int refused = refusal(target, target.readable(), buffer, size, moved, overlapped)) {
        return fail(FALSE, refused);
    }
    begin(moved, overlapped);
    const kernel::file_transfer done = target.read(buffer, size, offset_of(overlapped));
    tell(moved, done.bytes);
    if (done.error != 0) {
        return fail(FALSE, file_error(done.error));
    }
    if (done.bytes == 0 && size != 0) {
        return read_nothing(target, overlapped);
    }
    complete(overlapped, 0, done.bytes);
    return TRUE;
}

BOOL write_file(kernel::file& target, const void* buffer, DWORD size, DWORD* moved,
                OVERLAPPED* overlapped) noexcept
{
    if (const int refused = refusal(target, target.writable(), buffer, size, moved, overlapped)) {
        return fail(FALSE, refused);
    }
    begin(moved, overlapped);
    const kernel::file_transfer done = target.write(buffer, size, offset_of(overlapped));
    tell(moved, done.bytes);
    if (done.error != 0) {
        return fail(FALSE, file_error(done.error));
    }
    complete(overlapped, 0, done.bytes);
    return TRUE;
}

}  // namespace

BOOL WINAPI ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead, LPDWORD lpNumberOfBytesRead,
                     LPOVERLAPPED lpOverlapped)
{
    if (const auto target = file_of(hFile)) {
        return read_file(*target, lpBuffer, nNumberOfBytesToRead, lpNumberOfBytesRead, lpOverlapped);
    }
    return read_socket(hFile, lpBuffer, nNumberOfBytesToRead, lpNumberOfBytesRead, lpOverlapped);
}

BOOL WINAPI WriteFile(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
                      LPDWORD lpNumberOfBytesWritten, LPOVERLAPPED lpOverlapped)
{
    if (const auto target = file_of(hFile)) {
        return write_file(*target, lpBuffer, nNumberOfBytesToWrite, lpNumberOfBytesWritten, lpOverlapped);
    }
    return write_socket(hFile, lpBuffer, nNumberOfBytesToWrite, lpNumberOfBytesWritten, lpOverlapped);
}
