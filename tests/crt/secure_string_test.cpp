// Strings with sizes. Answers to the pages "strcpy_s, wcscpy_s", "strcat_s", "strncpy_s", "strncat_s", "strtok_s",
// "memcpy_s", "memmove_s".
#include "refusals.hpp"

#include <string.h>

#include <vector>

using namespace spindle::test;

namespace {

constexpr std::size_t cut = _TRUNCATE;

struct copy_case {
    const char* before;
    std::size_t size;
    const char* source;
    std::size_t count;
    errno_t error;
    const char* after;
};

// strcpy_s and strcat_s are the rows that copy everything.
constexpr std::size_t everything = 1000;
constexpr copy_case copies[] = {
    {"old", 8, "1234567", everything, 0, "1234567"}, {"old", 8, "12345678", everything, ERANGE, ""},
    {"old", 8, "", everything, 0, ""},               {"old", 8, "12345678", 3, 0, "123"},
    {"old", 4, "12345678", 3, 0, "123"},             {"old", 3, "12345678", 3, ERANGE, ""},
    {"old", 4, "12345678", cut, STRUNCATE, "123"},   {"old", 8, "1234567", cut, 0, "1234567"},
    {"old", 8, nullptr, 3, EINVAL, ""},              {"old", 8, "123", 0, 0, ""},
};
constexpr copy_case appends[] = {
    {"ab", 8, "cdefg", everything, 0, "abcdefg"},       {"ab", 8, "cdefgh", everything, ERANGE, ""},
    {"ab", 8, "cdefgh", 2, 0, "abcd"},                  {"ab", 5, "cdefgh", 2, 0, "abcd"},
    {"ab", 4, "cdefgh", 2, ERANGE, ""},                 {"ab", 5, "cdefgh", cut, STRUNCATE, "abcd"},
    {"ab", 8, nullptr, 2, EINVAL, ""},                  {"abcd", 4, "e", everything, EINVAL, ""},
    {"ab", 8, "cd", 0, 0, "ab"},
};

template <class Function>
void check(const copy_case& each, Function function)
{
    const refusals refused;
    INFO(each.before << " " << each.size << " " << (each.source != nullptr ? each.source : "null"));
    char target[16];
    strcpy(target, each.before);
    CHECK(function(target, each.size, each.source, each.count) == each.error);
    CHECK(std::string(target) == each.after);
    CHECK(refused.taken() == (each.error != 0 && each.error != STRUNCATE ? 1 : 0));
}

errno_t copy(char* target, std::size_t size, const char* source, std::size_t count)
{
    return count == everything ? strcpy_s(target, size, source) : strncpy_s(target, size, source, count);
}

errno_t append(char* target, std::size_t size, const char* source, std::size_t count)
{
    return count == everything ? strcat_s(target, size, source) : strncat_s(target, size, source, count);
}

}  // namespace

TEST_CASE("strcpy_s and strncpy_s copy what fits and refuse the rest", "[crt][string]")
{
    for (const copy_case& each : copies) {
        check(each, &copy);
    }
    const refusals refused;
    CHECK(strcpy_s(nullptr, 4, "a") == EINVAL);
    char target[4] = "xyz";
    CHECK(strcpy_s(target, 0, "a") == EINVAL);
    CHECK(refused.taken() == 2);
    CHECK(strncpy_s(nullptr, 0, nullptr, 0) == 0);
    CHECK(refused.taken() == 0);
    CHECK(std::string(target) == "xyz");
}

TEST_CASE("strcat_s and strncat_s append what fits and refuse the rest", "[crt][string]")
{
    for (const copy_case& each : appends) {
        check(each, &append);
    }
}

TEST_CASE("wide strings are copied like narrow ones", "[crt][string]")
{
    const refusals refused;
    WCHAR target[6];
    CHECK(wcscpy_s(target, 6, wide("abc").c_str()) == 0);
    CHECK(wcscat_s(target, 6, wide("de").c_str()) == 0);
    CHECK(target == wide("abcde"));
    CHECK(wcsncpy_s(target, 6, wide("123456789").c_str(), cut) == STRUNCATE);
    CHECK(target == wide("12345"));
    CHECK(wcsncat_s(target, 6, wide("6").c_str(), 1) == ERANGE);
    CHECK(refused.taken() == 1);
    CHECK(target[0] == 0);
}

TEST_CASE("the size of an array is found by itself in C++", "[crt][string]")
{
    const refusals refused;
    char target[4];
    CHECK(strcpy_s(target, "abc") == 0);
    CHECK(strcpy_s(target, "abcd") == ERANGE);
    CHECK(strncpy_s(target, "abcd", cut) == STRUNCATE);
    CHECK(std::string(target) == "abc");
    WCHAR broad[4] = {};
    CHECK(wcscat_s(broad, wide("12").c_str()) == 0);
    CHECK(broad == wide("12"));
    CHECK(_countof(broad) == 4);
    CHECK(refused.taken() == 1);
}

TEST_CASE("strtok_s finds one token after the other", "[crt][string]")
{
    char text[] = ",,one,two;,three";
    char* context = nullptr;
    std::vector<std::string> tokens;
    for (char* token = strtok_s(text, ",;", &context); token != nullptr; token = strtok_s(nullptr, ",;", &context)) {
        tokens.emplace_back(token);
    }
    CHECK(tokens == std::vector<std::string>{"one", "two", "three"});
    const refusals refused;
    CHECK(strtok_s(text, nullptr, &context) == nullptr);
    context = nullptr;
    CHECK(strtok_s(nullptr, ",", &context) == nullptr);
    CHECK(refused.taken() == 2);
}

TEST_CASE("memcpy_s clears a target that is too small, memmove_s leaves it", "[crt][string]")
{
    const refusals refused;
    char target[4] = {'a', 'b', 'c', 'd'};
    CHECK(memmove_s(target, 2, "xyz", 3) == ERANGE);
    CHECK(std::string(target, 4) == "abcd");
    CHECK(memcpy_s(target, 4, "xyz", 3) == 0);
    CHECK(std::string(target, 4) == "xyzd");
    CHECK(memcpy_s(target, 2, "12345", 5) == ERANGE);
    CHECK(std::string(target, 4) == std::string("\0\0zd", 4));
    CHECK(memcpy_s(nullptr, 0, nullptr, 0) == 0);
    CHECK(memcpy_s(nullptr, 4, "abc", 3) == EINVAL);
    CHECK(refused.taken() == 3);
}

TEST_CASE("comparison without case looks at ASCII letters", "[crt][string]")
{
    CHECK(_stricmp("HeLLo", "hEllO") == 0);
    CHECK(stricmp("abc", "ABD") < 0);
    CHECK(strcmpi("b", "A") > 0);
    CHECK(_stricmp("a", "_") > 0);  // compared as lower case
    CHECK(_strnicmp("abcX", "ABCy", 3) == 0);
    CHECK(_strnicmp("abcX", "ABCy", 4) < 0);
    CHECK(_strnicmp("ab", "AB", 10) == 0);
    CHECK(_memicmp("a\0B", "A\0b", 3) == 0);
    CHECK(_wcsicmp(wide("WinSock").c_str(), wide("wInsOCK").c_str()) == 0);
    const refusals refused;
    CHECK(_stricmp(nullptr, "a") == INT_MAX);
    CHECK(refused.taken() == 1);
}

TEST_CASE("strings are changed in place", "[crt][string]")
{
    char text[] = "Ab-1z";
    CHECK(std::string(_strupr(text)) == "AB-1Z");
    CHECK(std::string(_strlwr(text)) == "ab-1z");
    CHECK(std::string(_strrev(text)) == "z1-ba");
    CHECK(std::string(_strnset(text, 'x', 2)) == "xx-ba");
    CHECK(std::string(_strset(text, '.')) == ".....");
    const refusals refused;
    char unterminated[2] = {'a', 'b'};
    CHECK(_strupr_s(unterminated, 2) == EINVAL);
    CHECK(refused.taken() == 1);
    CHECK(unterminated[0] == 0);
    char* copy = _strdup("copy");
    CHECK(std::string(copy) == "copy");
    free(copy);
}

TEST_CASE("error texts fit the array or are cut", "[crt][string]")
{
    char text[64];
    CHECK(strerror_s(text, ENOENT) == 0);
    CHECK(std::string(text) == strerror(ENOENT));
    CHECK(strerror_s(text, 5, ENOENT) == 0);
    CHECK(std::string(text) == std::string(strerror(ENOENT)).substr(0, 4));
    errno = EACCES;
    CHECK(std::string(_strerror("open")) == "open: " + std::string(strerror(EACCES)) + "\n");
    errno = EACCES;
    CHECK(std::string(_strerror(nullptr)) == std::string(strerror(EACCES)) + "\n");
}
