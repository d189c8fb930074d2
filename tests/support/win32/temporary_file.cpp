// See the header: a file that the system deletes with its last handle. Page "CreateFileA function".
#include "support/temporary_file.hpp"

#include <windows.h>

#include <array>
#include <stdexcept>

#include "support/byte_pattern.hpp"

namespace spindle::test {
namespace {

HANDLE as_handle(std::intptr_t file)
{
    return reinterpret_cast<HANDLE>(file);
}

std::intptr_t create()
{
    std::array<char, MAX_PATH> folder{};
    std::array<char, MAX_PATH> name{};
    if (::GetTempPathA(MAX_PATH, folder.data()) == 0 || ::GetTempFileNameA(folder.data(), "spi", 0, name.data()) == 0) {
        throw std::runtime_error("no name for a temporary file");
    }
    const HANDLE made = ::CreateFileA(name.data(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS,
                                      FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, nullptr);
    if (made == INVALID_HANDLE_VALUE) {
        throw std::runtime_error("no temporary file");
    }
    return reinterpret_cast<std::intptr_t>(made);
}

}  // namespace

temporary_file::temporary_file(const std::string& bytes) : handle_(create())
{
    DWORD written = 0;
    if (::WriteFile(as_handle(handle_), bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr) == FALSE ||
        written != bytes.size()) {
        throw std::runtime_error("the temporary file was not written");
    }
    seek(0);
}

temporary_file::~temporary_file()
{
    ::CloseHandle(as_handle(handle_));
}

std::string temporary_file::pattern(std::uint64_t seed, std::size_t size)
{
    const auto bytes = make_pattern(seed, size);
    return {bytes.begin(), bytes.end()};
}

std::int64_t temporary_file::position() const
{
    LARGE_INTEGER at{};
    ::SetFilePointerEx(as_handle(handle_), LARGE_INTEGER{}, &at, FILE_CURRENT);
    return at.QuadPart;
}

void temporary_file::seek(std::int64_t position)
{
    LARGE_INTEGER to{};
    to.QuadPart = position;
    ::SetFilePointerEx(as_handle(handle_), to, nullptr, FILE_BEGIN);
}

void temporary_file::truncate(std::int64_t size)
{
    const auto before = position();
    seek(size);
    if (::SetEndOfFile(as_handle(handle_)) == FALSE) {
        throw std::runtime_error("the file was not truncated");
    }
    seek(before);
}

int duplicate_descriptor(int)
{
    throw std::runtime_error("Windows has no descriptors");
}

pipe_end::pipe_end()
{
    HANDLE reading = nullptr;
    HANDLE writing = nullptr;
    if (::CreatePipe(&reading, &writing, nullptr, 0) == FALSE) {
        throw std::runtime_error("no pipe");
    }
    ends_[0] = reinterpret_cast<std::intptr_t>(reading);
    ends_[1] = reinterpret_cast<std::intptr_t>(writing);
}

pipe_end::~pipe_end()
{
    ::CloseHandle(as_handle(ends_[0]));
    ::CloseHandle(as_handle(ends_[1]));
}

}  // namespace spindle::test
