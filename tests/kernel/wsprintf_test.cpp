// wsprintf. Answers to the page "wsprintfW".
#include <winsock2.h>

#include <string>

#include "support/catch.hpp"

namespace {

template <class... Values>
std::string printed(const char* format, Values... values)
{
    char text[1024];
    const int length = wsprintfA(text, format, values...);
    CHECK(std::string(text).size() == static_cast<std::size_t>(length));
    return text;
}

std::basic_string<WCHAR> wide(const std::string& ascii)
{
    return {ascii.begin(), ascii.end()};
}

}  // namespace

TEST_CASE("wsprintf converts as documented", "[kernel][wsprintf]")
{
    CHECK(printed("%d %i %u", -1, 42, 3000000000u) == "-1 42 3000000000");
    CHECK(printed("%5d|%-5d|%05d|%.3d", 42, 42, -42, 7) == "   42|42   |-0042|007");
    CHECK(printed("%x %X %#x %#X %08lx", 255, 255, 255, 255, 0xBEEF) == "ff FF 0xff 0XFF 0000beef");
    CHECK(printed("%c%c %hc", 'a', 'b', 'c') == "ab c");
    CHECK(printed("%s|%10s|%-6s|%.2s", "one", "two", "three", "four") == "one|       two|three |fo");
    CHECK(printed("%I64d %I64u %lu", -5LL, 1ULL << 63, 7u) == "-5 9223372036854775808 7");
    CHECK(printed("%hd %hu", 65537, 65535) == "1 65535");
    CHECK(printed("100%% %s", static_cast<const char*>(nullptr)) == "100% (null)");
    CHECK(printed("%p", reinterpret_cast<void*>(0xAB)).substr(14) == "AB");
    CHECK(printed("%z %") == "z ");
}

TEST_CASE("wsprintf mixes wide and narrow strings", "[kernel][wsprintf]")
{
    const auto text = wide("wide");
    CHECK(printed("%S %ls %hs", text.c_str(), text.c_str(), "narrow") == "wide wide narrow");
    WCHAR buffer[1024];
    CHECK(wsprintfW(buffer, wide("%s %S %d").c_str(), text.c_str(), "narrow", 5) == 13);
    CHECK(std::basic_string<WCHAR>(buffer) == wide("wide narrow 5"));
}

TEST_CASE("wsprintf writes 1024 characters at most", "[kernel][wsprintf]")
{
    const std::string much(3000, 'x');
    CHECK(printed("%s", much.c_str()) == std::string(1023, 'x'));
}
