// Formatted output and input. Answers to the pages "sprintf_s", "_snprintf", "_snprintf_s", "_scprintf", "sscanf_s",
// "Format specification syntax: printf and wprintf functions".
#include "refusals.hpp"

#include <stdio.h>

#include <cstdint>

using namespace spindle::test;

namespace {

template <class... Values>
std::string printed(const char* format, Values... values)
{
    char text[512];
    const int length = sprintf_s(text, sizeof text, format, values...);
    CHECK(static_cast<std::size_t>(length) == std::string(text).size());
    CHECK(_scprintf(format, values...) == length);
    return text;
}

}  // namespace

TEST_CASE("numbers are printed as Microsoft's page says", "[crt][print]")
{
    CHECK(printed("%d|%5d|%-5d|%05d|%+d|% d", 42, 42, 42, 42, 42, 42) == "42|   42|42   |00042|+42| 42");
    CHECK(printed("%.3d|%6.3d|%06.3d|%.0d|", 7, 7, 7, 0) == "007|   007|   007||");
    CHECK(printed("%u %x %X %o %#x %#o %#x", 42u, 0xbeefu, 0xbeefu, 8u, 255u, 8u, 0u) == "42 beef BEEF 10 0xff 010 0");
    CHECK(printed("%I64d %I64u %I64x", INT64_MIN, UINT64_MAX, UINT64_MAX) ==
          "-9223372036854775808 18446744073709551615 ffffffffffffffff");
    CHECK(printed("%lld %llu %I32d %Id %zu", -1LL, 1ULL, -1, std::intptr_t{-2}, std::size_t{3}) == "-1 1 -1 -2 3");
    CHECK(printed("%hd %hhd %hu", 65537, 257, 65535) == "1 1 65535");
    CHECK(printed("%lu %ld %lx", DWORD{4000000000u}, LONG{-1}, DWORD{255}) == "4000000000 -1 ff");
    CHECK(printed("%*d|%-*d|%.*d", 4, 1, 4, 2, 3, 3) == "   1|2   |003");
    CHECK(printed("%p", reinterpret_cast<void*>(0xAB)) == "00000000000000AB");
    CHECK(printed("100%% %y") == "100% y");
}

TEST_CASE("floating-point numbers are printed like libc's", "[crt][print]")
{
    CHECK(printed("%f|%.2f|%8.3f|%-8.1f|%08.2f", 1.5, 2.345, -1.5, 2.0, -3.25) ==
          "1.500000|2.35|  -1.500|2.0     |-0003.25");
    CHECK(printed("%e %g %G %+g % g", 12345.678, 0.0001, 1e-10, 1.0, 2.0) == "1.234568e+04 0.0001 1E-10 +1  2");
    CHECK(printed("%5.1f|%06f", static_cast<double>(INFINITY), static_cast<double>(-INFINITY)) == "  inf|  -inf");
    CHECK(printed("%d %f %s", 1, 2.0, "three") == "1 2.000000 three");
}

TEST_CASE("strings of both widths are printed", "[crt][print]")
{
    const auto text = wide("wide");
    CHECK(printed("%s|%6s|%-6s|%.2s|%c", "text", "text", "text", "text", 'c') == "text|  text|text  |te|c");
    CHECK(printed("%S %ls %ws %hs %hc", text.c_str(), text.c_str(), text.c_str(), "narrow", 'c') ==
          "wide wide wide narrow c");
    CHECK(printed("%s", static_cast<const char*>(nullptr)) == "(null)");
    WCHAR target[32];
    CHECK(swprintf_s(target, wide("%s %S %d %ls %hs").c_str(), text.c_str(), "narrow", 5, text.c_str(), "n") == 20);
    CHECK(target == wide("wide narrow 5 wide n").substr(0, 20));
}

TEST_CASE("sprintf_s refuses what does not fit", "[crt][print]")
{
    const refusals refused;
    char text[5] = "old";
    CHECK(sprintf_s(text, "%d", 1234) == 4);
    CHECK(refused.taken() == 0);
    CHECK(sprintf_s(text, "%d", 12345) == -1);
    CHECK(errno == ERANGE);
    CHECK(std::string(text).empty());
    CHECK(sprintf_s(nullptr, 5, "x") == -1);
    CHECK(sprintf_s(text, sizeof text, nullptr) == -1);
    CHECK(errno == EINVAL);
    CHECK(sprintf_s(text, "%n", nullptr) == -1);
    CHECK(refused.taken() == 4);
}

TEST_CASE("_snprintf leaves a full buffer without a terminator", "[crt][print]")
{
    char text[] = "......";
    CHECK(_snprintf(text, 4, "%s", "abc") == 3);
    CHECK(std::string(text, 6) == std::string("abc\0..", 6));
    CHECK(_snprintf(text, 4, "%s", "wxyz") == 4);
    CHECK(std::string(text, 5) == "wxyz.");
    CHECK(_snprintf(text, 4, "%s", "12345") == -1);
    CHECK(std::string(text, 5) == "1234.");
    const refusals refused;
    CHECK(_snprintf(nullptr, 4, "x") == -1);
    CHECK(refused.taken() == 1);
}

TEST_CASE("_snprintf_s cuts where it was told to and always terminates", "[crt][print]")
{
    const refusals refused;
    char text[6];
    CHECK(_snprintf_s(text, 3, "%s", "abcdef") == -1);
    CHECK(std::string(text) == "abc");
    CHECK(_snprintf_s(text, _TRUNCATE, "%s", "abcdefgh") == -1);
    CHECK(std::string(text) == "abcde");
    CHECK(_snprintf_s(text, _TRUNCATE, "%s", "abcde") == 5);
    CHECK(refused.taken() == 0);
    CHECK(_snprintf_s(text, 100, "%s", "abcdefgh") == -1);
    CHECK(refused.taken() == 1);
    CHECK(std::string(text).empty());
}

TEST_CASE("sscanf_s reads numbers, words and sets", "[crt][print]")
{
    int number = 0;
    unsigned hexadecimal = 0;
    char word[8];
    CHECK(sscanf_s("12 0xff name", "%d %x %s", &number, &hexadecimal, word, 8u) == 3);
    CHECK(number == 12);
    CHECK(hexadecimal == 255);
    CHECK(std::string(word) == "name");
    long long large = 0;
    double fraction = 0;
    char letter = 0;
    CHECK(sscanf_s("-5000000000,2.5e1x", "%I64d,%lf%c", &large, &fraction, &letter, 1u) == 3);
    CHECK(large == -5000000000);
    CHECK(fraction == 25.0);
    CHECK(letter == 'x');
    char host[16];
    unsigned short port = 0;
    int end = 0;
    CHECK(sscanf_s("localhost:8080/x", "%[^:]:%hu%n", host, 16u, &port, &end) == 2);
    CHECK(std::string(host) == "localhost");
    CHECK(port == 8080);
    CHECK(end == 14);
    CHECK(sscanf_s("1 2 3", "%*d %d", &number) == 1);
    CHECK(number == 2);
    CHECK(sscanf_s("12345", "%3d%d", &number, &end) == 2);
    CHECK(number == 123);
    CHECK(end == 45);
    CHECK(sscanf_s("010 0x10 10", "%i %i %i", &number, &end, &hexadecimal) == 3);
    CHECK((number == 8 && end == 16 && hexadecimal == 10));
}

TEST_CASE("sscanf_s stops at what does not match or fit", "[crt][print]")
{
    int number = 7;
    char word[4] = "old";
    CHECK(sscanf_s("abc", "%d", &number) == 0);
    CHECK(number == 7);
    CHECK(sscanf_s("", "%d", &number) == EOF);
    CHECK(sscanf_s("5 long", "%d %s", &number, word, 4u) == 1);
    CHECK(std::string(word).empty());
    CHECK(sscanf_s("5 fit", "%d %s", &number, word, 4u) == 2);
    const refusals refused;
    CHECK(sscanf_s(nullptr, "%d", &number) == EOF);
    CHECK(refused.taken() == 1);
}
