// Opening, deleting and looking at plain files by name. Answers to the pages "CreateFileW", "DeleteFileW",
// "GetFileAttributesW", "GetTempPathW", "GetTempFileNameW".
#include <winsock2.h>

#include <algorithm>
#include <string>
#include <unistd.h>

#include "kernel/temporary_directory.hpp"
#include "support/catch.hpp"
#include "support/process_probe.hpp"

using namespace spindle::test;

namespace {

HANDLE open_file(const std::string& path, DWORD access, DWORD disposition,
                 DWORD flags = FILE_ATTRIBUTE_NORMAL)
{
    return CreateFileA(path.c_str(), access, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, disposition, flags,
                       nullptr);
}

// Opens and closes; 0 or the last error.
DWORD open_error(const std::string& path, DWORD access, DWORD disposition,
                 DWORD flags = FILE_ATTRIBUTE_NORMAL)
{
    SetLastError(4711);
    const HANDLE handle = open_file(path, access, disposition, flags);
    if (handle == INVALID_HANDLE_VALUE) {
        return GetLastError();
    }
    CloseHandle(handle);
    return 0;
}

}  // namespace

TEST_CASE("CreateFile's dispositions create, open and truncate as documented", "[kernel][file]")
{
    const temporary_directory place;
    const std::string old = place.make("old", "content");
    const std::string fresh = place.file("fresh");
    constexpr DWORD both = GENERIC_READ | GENERIC_WRITE;

    SECTION("CREATE_NEW")
    {
        CHECK(open_error(old, both, CREATE_NEW) == ERROR_FILE_EXISTS);
        CHECK(open_error(fresh, both, CREATE_NEW) == 0);
        CHECK(std::filesystem::exists(fresh));
    }
    SECTION("CREATE_ALWAYS")
    {
        const HANDLE replaced = open_file(old, GENERIC_WRITE, CREATE_ALWAYS);
        CHECK(GetLastError() == ERROR_ALREADY_EXISTS);
        REQUIRE(replaced != INVALID_HANDLE_VALUE);
        CHECK(place.content("old").empty());
        CloseHandle(replaced);
        const HANDLE made = open_file(fresh, GENERIC_WRITE, CREATE_ALWAYS);
        CHECK(GetLastError() == ERROR_SUCCESS);
        REQUIRE(made != INVALID_HANDLE_VALUE);
        CloseHandle(made);
    }
    SECTION("OPEN_EXISTING")
    {
        CHECK(open_error(old, both, OPEN_EXISTING) == 0);
        CHECK(open_error(fresh, both, OPEN_EXISTING) == ERROR_FILE_NOT_FOUND);
        CHECK(place.content("old") == "content");
    }
    SECTION("OPEN_ALWAYS")
    {
        const HANDLE opened = open_file(old, both, OPEN_ALWAYS);
        CHECK(GetLastError() == ERROR_ALREADY_EXISTS);
        CloseHandle(opened);
        CHECK(place.content("old") == "content");
        const HANDLE made = open_file(fresh, both, OPEN_ALWAYS);
        CHECK(GetLastError() == ERROR_SUCCESS);
        CloseHandle(made);
    }
    SECTION("TRUNCATE_EXISTING")
    {
        CHECK(open_error(old, GENERIC_READ, TRUNCATE_EXISTING) == ERROR_INVALID_PARAMETER);
        CHECK(open_error(fresh, GENERIC_WRITE, TRUNCATE_EXISTING) == ERROR_FILE_NOT_FOUND);
        CHECK(open_error(old, GENERIC_WRITE, TRUNCATE_EXISTING) == 0);
        CHECK(place.content("old").empty());
    }
    SECTION("a symbolic link to nothing is filled by OPEN_ALWAYS")
    {
        std::filesystem::create_symlink(fresh, place.file("link"));
        CHECK(open_error(place.file("link"), both, OPEN_ALWAYS) == 0);
        CHECK(std::filesystem::exists(fresh));
    }
}

TEST_CASE("CreateFile refuses bad arguments with the documented errors", "[kernel][file]")
{
    const temporary_directory place;
    const std::string old = place.make("old", "content");
    CHECK(open_error("", GENERIC_READ, OPEN_EXISTING) == ERROR_PATH_NOT_FOUND);
    CHECK(open_error(place.file("no/file"), GENERIC_READ, OPEN_EXISTING) == ERROR_PATH_NOT_FOUND);
    CHECK(open_error(place.file("no/file"), GENERIC_WRITE, CREATE_ALWAYS) == ERROR_PATH_NOT_FOUND);
    CHECK(open_error(old + "/file", GENERIC_READ, OPEN_EXISTING) == ERROR_PATH_NOT_FOUND);
    CHECK(open_error("C:\\no\\file", GENERIC_READ, OPEN_EXISTING) == ERROR_PATH_NOT_FOUND);
    CHECK(open_error("\\\\server\\share\\file", GENERIC_READ, OPEN_EXISTING) == ERROR_BAD_NETPATH);
    CHECK(open_error("\\\\.\\pipe\\name", GENERIC_READ, OPEN_EXISTING) == ERROR_FILE_NOT_FOUND);
    CHECK(open_error(place.path(), GENERIC_READ, OPEN_EXISTING) == ERROR_ACCESS_DENIED);
    CHECK(open_error(place.path(), GENERIC_READ, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS) == 0);
    CHECK(open_error(old, GENERIC_READ, 0) == ERROR_INVALID_PARAMETER);
    CHECK(open_error(old, GENERIC_READ, 6) == ERROR_INVALID_PARAMETER);
    CHECK(open_error(old, GENERIC_READ, OPEN_EXISTING, 0x8) == ERROR_INVALID_PARAMETER);
    CHECK(open_error(place.file("hidden"), GENERIC_WRITE, CREATE_NEW, FILE_ATTRIBUTE_HIDDEN) ==
          ERROR_NOT_SUPPORTED);
    CHECK(CreateFileA(old.c_str(), GENERIC_READ, 8, nullptr, OPEN_EXISTING, 0, nullptr) ==
          INVALID_HANDLE_VALUE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(CreateFileA(nullptr, GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr) == INVALID_HANDLE_VALUE);
    CHECK(GetLastError() == ERROR_PATH_NOT_FOUND);
    if (geteuid() != 0) {
        const std::string locked = place.make("locked", "");
        std::filesystem::permissions(locked, std::filesystem::perms::none);
        CHECK(open_error(locked, GENERIC_READ, OPEN_EXISTING) == ERROR_ACCESS_DENIED);
        CHECK(open_error(locked, 0, OPEN_EXISTING) == 0);
    }
}

TEST_CASE("a process without descriptors left is told so by CreateFile", "[kernel][file]")
{
    const temporary_directory place;
    const std::string old = place.make("old", "content");
    const no_more_descriptors full;
    CHECK(open_error(old, GENERIC_READ, OPEN_EXISTING) == ERROR_TOO_MANY_OPEN_FILES);
}

TEST_CASE("a backslash separates, unless something of the literal name exists", "[kernel][file]")
{
    const temporary_directory place;
    std::filesystem::create_directory(place.file("sub"));
    const std::string mixed = place.path() + "\\sub\\made";
    CHECK(open_error(mixed, GENERIC_WRITE, CREATE_NEW) == 0);
    CHECK(std::filesystem::exists(place.file("sub/made")));

    const std::string literal = place.make("sub\\odd", "literal");
    CHECK(open_error(literal, GENERIC_READ, OPEN_EXISTING) == 0);
    CHECK(DeleteFileA(literal.c_str()) == TRUE);
    CHECK_FALSE(std::filesystem::exists(literal));
}

TEST_CASE("CreateFileW takes a name beyond ASCII", "[kernel][file]")
{
    const temporary_directory place;
    const std::string directory = place.path();
    std::basic_string<WCHAR> wide(directory.begin(), directory.end());
    for (const char16_t unit : u"/gr\u00FC\u00DFe") {
        if (unit != 0) {
            wide += static_cast<WCHAR>(unit);
        }
    }
    const HANDLE made = CreateFileW(wide.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, 0, nullptr);
    REQUIRE(made != INVALID_HANDLE_VALUE);
    CloseHandle(made);
    CHECK(std::filesystem::exists(place.file("gr\xC3\xBC\xC3\x9F"
                                             "e")));
    CHECK(GetFileAttributesW(wide.c_str()) == FILE_ATTRIBUTE_NORMAL);
    CHECK(DeleteFileW(wide.c_str()) == TRUE);
    CHECK(GetFileAttributesW(wide.c_str()) == INVALID_FILE_ATTRIBUTES);
    CHECK(GetLastError() == ERROR_FILE_NOT_FOUND);
}

TEST_CASE("FILE_FLAG_DELETE_ON_CLOSE deletes with the last handle, and only that file", "[kernel][file]")
{
    const temporary_directory place;
    const std::string path = place.file("passing");
    HANDLE handle = open_file(path, GENERIC_WRITE, CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE);
    REQUIRE(handle != INVALID_HANDLE_VALUE);
    CHECK(std::filesystem::exists(path));
    CHECK(CloseHandle(handle) == TRUE);
    CHECK_FALSE(std::filesystem::exists(path));

    handle = open_file(path, GENERIC_WRITE, CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE);
    std::filesystem::rename(path, place.file("renamed"));
    const std::string other = place.make("passing", "other");
    CHECK(CloseHandle(handle) == TRUE);
    CHECK(place.content("passing") == "other");
}

TEST_CASE("a closed file gives its descriptor and its handle back", "[kernel][file]")
{
    const temporary_directory place;
    const std::string old = place.make("old", "content");
    const auto known = open_descriptors();
    const std::size_t before = descriptor_count();
    const HANDLE handle = open_file(old, GENERIC_READ, OPEN_EXISTING);
    CHECK(descriptor_count() == before + 1);
    for (const int descriptor : open_descriptors()) {
        const bool is_new = std::find(known.begin(), known.end(), descriptor) == known.end();
        CHECK((!is_new || is_close_on_exec(descriptor)));
    }
    CHECK(CloseHandle(handle) == TRUE);
    CHECK(descriptor_count() == before);
    CHECK(CloseHandle(handle) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
}

TEST_CASE("a file handle can be waited for and is signalled", "[kernel][file]")
{
    const temporary_directory place;
    const HANDLE handle = open_file(place.make("old", "content"), GENERIC_READ, OPEN_EXISTING);
    CHECK(WaitForSingleObject(handle, 0) == WAIT_OBJECT_0);
    CloseHandle(handle);
}

TEST_CASE("read-only files are made, seen and not deleted", "[kernel][file]")
{
    const temporary_directory place;
    const std::string path = place.file("fixed");
    const HANDLE made = open_file(path, GENERIC_WRITE, CREATE_NEW, FILE_ATTRIBUTE_READONLY);
    REQUIRE(made != INVALID_HANDLE_VALUE);
    DWORD written = 0;
    CHECK(WriteFile(made, "x", 1, &written, nullptr) == TRUE);
    CloseHandle(made);
    CHECK(GetFileAttributesA(path.c_str()) == FILE_ATTRIBUTE_READONLY);
    CHECK(DeleteFileA(path.c_str()) == FALSE);
    CHECK(GetLastError() == ERROR_ACCESS_DENIED);
    if (geteuid() != 0) {
        CHECK(open_error(path, GENERIC_WRITE, CREATE_ALWAYS) == ERROR_ACCESS_DENIED);
    }
}

TEST_CASE("DeleteFile and GetFileAttributes tell a missing file from a missing directory", "[kernel][file]")
{
    const temporary_directory place;
    CHECK(DeleteFileA(place.file("no").c_str()) == FALSE);
    CHECK(GetLastError() == ERROR_FILE_NOT_FOUND);
    CHECK(DeleteFileA(place.file("no/file").c_str()) == FALSE);
    CHECK(GetLastError() == ERROR_PATH_NOT_FOUND);
    CHECK(DeleteFileA(place.path().c_str()) == FALSE);
    CHECK(GetLastError() == ERROR_ACCESS_DENIED);
    CHECK(DeleteFileA(nullptr) == FALSE);
    CHECK(GetFileAttributesA(place.path().c_str()) == FILE_ATTRIBUTE_DIRECTORY);
    CHECK(GetFileAttributesA(place.file("no/file").c_str()) == INVALID_FILE_ATTRIBUTES);
    CHECK(GetLastError() == ERROR_PATH_NOT_FOUND);
}

TEST_CASE("GetTempPath ends with a separator and tells the size it needs", "[kernel][file]")
{
    const environment_setting variable("TMPDIR", "/somewhere");
    char path[MAX_PATH];
    CHECK(GetTempPathA(MAX_PATH, path) == 11);
    CHECK(std::string(path) == "/somewhere/");
    CHECK(GetTempPathA(11, path) == 12);
    CHECK(GetTempPathA(0, nullptr) == 12);
    WCHAR wide[MAX_PATH];
    CHECK(GetTempPathW(12, wide) == 11);
    CHECK(wide[10] == '/');
}

TEST_CASE("GetTempFileName makes an empty file with a number of its own, or only the name", "[kernel][file]")
{
    const temporary_directory place;
    char first[MAX_PATH];
    char second[MAX_PATH];
    REQUIRE(GetTempFileNameA(place.path().c_str(), "prefix", 0, first) != 0);
    REQUIRE(GetTempFileNameA(place.path().c_str(), "prefix", 0, second) != 0);
    CHECK(std::string(first) != second);
    CHECK(std::filesystem::file_size(first) == 0);
    CHECK(std::string(first).substr(0, place.path().size() + 4) == place.path() + "/pre");

    CHECK(GetTempFileNameA(place.path().c_str(), "x", 0x1ABCD, first) == 0xABCD);
    CHECK(std::string(first) == place.file("xABCD.TMP"));
    CHECK_FALSE(std::filesystem::exists(first));

    CHECK(GetTempFileNameA(place.file("no").c_str(), "x", 0, first) == 0);
    CHECK(GetLastError() == ERROR_DIRECTORY);
    CHECK(GetTempFileNameA(std::string(MAX_PATH - 13, 'x').c_str(), "x", 0, first) == 0);
    CHECK(GetLastError() == ERROR_BUFFER_OVERFLOW);
}
