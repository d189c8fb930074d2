// The standard handles. Answers to the pages "GetStdHandle" and "SetStdHandle".
#include <winsock2.h>

#include <string>

#include "support/catch.hpp"
#include "support/process_probe.hpp"

using namespace spindle::test;

TEST_CASE("the standard handles stay the same and can be written to", "[kernel][file]")
{
    const HANDLE error = GetStdHandle(STD_ERROR_HANDLE);
    REQUIRE(error != INVALID_HANDLE_VALUE);
    CHECK(GetStdHandle(STD_ERROR_HANDLE) == error);
    if (error != nullptr) {
        DWORD written = 9;
        CHECK(WriteFile(error, "", 0, &written, nullptr) == TRUE);
        CHECK(written == 0);
        CHECK(GetFileType(error) != FILE_TYPE_UNKNOWN);
    }
    CHECK(GetStdHandle(STD_INPUT_HANDLE) != GetStdHandle(STD_OUTPUT_HANDLE));
    CHECK(GetStdHandle(0) == INVALID_HANDLE_VALUE);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
}

TEST_CASE("SetStdHandle replaces a standard handle, and closing one leaves the descriptor", "[kernel][file]")
{
    const HANDLE before = GetStdHandle(STD_INPUT_HANDLE);
    const auto descriptors = open_descriptors();
    if (before != nullptr) {
        CHECK(CloseHandle(before) == TRUE);
        CHECK(open_descriptors() == descriptors);
    }
    const HANDLE null_device = CreateFileA("NUL", GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr);
    CHECK(SetStdHandle(STD_INPUT_HANDLE, null_device) == TRUE);
    CHECK(GetStdHandle(STD_INPUT_HANDLE) == null_device);
    CHECK(SetStdHandle(1, null_device) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CloseHandle(null_device);
}
