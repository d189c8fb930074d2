// File mappings. Answers to the pages "CreateFileMappingW", "MapViewOfFile", "UnmapViewOfFile" and "FlushViewOfFile".
#include <windows.h>

#include <cstring>
#include <string>

#include "kernel/kernel_fixture.hpp"
#include "kernel/temporary_directory.hpp"

using namespace spindle::test;

namespace {

constexpr DWORD granularity = 0x10000;

class file {
public:
    explicit file(const std::string& path, DWORD access = GENERIC_READ | GENERIC_WRITE)
        : handle_(CreateFileA(path.c_str(), access, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr,
                              OPEN_EXISTING, 0, nullptr))
    {
        REQUIRE(handle_ != INVALID_HANDLE_VALUE);
    }
    file(const file&) = delete;
    file& operator=(const file&) = delete;
    ~file() { CloseHandle(handle_); }
    operator HANDLE() const { return handle_; }  // NOLINT: reads like the API it stands for

private:
    HANDLE handle_;
};

DWORD refused(HANDLE of, DWORD protection, DWORD size = 0, DWORD high = 0)
{
    SetLastError(0);
    const HANDLE made = CreateFileMappingA(of, nullptr, protection, high, size, nullptr);
    CHECK(made == nullptr);
    return GetLastError();
}

DWORD view_refused(HANDLE mapping, DWORD access, DWORD offset = 0, SIZE_T size = 0)
{
    SetLastError(0);
    CHECK(MapViewOfFile(mapping, access, 0, offset, size) == nullptr);
    return GetLastError();
}

char* view(HANDLE mapping, DWORD access, DWORD offset = 0, SIZE_T size = 0)
{
    auto* const base = static_cast<char*>(MapViewOfFile(mapping, access, 0, offset, size));
    REQUIRE(base != nullptr);
    return base;
}

void close(HANDLE handle)
{
    CHECK(CloseHandle(handle) != FALSE);
}

}  // namespace

TEST_CASE("a mapped file shows its bytes, and what is written gets into the file", "[kernel][mapping]")
{
    const temporary_directory directory;
    const auto path = directory.make("data", "hello, world");
    const file opened(path);
    const HANDLE mapping = CreateFileMappingW(opened, nullptr, PAGE_READWRITE, 0, 0, nullptr);
    REQUIRE(mapping != nullptr);
    char* const base = view(mapping, FILE_MAP_ALL_ACCESS);
    char* const second = view(mapping, FILE_MAP_READ);
    CHECK(std::string(base, 12) == "hello, world");
    close(mapping);  // views go on
    std::memcpy(base, "HELLO", 5);
    CHECK(std::string(second, 5) == "HELLO");
    CHECK(FlushViewOfFile(base + 2, 3) != FALSE);
    CHECK(FlushViewOfFile(base, 0) != FALSE);
    CHECK(directory.content("data") == "HELLO, world");
    CHECK(UnmapViewOfFile(base) != FALSE);
    CHECK(UnmapViewOfFile(second) != FALSE);
    for (auto* function : {+[](void* address) { return UnmapViewOfFile(address); },
                           +[](void* address) { return FlushViewOfFile(address, 0); }}) {
        SetLastError(0);
        CHECK(function(base) == FALSE);
        CHECK(GetLastError() == ERROR_INVALID_ADDRESS);
    }
}

TEST_CASE("a mapping may be larger than its file, which grows, and a copy changes nobody's",
          "[kernel][mapping]")
{
    const temporary_directory directory;
    const auto path = directory.make("data", "abc");
    {
        const file opened(path);
        const HANDLE mapping =
            CreateFileMappingA(opened, nullptr, PAGE_READWRITE, 0, 3 * granularity, nullptr);
        REQUIRE(mapping != nullptr);
        char* const base = view(mapping, FILE_MAP_WRITE, 2 * granularity, 10);
        base[9] = 'z';
        char* const copy = view(mapping, FILE_MAP_COPY);
        CHECK(copy[2 * granularity + 9] == 'z');
        copy[0] = 'X';
        CHECK(UnmapViewOfFile(base) != FALSE);
        CHECK(UnmapViewOfFile(copy) != FALSE);
        close(mapping);
    }
    const auto content = directory.content("data");
    CHECK(content.size() == 3 * granularity);
    CHECK(content.substr(0, 3) == "abc");
    CHECK(content[2 * granularity + 9] == 'z');
}

TEST_CASE("memory without a file has a name in the process", "[kernel][mapping]")
{
    const HANDLE made = CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE | SEC_COMMIT, 0, 100,
                                           "a mapping of this test");
    REQUIRE(made != nullptr);
    const HANDLE opened = OpenFileMappingA(FILE_MAP_READ, FALSE, "a mapping of this test");
    REQUIRE(opened != nullptr);
    const HANDLE again =
        CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 100, "a mapping of this test");
    CHECK(GetLastError() == ERROR_ALREADY_EXISTS);
    char* const one = view(made, FILE_MAP_WRITE);
    char* const other = view(opened, FILE_MAP_READ);
    CHECK(one[99] == 0);
    one[99] = 'x';
    CHECK(other[99] == 'x');
    auto* const at = static_cast<char*>(MapViewOfFileEx(again, FILE_MAP_READ, 0, 0, 0, nullptr));
    REQUIRE(at != nullptr);
    CHECK(at[99] == 'x');
    CHECK(MapViewOfFileEx(again, FILE_MAP_READ, 0, 0, 0, one + 1) == nullptr);
    CHECK(GetLastError() == ERROR_MAPPED_ALIGNMENT);
    for (char* each : {one, other, at}) {
        CHECK(UnmapViewOfFile(each) != FALSE);
    }
    for (const HANDLE each : {made, opened, again}) {
        close(each);
    }
    CHECK(OpenFileMappingA(FILE_MAP_READ, FALSE, "a mapping of this test") == nullptr);
    CHECK(GetLastError() == ERROR_FILE_NOT_FOUND);
}

TEST_CASE("what cannot be mapped is refused", "[kernel][mapping]")
{
    const temporary_directory directory;
    const auto path = directory.make("data", "abc");
    const auto empty = directory.make("empty", "");
    const file reading(path, GENERIC_READ);
    const file writing(path, GENERIC_WRITE);
    const file nothing(empty);
    CHECK(refused(reading, 0x3) == ERROR_INVALID_PARAMETER);
    CHECK(refused(reading, PAGE_READWRITE) == ERROR_ACCESS_DENIED);
    CHECK(refused(writing, PAGE_READONLY) == ERROR_ACCESS_DENIED);
    CHECK(refused(nothing, PAGE_READWRITE) == ERROR_FILE_INVALID);
    CHECK(refused(reading, PAGE_READONLY, 4) == ERROR_NOT_ENOUGH_MEMORY);
    CHECK(refused(INVALID_HANDLE_VALUE, PAGE_READWRITE) == ERROR_INVALID_PARAMETER);
    CHECK(refused(INVALID_HANDLE_VALUE, PAGE_READWRITE, 0, 0x80000000U) == ERROR_NOT_ENOUGH_MEMORY);
    CHECK(refused(nullptr, PAGE_READONLY) == ERROR_INVALID_HANDLE);
    const HANDLE mapping = CreateFileMappingA(reading, nullptr, PAGE_READONLY, 0, 0, nullptr);
    REQUIRE(mapping != nullptr);
    CHECK(view_refused(mapping, FILE_MAP_WRITE) == ERROR_ACCESS_DENIED);
    CHECK(view_refused(mapping, FILE_MAP_READ | FILE_MAP_EXECUTE) == ERROR_ACCESS_DENIED);
    CHECK(view_refused(mapping, FILE_MAP_READ, 0, 4) == ERROR_ACCESS_DENIED);
    CHECK(view_refused(mapping, FILE_MAP_READ, granularity) == ERROR_ACCESS_DENIED);
    CHECK(view_refused(mapping, FILE_MAP_READ, 1) == ERROR_MAPPED_ALIGNMENT);
    CHECK(view_refused(mapping, 0) == ERROR_INVALID_PARAMETER);
    CHECK(view_refused(reading, FILE_MAP_READ) == ERROR_INVALID_HANDLE);
    CHECK(WaitForSingleObject(mapping, 0) == WAIT_FAILED);
    close(mapping);
}

TEST_CASE("the long name of what exists is its name", "[kernel][mapping]")
{
    const temporary_directory directory;
    const auto path = directory.make("data", "abc");
    char text[MAX_PATH] = {};
    CHECK(GetLongPathNameA(path.c_str(), text, MAX_PATH) == path.size());
    CHECK(path == text);
    CHECK(GetLongPathNameA(path.c_str(), text, 3) == path.size() + 1);
    CHECK(GetLongPathNameA(directory.file("none").c_str(), text, MAX_PATH) == 0);
    CHECK(GetLastError() == ERROR_FILE_NOT_FOUND);
    CHECK(GetLongPathNameW(nullptr, nullptr, 0) == 0);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
}

TEST_CASE("the FromApp forms and CreateFile2 do what their elder ones do", "[kernel][file]")
{
    const temporary_directory place;
    const std::string path = place.make("mapped", "0123456789");
    std::basic_string<WCHAR> name;
    for (const char letter : path) {
        name.push_back(static_cast<unsigned char>(letter));
    }
    CREATEFILE2_EXTENDED_PARAMETERS more{sizeof more, FILE_ATTRIBUTE_NORMAL, FILE_FLAG_RANDOM_ACCESS, 0, nullptr, nullptr};
    const HANDLE file = CreateFile2(name.c_str(), GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING, &more);
    REQUIRE(file != INVALID_HANDLE_VALUE);
    const HANDLE mapping = CreateFileMappingFromApp(file, nullptr, PAGE_READONLY, 10, nullptr);
    REQUIRE(mapping != nullptr);
    const auto* view = static_cast<const char*>(MapViewOfFileFromApp(mapping, FILE_MAP_READ, 0, 0));
    REQUIRE(view != nullptr);
    CHECK(std::string(view, 10) == "0123456789");
    CHECK(UnmapViewOfFile(view) == TRUE);
    CHECK(MapViewOfFileFromApp(mapping, FILE_MAP_READ, 0x100000000, 0) == nullptr);
    CloseHandle(mapping);
    CloseHandle(file);
    more.dwSize = 4;
    CHECK(CreateFile2(name.c_str(), GENERIC_READ, 0, OPEN_EXISTING, &more) == INVALID_HANDLE_VALUE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(CreateFile2(name.c_str(), GENERIC_READ, 0, CREATE_NEW, nullptr) == INVALID_HANDLE_VALUE);
}
