// Files as sources of bytes. The base provider's TransmitFile is no try-and-return call, so files are read and sent.
#include "spindle/file_source.hpp"
#include "winsock.hpp"

namespace spindle::win32 {
namespace {

class handle_source final : public file_source {
public:
    explicit handle_source(HANDLE file) noexcept : file_(file) {}
    handle_source(const handle_source&) = delete;
    handle_source& operator=(const handle_source&) = delete;
    ~handle_source() override { ::CloseHandle(file_); }

    result<std::uint64_t> size() override
    {
        LARGE_INTEGER bytes{};
        const bool disk = ::GetFileType(file_) == FILE_TYPE_DISK;
        return disk && ::GetFileSizeEx(file_, &bytes) != FALSE ? static_cast<std::uint64_t>(bytes.QuadPart)
                                                               : result<std::uint64_t>(errc::invalid_handle);
    }

    // The file may be open for overlapped use and have a completion port: the event's low bit keeps packets away
    // (page "GetQueuedCompletionStatus").
    result<std::size_t> read_at(std::uint64_t offset, mutable_buffer into) override
    {
        constexpr std::size_t longest = 0x40000000;
        OVERLAPPED request{};
        request.Offset = static_cast<DWORD>(offset);
        request.OffsetHigh = static_cast<DWORD>(offset >> 32U);
        const HANDLE event = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
        if (event == nullptr) {
            return errc::no_buffer_space;
        }
        request.hEvent = reinterpret_cast<HANDLE>(reinterpret_cast<ULONG_PTR>(event) | 1U);
        const auto size = static_cast<DWORD>(into.size < longest ? into.size : longest);
        DWORD got = 0;
        DWORD error = ERROR_SUCCESS;
        if (::ReadFile(file_, into.data, size, nullptr, &request) == FALSE) {
            error = ::GetLastError();
        }
        if (error == ERROR_SUCCESS || error == ERROR_IO_PENDING) {
            error = ::GetOverlappedResult(file_, &request, &got, TRUE) != FALSE ? ERROR_SUCCESS
                                                                                : ::GetLastError();
        }
        ::CloseHandle(event);
        if (error == ERROR_SUCCESS || error == ERROR_HANDLE_EOF) {
            return std::size_t{got};
        }
        return error == ERROR_ACCESS_DENIED ? errc::access_denied : errc::system_call_failure;
    }

    result<std::uint64_t> position() override
    {
        LARGE_INTEGER at{};
        return ::SetFilePointerEx(file_, LARGE_INTEGER{}, &at, FILE_CURRENT) != FALSE
                   ? static_cast<std::uint64_t>(at.QuadPart)
                   : result<std::uint64_t>(errc::invalid_handle);
    }

    result<void> move_to(std::uint64_t position) override
    {
        LARGE_INTEGER to{};
        to.QuadPart = static_cast<LONGLONG>(position);
        return ::SetFilePointerEx(file_, to, nullptr, FILE_BEGIN) != FALSE
                   ? result<void>()
                   : result<void>(errc::invalid_handle);
    }

    [[nodiscard]] std::intptr_t native() const noexcept override
    {
        return reinterpret_cast<std::intptr_t>(file_);
    }

private:
    HANDLE file_;
};

}  // namespace
}  // namespace spindle::win32

namespace spindle {

std::unique_ptr<file_source> make_file_source(std::intptr_t native)
try {
    return std::make_unique<win32::handle_source>(reinterpret_cast<HANDLE>(native));
} catch (...) {
    ::CloseHandle(reinterpret_cast<HANDLE>(native));
    throw;
}

namespace native {

result<std::size_t> send_file(handle, file_source&, std::uint64_t, std::size_t) noexcept
{
    return errc::operation_not_supported;
}

}  // namespace native
}  // namespace spindle
