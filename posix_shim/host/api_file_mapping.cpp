// File mappings as programs see them: what may be mapped, how large it is, and what the arguments mean. Without a file it is
// memory of the process and of its children by fork; names are known within the process, as those of other objects.
// Answers to the pages "CreateFileMappingW", "CreateFileMappingFromApp", "OpenFileMappingW", "MapViewOfFile",
// "MapViewOfFileEx", "MapViewOfFileFromApp", "UnmapViewOfFile" and "FlushViewOfFile".
#include "host/descriptor.hpp"
#include "host/file_name.hpp"
#include "host/mapped_views.hpp"
#include "host/object_names.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <limits>

using namespace spindle;
using namespace spindle::host;

namespace {

struct protection_row {
    DWORD protection;
    bool writable;  // the file has to be, and shared views may write
    bool executable;
};
constexpr protection_row protections[] = {
    {PAGE_READONLY, false, false},        {PAGE_READWRITE, true, false},
    {PAGE_WRITECOPY, false, false},       {PAGE_EXECUTE_READ, false, true},
    {PAGE_EXECUTE_READWRITE, true, true}, {PAGE_EXECUTE_WRITECOPY, false, true},
};

struct backing {
    explicit backing(int failure) noexcept : file(-1), error(failure) {}
    backing(int descriptor, std::uint64_t bytes) noexcept : file(descriptor), size(bytes) {}

    descriptor file;
    std::uint64_t size = 0;
    int error = 0;
};

backing of_memory(std::uint64_t size) noexcept
{
    if (size == 0 || size > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) {
        return backing(size == 0 ? ERROR_INVALID_PARAMETER : ERROR_NOT_ENOUGH_MEMORY);
    }
    descriptor memory(memfd_create("file mapping", MFD_CLOEXEC));
    return memory && ftruncate(memory.get(), static_cast<off_t>(size)) == 0 ? backing(memory.detach(), size)
                                                                            : backing(file_error(errno));
}

// A file is as large as the mapping afterwards, if it may be written.
backing of_file(HANDLE handle, std::uint64_t size, bool writable) noexcept
{
    const auto file = file_of(handle);
    struct stat facts {};
    if (!file || fstat(file->descriptor(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return backing(ERROR_INVALID_HANDLE);
    }
    if (!file->readable() || (writable && !file->writable())) {
        return backing(ERROR_ACCESS_DENIED);
    }
    const auto present = static_cast<std::uint64_t>(facts.st_size);
    const std::uint64_t wanted = size != 0 ? size : present;
    if (wanted == 0) {
        return backing(ERROR_FILE_INVALID);
    }
    if (wanted > present && !writable) {
        return backing(ERROR_NOT_ENOUGH_MEMORY);
    }
    if (wanted > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) {
        return backing(ERROR_DISK_FULL);
    }
    if (wanted > present && ftruncate(file->descriptor(), static_cast<off_t>(wanted)) != 0) {
        return backing(file_error(errno));
    }
    const int duplicate = kernel::duplicate_descriptor(handle_value(handle));
    return duplicate != -1 ? backing(duplicate, wanted) : backing(ERROR_TOO_MANY_OPEN_FILES);
}

std::uint64_t joined(DWORD high, DWORD low) noexcept
{
    return std::uint64_t{high} << 32U | low;
}

HANDLE create_mapping(HANDLE file, DWORD protection, std::uint64_t size, const object_name& name) noexcept
{
    const auto* const row =
        std::ranges::find(protections, protection & ~DWORD{SEC_COMMIT}, &protection_row::protection);
    if (row == std::end(protections)) {
        return fail(HANDLE{nullptr}, ERROR_INVALID_PARAMETER);
    }
    const bool no_file = file == INVALID_HANDLE_VALUE;
    backing from = no_file ? of_memory(size) : of_file(file, size, row->writable);
    if (from.error != 0) {
        return fail(HANDLE{nullptr}, from.error);
    }
    auto made = new_object<kernel::section>(from.file.get(), from.size, row->writable, row->executable);
    if (!made) {
        return fail(HANDLE{nullptr}, ERROR_NOT_ENOUGH_MEMORY);
    }
    from.file.detach();
    return create_object(name, std::move(made));
}

LPVOID map_view(HANDLE mapping, DWORD wanted, std::uint64_t offset, SIZE_T size, LPVOID where) noexcept
{
    const auto section = object_of<kernel::section>(mapping);
    if (!section) {
        return fail(LPVOID{nullptr}, ERROR_INVALID_HANDLE);
    }
    constexpr DWORD known = FILE_MAP_ALL_ACCESS | FILE_MAP_EXECUTE;
    if ((wanted & known) == 0 || (wanted & ~known) != 0) {
        return fail(LPVOID{nullptr}, ERROR_INVALID_PARAMETER);
    }
    // FILE_MAP_COPY is a bit of FILE_MAP_ALL_ACCESS, and means something on its own alone.
    const bool writes = (wanted & FILE_MAP_WRITE) != 0;
    const auto how = writes                          ? views::access::write
                     : (wanted & FILE_MAP_COPY) != 0 ? views::access::copy
                                                     : views::access::read;
    LPVOID base = nullptr;
    const int error =
        views::map(*section, how, (wanted & FILE_MAP_EXECUTE) != 0, offset, size,
                   reinterpret_cast<std::uintptr_t>(where), base);
    return error == 0 ? base : fail(LPVOID{nullptr}, error);
}

}  // namespace

HANDLE WINAPI CreateFileMappingA(HANDLE hFile, LPSECURITY_ATTRIBUTES, DWORD flProtect,
                                 DWORD dwMaximumSizeHigh, DWORD dwMaximumSizeLow, LPCSTR lpName)
{
    return create_mapping(hFile, flProtect, joined(dwMaximumSizeHigh, dwMaximumSizeLow), object_name(lpName));
}

HANDLE WINAPI CreateFileMappingW(HANDLE hFile, LPSECURITY_ATTRIBUTES, DWORD flProtect,
                                 DWORD dwMaximumSizeHigh, DWORD dwMaximumSizeLow, LPCWSTR lpName)
{
    return create_mapping(hFile, flProtect, joined(dwMaximumSizeHigh, dwMaximumSizeLow), object_name(lpName));
}

HANDLE WINAPI CreateFileMappingFromApp(HANDLE hFile, PSECURITY_ATTRIBUTES, ULONG PageProtection, ULONG64 MaximumSize,
                                       PCWSTR Name)
{
    return create_mapping(hFile, PageProtection, MaximumSize, object_name(Name));
}

HANDLE WINAPI OpenFileMappingA(DWORD, BOOL, LPCSTR lpName)
{
    return open_object(object_name(lpName), kernel::object_kind::section);
}

HANDLE WINAPI OpenFileMappingW(DWORD, BOOL, LPCWSTR lpName)
{
    return open_object(object_name(lpName), kernel::object_kind::section);
}

LPVOID WINAPI MapViewOfFile(HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh,
                            DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap)
{
    return map_view(hFileMappingObject, dwDesiredAccess, joined(dwFileOffsetHigh, dwFileOffsetLow),
                    dwNumberOfBytesToMap, nullptr);
}

LPVOID WINAPI MapViewOfFileEx(HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh,
                              DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap, LPVOID lpBaseAddress)
{
    return map_view(hFileMappingObject, dwDesiredAccess, joined(dwFileOffsetHigh, dwFileOffsetLow),
                    dwNumberOfBytesToMap, lpBaseAddress);
}

PVOID WINAPI MapViewOfFileFromApp(HANDLE hFileMappingObject, ULONG DesiredAccess, ULONG64 FileOffset,
                                  SIZE_T NumberOfBytesToMap)
{
    return map_view(hFileMappingObject, DesiredAccess, FileOffset, NumberOfBytesToMap, nullptr);
}

BOOL WINAPI UnmapViewOfFile(LPCVOID lpBaseAddress)
{
    const int error = views::unmap(reinterpret_cast<std::uintptr_t>(lpBaseAddress));
    return error == 0 ? TRUE : fail(FALSE, error);
}

BOOL WINAPI FlushViewOfFile(LPCVOID lpBaseAddress, SIZE_T dwNumberOfBytesToFlush)
{
    const int error = views::flush(reinterpret_cast<std::uintptr_t>(lpBaseAddress), dwNumberOfBytesToFlush);
    return error == 0 ? TRUE : fail(FALSE, error);
}
