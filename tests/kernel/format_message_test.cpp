// FormatMessage. Answers to the page "FormatMessageW".
#include <winsock2.h>

#include <cstdarg>
#include <string>

#include "support/catch.hpp"

namespace {

constexpr DWORD from_system = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;

std::string message(DWORD code, DWORD flags = from_system)
{
    char text[512];
    const DWORD length = FormatMessageA(flags, nullptr, code, 0, text, sizeof text, nullptr);
    return {text, length};
}

std::string formatted(const char* definition, DWORD flags, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, flags);
    const DWORD length =
        FormatMessageA(FORMAT_MESSAGE_FROM_STRING | flags, definition, 0, 0, text, sizeof text, &arguments);
    va_end(arguments);
    return {text, length};
}

}  // namespace

TEST_CASE("FormatMessage has a sentence for Winsock's and for Win32's codes", "[kernel][message]")
{
    CHECK(message(WSAECONNRESET) == "The peer reset the connection or its port is unreachable.\r\n");
    CHECK(message(ERROR_FILE_NOT_FOUND) == "The file does not exist.\r\n");
    CHECK(message(WSA_OPERATION_ABORTED) == "The overlapped operation was cancelled.\r\n");
    CHECK(message(static_cast<DWORD>(HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED))) ==
          message(ERROR_ACCESS_DENIED));
    for (const int code : {0, 5, 87, 258, 997, 1460, 10004, 10035, 10060, 10093, 10112, 11001, 11031}) {
        CAPTURE(code);
        CHECK(message(static_cast<DWORD>(code)).size() > 8);
    }
}

TEST_CASE("FormatMessage refuses what it does not know", "[kernel][message]")
{
    char text[64];
    CHECK(FormatMessageA(from_system, nullptr, 123456789, 0, text, 64, nullptr) == 0);
    CHECK(GetLastError() == ERROR_MR_MID_NOT_FOUND);
    CHECK(FormatMessageA(FORMAT_MESSAGE_FROM_HMODULE, nullptr, 5, 0, text, 64, nullptr) == 0);
    CHECK(GetLastError() == ERROR_RESOURCE_TYPE_NOT_FOUND);
    CHECK(FormatMessageA(0, nullptr, 5, 0, text, 64, nullptr) == 0);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(FormatMessageA(from_system, nullptr, 5, 0, nullptr, 64, nullptr) == 0);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_FROM_SYSTEM, "x", 5, 0, text, 64,
                         nullptr) == 0);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(FormatMessageA(from_system, nullptr, 5, 0, text, 5, nullptr) == 0);
    CHECK(GetLastError() == ERROR_INSUFFICIENT_BUFFER);
    constexpr DWORD german = MAKELANGID(0x07, SUBLANG_DEFAULT);
    CHECK(FormatMessageA(from_system, nullptr, 5, german, text, 64, nullptr) == 0);
    CHECK(GetLastError() == ERROR_RESOURCE_LANG_NOT_FOUND);
    CHECK(FormatMessageA(from_system, nullptr, 5, MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT), text, 64,
                         nullptr) != 0);
}

TEST_CASE("FormatMessage's own buffer is freed with LocalFree", "[kernel][message]")
{
    char* text = nullptr;
    const DWORD length = FormatMessageA(from_system | FORMAT_MESSAGE_ALLOCATE_BUFFER, nullptr, WSAETIMEDOUT,
                                        0, reinterpret_cast<LPSTR>(&text), 100, nullptr);
    REQUIRE(text != nullptr);
    CHECK(std::string(text) == "The time ran out.\r\n");
    CHECK(length == 19);
    CHECK(LocalSize(text) == 100);
    CHECK(LocalFree(text) == nullptr);

    WCHAR* wide = nullptr;
    CHECK(FormatMessageW(from_system | FORMAT_MESSAGE_ALLOCATE_BUFFER, nullptr, WSAETIMEDOUT, 0,
                         reinterpret_cast<LPWSTR>(&wide), 0, nullptr) == 19);
    REQUIRE(wide != nullptr);
    CHECK(wide[0] == 'T');
    CHECK(wide[19] == 0);
    CHECK(LocalSize(wide) == 20 * sizeof(WCHAR));
    LocalFree(wide);
}

TEST_CASE("a width changes the line breaks", "[kernel][message]")
{
    CHECK(message(WSAETIMEDOUT, from_system | FORMAT_MESSAGE_MAX_WIDTH_MASK) == "The time ran out. ");
    CHECK(formatted("one two\r\nthree", FORMAT_MESSAGE_MAX_WIDTH_MASK) == "one two three");
    CHECK(formatted("one two\r\nthree%nfour", FORMAT_MESSAGE_MAX_WIDTH_MASK) == "one two three\r\nfour");
    CHECK(formatted("one two three four", 9) == "one two\r\nthree\r\nfour");
    CHECK(formatted("a longishword b", 5) == "a\r\nlongishword\r\nb");
    CHECK(formatted("one\r\ntwo", 0) == "one\r\ntwo");
}

TEST_CASE("inserts are strings, or what their format says", "[kernel][message]")
{
    CHECK(formatted("%1 and %2", 0, "this", "that") == "this and that");
    CHECK(formatted("%2!s! %1!s! %2", 0, "a", "b") == "b a b");
    CHECK(formatted("%1!d! 0x%2!04X! %3!c!%%", 0, -5, 0xAB, 'z') == "-5 0x00AB z%");
    CHECK(formatted("%1!*.*s!|", 0, 6, 3, "abcdef") == "   abc|");
    CHECK(formatted("%1!I64d!", 0, 1LL << 40) == "1099511627776");
    CHECK(formatted("%1%! %. %n% x%0 lost", 0, "a") == "a! . \r\n x");
    CHECK(formatted("%1!s! stays %2", FORMAT_MESSAGE_IGNORE_INSERTS) == "%1!s! stays %2");

    char text[64];
    DWORD_PTR values[] = {42, reinterpret_cast<DWORD_PTR>("array")};
    CHECK(FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, "%2 %1!u!", 0, 0, text,
                         sizeof text, reinterpret_cast<va_list*>(values)) == 8);
    CHECK(std::string(text) == "array 42");

    CHECK(FormatMessageA(FORMAT_MESSAGE_FROM_STRING, "%1", 0, 0, text, sizeof text, nullptr) == 0);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(FormatMessageA(FORMAT_MESSAGE_FROM_STRING, nullptr, 0, 0, text, sizeof text, nullptr) == 0);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(formatted("%1!f!", 0, "x").empty());
}
