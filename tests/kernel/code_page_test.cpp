// Conversion between UTF-8 and UTF-16, and the plain string functions. Answers to the pages
// "MultiByteToWideChar", "WideCharToMultiByte", "lstrcmpiW", "lstrcpynW".
#include <winsock2.h>

#include <string>

#include "support/catch.hpp"

namespace {

using wide_string = std::basic_string<WCHAR>;

wide_string units(std::initializer_list<unsigned> list)
{
    wide_string text;
    for (const unsigned unit : list) {
        text += static_cast<WCHAR>(unit);
    }
    return text;
}

wide_string wide(const std::string& ascii)
{
    return {ascii.begin(), ascii.end()};
}

const std::string narrow_sample = "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80";
const wide_string wide_sample = units({'a', 0xE4, 0x20AC, 0xD83D, 0xDE00});

}  // namespace

TEST_CASE("narrow and wide text convert into each other", "[kernel][code page]")
{
    for (const UINT code_page : {UINT{CP_ACP}, UINT{CP_OEMCP}, UINT{CP_THREAD_ACP}, UINT{CP_UTF8}}) {
        WCHAR wide_text[16];
        CHECK(MultiByteToWideChar(code_page, 0, narrow_sample.data(), 10, nullptr, 0) == 5);
        CHECK(MultiByteToWideChar(code_page, MB_ERR_INVALID_CHARS, narrow_sample.c_str(), -1, wide_text,
                                  16) == 6);
        CHECK(wide_string(wide_text) == wide_sample);
        char text[16];
        CHECK(WideCharToMultiByte(code_page, 0, wide_sample.data(), 5, nullptr, 0, nullptr, nullptr) == 10);
        CHECK(WideCharToMultiByte(code_page, WC_ERR_INVALID_CHARS, wide_sample.c_str(), -1, text, 11, nullptr,
                                  nullptr) == 11);
        CHECK(std::string(text) == narrow_sample);
    }
    CHECK(GetACP() == CP_UTF8);
    CHECK(GetOEMCP() == CP_UTF8);
}

TEST_CASE("malformed text becomes U+FFFD, or an error when asked for", "[kernel][code page]")
{
    WCHAR wide_text[8];
    CHECK(MultiByteToWideChar(CP_UTF8, 0, "a\xFFz", -1, wide_text, 8) == 4);
    CHECK(wide_string(wide_text) == units({'a', 0xFFFD, 'z'}));
    CHECK(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "a\xFFz", -1, wide_text, 8) == 0);
    CHECK(GetLastError() == ERROR_NO_UNICODE_TRANSLATION);
    CHECK(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "\xEF\xBF\xBD", -1, wide_text, 8) == 2);
    char text[8];
    const wide_string lone = units({0xD83D, 'x'});
    CHECK(WideCharToMultiByte(CP_UTF8, 0, lone.c_str(), -1, text, 8, nullptr, nullptr) == 5);
    CHECK(std::string(text) == "\xEF\xBF\xBDx");
    CHECK(WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, lone.c_str(), -1, text, 8, nullptr, nullptr) ==
          0);
    CHECK(GetLastError() == ERROR_NO_UNICODE_TRANSLATION);
}

TEST_CASE("conversions refuse bad arguments with the documented errors", "[kernel][code page]")
{
    WCHAR wide_text[8];
    char text[8] = "abc";
    BOOL used = FALSE;
    const auto error_of = [](int result) {
        CHECK(result == 0);
        return GetLastError();
    };
    CHECK(error_of(MultiByteToWideChar(CP_UTF8, 0, text, -1, wide_text, 3)) == ERROR_INSUFFICIENT_BUFFER);
    CHECK(error_of(MultiByteToWideChar(CP_UTF8, MB_PRECOMPOSED, text, -1, wide_text, 8)) ==
          ERROR_INVALID_FLAGS);
    CHECK(error_of(MultiByteToWideChar(1252, 0, text, -1, wide_text, 8)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of(MultiByteToWideChar(CP_UTF8, 0, text, 0, wide_text, 8)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of(MultiByteToWideChar(CP_UTF8, 0, nullptr, -1, wide_text, 8)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of(MultiByteToWideChar(CP_UTF8, 0, text, -1, wide_text, -1)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of(MultiByteToWideChar(CP_UTF8, 0, reinterpret_cast<char*>(wide_text), -1, wide_text, 8)) ==
          ERROR_INVALID_PARAMETER);
    CHECK(error_of(WideCharToMultiByte(CP_UTF8, 0, wide("abc").c_str(), -1, text, 3, nullptr, nullptr)) ==
          ERROR_INSUFFICIENT_BUFFER);
    CHECK(error_of(WideCharToMultiByte(CP_UTF8, 0, wide("abc").c_str(), -1, text, 8, "?", nullptr)) ==
          ERROR_INVALID_PARAMETER);
    CHECK(error_of(WideCharToMultiByte(CP_UTF8, 0, wide("abc").c_str(), -1, text, 8, nullptr, &used)) ==
          ERROR_INVALID_PARAMETER);
    CHECK(error_of(WideCharToMultiByte(CP_UTF8, WC_NO_BEST_FIT_CHARS, wide("abc").c_str(), -1, text, 8,
                                       nullptr, nullptr)) == ERROR_INVALID_FLAGS);
}

TEST_CASE("plain string functions take null pointers and sizes", "[kernel][string]")
{
    char text[16];
    CHECK(lstrlenA("four") == 4);
    CHECK(lstrlenA(nullptr) == 0);
    CHECK(lstrlenW(wide("four").c_str()) == 4);
    CHECK(lstrcpyA(text, "copied") == text);
    CHECK(lstrcatA(text, " more") == text);
    CHECK(std::string(text) == "copied more");
    CHECK(lstrcpynA(text, "longer", 4) == text);
    CHECK(std::string(text) == "lon");
    CHECK(lstrcpynA(text, "short", 16) == text);
    CHECK(std::string(text) == "short");
    CHECK(lstrcpyA(nullptr, "x") == nullptr);
    CHECK(lstrcatA(text, nullptr) == nullptr);
    WCHAR wide_text[16];
    CHECK(lstrcpyW(wide_text, wide("wide").c_str()) == wide_text);
    CHECK(lstrcatW(wide_text, wide("r").c_str()) == wide_text);
    CHECK(wide_string(wide_text) == wide("wider"));
    CHECK(lstrcpynW(wide_text, wide("wide").c_str(), 3) == wide_text);
    CHECK(wide_string(wide_text) == wide("wi"));
}

TEST_CASE("plain strings compare by number, and without ASCII case on request", "[kernel][string]")
{
    CHECK(lstrcmpA("a", "a") == 0);
    CHECK(lstrcmpA("a", "B") > 0);
    CHECK(lstrcmpA("ab", "abc") < 0);
    CHECK(lstrcmpiA("HELLO", "hello") == 0);
    CHECK(lstrcmpiA("a", "B") < 0);
    CHECK(lstrcmpA(nullptr, "") < 0);
    CHECK(lstrcmpA(nullptr, nullptr) == 0);
    CHECK(lstrcmpW(units({0xFFFD}).c_str(), wide("z").c_str()) > 0);
    CHECK(lstrcmpiW(wide("Same").c_str(), wide("sAME").c_str()) == 0);
    CHECK(lstrcmpA("\xC3\xA4", "z") > 0);
}
