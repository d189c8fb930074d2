// Reading, writing and the file pointer. Answers to the pages "ReadFile", "WriteFile", "SetFilePointerEx",
// "SetEndOfFile", "GetFileSize", "FlushFileBuffers", "GetFileType".
#include <winsock2.h>

#include <string>

#include "kernel/temporary_directory.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

class open_file {
public:
    open_file(const std::string& path, DWORD access, DWORD flags = FILE_ATTRIBUTE_NORMAL)
        : handle_(CreateFileA(path.c_str(), access, FILE_SHARE_READ, nullptr, OPEN_ALWAYS, flags, nullptr))
    {
        REQUIRE(handle_ != INVALID_HANDLE_VALUE);
    }
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;
    ~open_file() { CloseHandle(handle_); }
    operator HANDLE() const { return handle_; }  // NOLINT: reads like the API it stands for

private:
    HANDLE handle_;
};

std::string read(HANDLE file, DWORD size)
{
    std::string text(size, '\0');
    DWORD count = 0;
    REQUIRE(ReadFile(file, text.data(), size, &count, nullptr) == TRUE);
    text.resize(count);
    return text;
}

void write(HANDLE file, const std::string& text)
{
    DWORD count = 0;
    REQUIRE(WriteFile(file, text.data(), static_cast<DWORD>(text.size()), &count, nullptr) == TRUE);
    CHECK(count == text.size());
}

OVERLAPPED at(std::uint64_t offset)
{
    OVERLAPPED overlapped{};
    overlapped.Offset = static_cast<DWORD>(offset);
    overlapped.OffsetHigh = static_cast<DWORD>(offset >> 32);
    return overlapped;
}

}  // namespace

TEST_CASE("what is written is read, and the end is a success of 0 bytes", "[kernel][file]")
{
    const temporary_directory place;
    const open_file file(place.file("data"), GENERIC_READ | GENERIC_WRITE);
    write(file, "hello, file");
    CHECK(read(file, 8).empty());
    CHECK(SetFilePointer(file, 7, nullptr, FILE_BEGIN) == 7);
    CHECK(read(file, 100) == "file");
    CHECK(read(file, 100).empty());
}

TEST_CASE("a transfer that the handle does not permit is denied", "[kernel][file]")
{
    const temporary_directory place;
    const std::string path = place.make("data", "text");
    char byte = 0;
    DWORD count = 0;
    const open_file reader(path, GENERIC_READ);
    CHECK(WriteFile(reader, "x", 1, &count, nullptr) == FALSE);
    CHECK(GetLastError() == ERROR_ACCESS_DENIED);
    CHECK(SetEndOfFile(reader) == FALSE);
    CHECK(GetLastError() == ERROR_ACCESS_DENIED);
    CHECK(FlushFileBuffers(reader) == FALSE);
    CHECK(GetLastError() == ERROR_ACCESS_DENIED);
    const open_file writer(path, GENERIC_WRITE);
    CHECK(ReadFile(writer, &byte, 1, &count, nullptr) == FALSE);
    CHECK(GetLastError() == ERROR_ACCESS_DENIED);
    const open_file looker(path, FILE_READ_ATTRIBUTES);
    CHECK(ReadFile(looker, &byte, 1, &count, nullptr) == FALSE);
    CHECK(GetFileSize(looker, nullptr) == 4);
}

TEST_CASE("bad arguments of transfers get their errors", "[kernel][file]")
{
    const temporary_directory place;
    const open_file file(place.make("data", "text"), GENERIC_READ | GENERIC_WRITE);
    char byte = 0;
    DWORD count = 0;
    CHECK(ReadFile(nullptr, &byte, 1, &count, nullptr) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(WriteFile(INVALID_HANDLE_VALUE, &byte, 1, &count, nullptr) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(ReadFile(file, &byte, 1, nullptr, nullptr) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(ReadFile(file, nullptr, 1, &count, nullptr) == FALSE);
    CHECK(GetLastError() == ERROR_NOACCESS);
    CHECK(ReadFile(file, nullptr, 0, &count, nullptr) == TRUE);
    OVERLAPPED far = at(std::uint64_t{1} << 63);
    CHECK(ReadFile(file, &byte, 1, nullptr, &far) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
}

TEST_CASE("an OVERLAPPED names the offset and is completed with the call", "[kernel][file]")
{
    const temporary_directory place;
    const open_file file(place.make("data", "0123456789"), GENERIC_READ | GENERIC_WRITE,
                         FILE_FLAG_OVERLAPPED);
    const HANDLE event = CreateEventA(nullptr, TRUE, FALSE, nullptr);
    char text[4] = {};
    OVERLAPPED overlapped = at(3);
    overlapped.hEvent = event;

    CHECK(ReadFile(file, text, 3, nullptr, &overlapped) == TRUE);
    CHECK(std::string(text, 3) == "345");
    CHECK(overlapped.Internal == 0);
    CHECK(overlapped.InternalHigh == 3);
    CHECK(HasOverlappedIoCompleted(&overlapped));
    CHECK(WaitForSingleObject(event, 0) == WAIT_OBJECT_0);

    overlapped = at(8);
    overlapped.hEvent = event;
    DWORD count = 0;
    CHECK(WriteFile(file, "abcd", 4, &count, &overlapped) == TRUE);
    CHECK(count == 4);
    CHECK(place.content("data") == "01234567abcd");

    overlapped = at(12);
    CHECK(ReadFile(file, text, 3, &count, &overlapped) == FALSE);
    CHECK(GetLastError() == ERROR_HANDLE_EOF);
    CHECK(count == 0);
    CHECK(overlapped.InternalHigh == 0);

    CHECK(ReadFile(file, text, 3, &count, nullptr) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CloseHandle(event);
}

TEST_CASE("without FILE_FLAG_OVERLAPPED an OVERLAPPED moves the file pointer", "[kernel][file]")
{
    const temporary_directory place;
    const open_file file(place.make("data", "0123456789"), GENERIC_READ | GENERIC_WRITE);
    char text[4] = {};
    DWORD count = 0;
    OVERLAPPED overlapped = at(2);
    CHECK(ReadFile(file, text, 3, &count, &overlapped) == TRUE);
    CHECK(read(file, 2) == "56");
    overlapped = at(10);
    CHECK(ReadFile(file, text, 3, &count, &overlapped) == FALSE);
    CHECK(GetLastError() == ERROR_HANDLE_EOF);
}

TEST_CASE("FILE_APPEND_DATA and the offset of all ones write at the end", "[kernel][file]")
{
    const temporary_directory place;
    const std::string path = place.make("data", "one");
    {
        const open_file appender(path, FILE_APPEND_DATA);
        write(appender, " two");
    }
    const open_file file(path, GENERIC_WRITE);
    OVERLAPPED end = at(~std::uint64_t{0});
    DWORD count = 0;
    CHECK(WriteFile(file, " three", 6, &count, &end) == TRUE);
    write(file, " four");
    CHECK(place.content("data") == "one two three four");
}

TEST_CASE("file pointers move by all three methods and not before the start", "[kernel][file]")
{
    const temporary_directory place;
    const open_file file(place.make("data", "0123456789"), GENERIC_READ | GENERIC_WRITE);
    CHECK(SetFilePointer(file, -4, nullptr, FILE_END) == 6);
    CHECK(SetFilePointer(file, -1, nullptr, FILE_CURRENT) == 5);
    CHECK(SetFilePointer(file, -6, nullptr, FILE_CURRENT) == INVALID_SET_FILE_POINTER);
    CHECK(GetLastError() == ERROR_NEGATIVE_SEEK);
    CHECK(SetFilePointer(file, 0, nullptr, 3) == INVALID_SET_FILE_POINTER);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);

    LONG high = 2;
    CHECK(SetFilePointer(file, 5, &high, FILE_BEGIN) == 5);
    CHECK(high == 2);
    CHECK(SetFilePointer(file, 0, nullptr, FILE_CURRENT) == INVALID_SET_FILE_POINTER);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);

    LARGE_INTEGER distance{};
    LARGE_INTEGER position{};
    distance.QuadPart = -5;
    CHECK(SetFilePointerEx(file, distance, &position, FILE_CURRENT) == TRUE);
    CHECK(position.QuadPart == (LONGLONG{2} << 32));
    high = -1;
    CHECK(SetFilePointer(file, -10, &high, FILE_END) == 0);
    CHECK(GetLastError() == NO_ERROR);
    CHECK(SetFilePointerEx(nullptr, distance, nullptr, FILE_BEGIN) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
}

TEST_CASE("the size follows the end of the file", "[kernel][file]")
{
    const temporary_directory place;
    const open_file file(place.make("data", "0123456789"), GENERIC_READ | GENERIC_WRITE);
    LARGE_INTEGER where{};
    where.QuadPart = (LONGLONG{1} << 32) + 3;
    REQUIRE(SetFilePointerEx(file, where, nullptr, FILE_BEGIN) == TRUE);
    REQUIRE(SetEndOfFile(file) == TRUE);
    DWORD high = 0;
    CHECK(GetFileSize(file, &high) == 3);
    CHECK(high == 1);
    LARGE_INTEGER size{};
    CHECK(GetFileSizeEx(file, &size) == TRUE);
    CHECK(size.QuadPart == where.QuadPart);
    CHECK(FlushFileBuffers(file) == TRUE);
    SetFilePointer(file, 2, nullptr, FILE_BEGIN);
    CHECK(SetEndOfFile(file) == TRUE);
    CHECK(place.content("data") == "01");
    CHECK(GetFileSize(nullptr, nullptr) == INVALID_FILE_SIZE);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
}

TEST_CASE("GetFileType tells disks, devices, sockets and strangers apart", "[kernel][file]")
{
    const temporary_directory place;
    const open_file file(place.make("data", ""), GENERIC_READ);
    const open_file null_device("nul", GENERIC_READ | GENERIC_WRITE);
    CHECK(GetFileType(file) == FILE_TYPE_DISK);
    CHECK(GetFileType(null_device) == FILE_TYPE_CHAR);
    CHECK(read(null_device, 5).empty());
    write(null_device, "away");
    CHECK(GetFileType(nullptr) == FILE_TYPE_UNKNOWN);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);

    WSADATA data{};
    REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    const SOCKET made = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    CHECK(GetFileType(reinterpret_cast<HANDLE>(made)) == FILE_TYPE_PIPE);
    closesocket(made);
    WSACleanup();
}
