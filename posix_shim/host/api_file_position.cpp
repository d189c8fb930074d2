// Size, file pointer, end and type of an open file. Answers to the pages "GetFileSize", "SetFilePointerEx",
// "SetEndOfFile", "FlushFileBuffers", "GetFileType".
#include "host/file_name.hpp"
#include "host/kernel_objects.hpp"
#include "host/thread_state.hpp"

#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

using namespace spindle;
using namespace spindle::host;

namespace {

constexpr int move_methods[] = {SEEK_SET, SEEK_CUR, SEEK_END};  // FILE_BEGIN, FILE_CURRENT, FILE_END

bool size_of(HANDLE handle, LONGLONG& size) noexcept
{
    const auto target = file_of(handle);
    if (!target) {
        return fail(false, ERROR_INVALID_HANDLE);
    }
    struct stat facts {};
    if (target->type() != kernel::file_type::disk) {
        return fail(false, ERROR_INVALID_FUNCTION);
    }
    if (fstat(target->descriptor(), &facts) != 0) {
        return fail(false, file_error(errno));
    }
    size = facts.st_size;
    return true;
}

// Where the pointer would be, so that a move that cannot be told to the caller is not made.
bool destination(int descriptor, LONGLONG distance, DWORD method, LONGLONG& position) noexcept
{
    struct stat facts {};
    LONGLONG base = 0;
    if (method == FILE_CURRENT) {
        base = lseek(descriptor, 0, SEEK_CUR);
    } else if (method == FILE_END) {
        base = fstat(descriptor, &facts) == 0 ? facts.st_size : -1;
    }
    if (base < 0) {
        return fail(false, file_error(errno));
    }
    if (__builtin_add_overflow(base, distance, &position)) {
        return fail(false, ERROR_INVALID_PARAMETER);
    }
    return position >= 0 || fail(false, ERROR_NEGATIVE_SEEK);
}

bool move_pointer(HANDLE handle, LONGLONG distance, DWORD method, LONGLONG limit, LONGLONG& position) noexcept
{
    const auto target = file_of(handle);
    if (!target) {
        return fail(false, ERROR_INVALID_HANDLE);
    }
    if (method >= std::size(move_methods)) {
        return fail(false, ERROR_INVALID_PARAMETER);
    }
    if (target->type() != kernel::file_type::disk) {
        return fail(false, ERROR_INVALID_FUNCTION);
    }
    if (!destination(target->descriptor(), distance, method, position)) {
        return false;
    }
    if (position > limit) {
        return fail(false, ERROR_INVALID_PARAMETER);
    }
    return lseek(target->descriptor(), position, SEEK_SET) >= 0 || fail(false, file_error(errno));
}

DWORD low_part(LONGLONG number) noexcept
{
    return static_cast<DWORD>(number & 0xFFFFFFFF);
}

}  // namespace

DWORD WINAPI GetFileSize(HANDLE hFile, LPDWORD lpFileSizeHigh)
{
    LONGLONG size = 0;
    if (!size_of(hFile, size)) {
        return INVALID_FILE_SIZE;
    }
    if (lpFileSizeHigh != nullptr) {
        *lpFileSizeHigh = static_cast<DWORD>(size >> 32);
    }
    set_last_error(NO_ERROR);  // a size may look like the failure
    return low_part(size);
}

BOOL WINAPI GetFileSizeEx(HANDLE hFile, PLARGE_INTEGER lpFileSize)
{
    if (lpFileSize == nullptr) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    LONGLONG size = 0;
    if (!size_of(hFile, size)) {
        return FALSE;
    }
    lpFileSize->QuadPart = size;
    return TRUE;
}

DWORD WINAPI SetFilePointer(HANDLE hFile, LONG lDistanceToMove, PLONG lpDistanceToMoveHigh,
                            DWORD dwMoveMethod)
{
    LONGLONG distance = lDistanceToMove;
    LONGLONG limit = 0xFFFFFFFE;
    if (lpDistanceToMoveHigh != nullptr) {
        distance =
            LONGLONG{*lpDistanceToMoveHigh} * (LONGLONG{1} << 32) + static_cast<ULONG>(lDistanceToMove);
        limit = INT64_MAX;
    }
    LONGLONG position = 0;
    if (!move_pointer(hFile, distance, dwMoveMethod, limit, position)) {
        return INVALID_SET_FILE_POINTER;
    }
    if (lpDistanceToMoveHigh != nullptr) {
        *lpDistanceToMoveHigh = static_cast<LONG>(position >> 32);
    }
    set_last_error(NO_ERROR);  // a position may look like the failure
    return low_part(position);
}

BOOL WINAPI SetFilePointerEx(HANDLE hFile, LARGE_INTEGER liDistanceToMove, PLARGE_INTEGER lpNewFilePointer,
                             DWORD dwMoveMethod)
{
    LONGLONG position = 0;
    if (!move_pointer(hFile, liDistanceToMove.QuadPart, dwMoveMethod, INT64_MAX, position)) {
        return FALSE;
    }
    if (lpNewFilePointer != nullptr) {
        lpNewFilePointer->QuadPart = position;
    }
    return TRUE;
}

BOOL WINAPI SetEndOfFile(HANDLE hFile)
{
    const auto target = file_of(hFile);
    if (!target) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    if (!target->writable()) {
        return fail(FALSE, ERROR_ACCESS_DENIED);
    }
    const off_t position = lseek(target->descriptor(), 0, SEEK_CUR);
    const bool done = position >= 0 && ftruncate(target->descriptor(), position) == 0;
    return done ? TRUE : fail(FALSE, file_error(errno));
}

// Terminals have no buffer, and the page has the call fail there; nobody can wait here until a pipe is empty.
BOOL WINAPI FlushFileBuffers(HANDLE hFile)
{
    const auto target = file_of(hFile);
    if (!target || target->type() == kernel::file_type::character) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    if (!target->writable()) {
        return fail(FALSE, ERROR_ACCESS_DENIED);
    }
    if (target->type() != kernel::file_type::disk) {
        return fail(FALSE, ERROR_NOT_SUPPORTED);
    }
    return fsync(target->descriptor()) == 0 ? TRUE : fail(FALSE, file_error(errno));
}

DWORD WINAPI GetFileType(HANDLE hFile)
{
    kernel::socket_entry found;
    if (kernel::handles.find_socket(reinterpret_cast<std::uintptr_t>(hFile), found)) {
        set_last_error(NO_ERROR);
        return FILE_TYPE_PIPE;  // the page: "a socket, a named pipe, or an anonymous pipe"
    }
    const auto target = file_of(hFile);
    if (!target) {
        return fail(DWORD{FILE_TYPE_UNKNOWN}, ERROR_INVALID_HANDLE);
    }
    static constexpr DWORD types[] = {FILE_TYPE_UNKNOWN, FILE_TYPE_DISK, FILE_TYPE_CHAR, FILE_TYPE_PIPE};
    set_last_error(NO_ERROR);  // an unknown type may look like the failure
    return types[static_cast<std::size_t>(target->type())];
}
