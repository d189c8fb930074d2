// Numbers, paths, environment, time, blocks, conversions. Answers to the pages "_itoa_s", "_splitpath_s", "_makepath_s",
// "_fullpath", "getenv_s", "_putenv_s", "localtime_s", "asctime_s", "mbstowcs_s", "_aligned_malloc", "rand_s".
#include "refusals.hpp"

#include <malloc.h>
#include <stdlib.h>
#include <sys/timeb.h>
#include <time.h>

#include <strsafe.h>

#include <bcrypt.h>
#include <rpc.h>
#include <unistd.h>
#include <wincrypt.h>

#include <algorithm>

using namespace spindle::test;

TEST_CASE("numbers are written in a radix", "[crt][value]")
{
    char text[70];
    CHECK(std::string(_itoa(-255, text, 10)) == "-255");
    CHECK(std::string(_itoa(-1, text, 16)) == "ffffffff");
    CHECK(std::string(_i64toa(INT64_MIN, text, 2)) == "1" + std::string(63, '0'));
    CHECK(std::string(_ui64toa(UINT64_MAX, text, 10)) == "18446744073709551615");
    CHECK(std::string(_ltoa(-1, text, 16)) == "ffffffff");
    CHECK(std::string(itoa(35, text, 36)) == "z");
    const refusals refused;
    char small[4] = "old";
    CHECK(_itoa_s(999, small, 10) == 0);
    CHECK(_itoa_s(1000, small, 10) == ERANGE);
    CHECK(small[0] == 0);
    CHECK(_itoa_s(1, small, 37) == EINVAL);
    CHECK(refused.taken() == 2);
    CHECK(_atoi64("-5000000000") == -5000000000);
    CHECK(_wtoi(wide(" 42x").c_str()) == 42);
    CHECK(_byteswap_ulong(0x01020304) == 0x04030201);
    CHECK(_rotl(0x80000001, 4) == 0x18);
    CHECK(_rotr64(1, 1) == 0x8000000000000000);
}

TEST_CASE("a path is split and put together", "[crt][value]")
{
    char drive[_MAX_DRIVE];
    char directory[_MAX_DIR];
    char name[_MAX_FNAME];
    char extension[_MAX_EXT];
    CHECK(_splitpath_s("C:\\dir/sub\\file.tar.gz", drive, directory, name, extension) == 0);
    CHECK(std::string(drive) + "|" + directory + "|" + name + "|" + extension == "C:|\\dir/sub\\|file.tar|.gz");
    _splitpath("plain", drive, directory, name, extension);
    CHECK(std::string(drive) + "|" + directory + "|" + name + "|" + extension == "||plain|");
    const refusals refused;
    char tiny[3] = "ab";
    CHECK(_splitpath_s("file.ext", nullptr, 0, nullptr, 0, tiny, 3, nullptr, 0) == ERANGE);
    CHECK(tiny[0] == 0);
    CHECK(refused.taken() == 0);
    char path[_MAX_PATH];
    CHECK(_makepath_s(path, "C", "\\dir", "file", "txt") == 0);
    CHECK(std::string(path) == "C:\\dir\\file.txt");
    CHECK(_makepath_s(path, 5, nullptr, nullptr, "file", ".t") == ERANGE);
    CHECK(refused.taken() == 1);
    CHECK(std::string(_fullpath(path, "/a/./b//../c", sizeof path)) == "/a/c");
    CHECK(_fullpath(path, "/abc", 4) == nullptr);
    char working[_MAX_PATH];
    REQUIRE(getcwd(working, sizeof working) != nullptr);
    CHECK(std::string(_fullpath(path, "x\\y", sizeof path)) == std::string(working) + "/x/y");
}

TEST_CASE("environment variables come with their size", "[crt][value]")
{
    const refusals refused;
    CHECK(_putenv_s("SPINDLE_CRT_TEST", "value") == 0);
    CHECK(std::string(getenv("SPINDLE_CRT_TEST")) == "value");
    char text[6];
    std::size_t needed = 0;
    CHECK(getenv_s(&needed, text, "SPINDLE_CRT_TEST") == 0);
    CHECK(std::string(text) == "value");
    CHECK(needed == 6);
    CHECK(getenv_s(&needed, text, 5, "SPINDLE_CRT_TEST") == ERANGE);
    CHECK(needed == 6);
    CHECK(getenv_s(&needed, nullptr, 0, "SPINDLE_CRT_TEST") == 0);
    char* copy = nullptr;
    CHECK(_dupenv_s(&copy, &needed, "SPINDLE_CRT_TEST") == 0);
    CHECK(std::string(copy) == "value");
    free(copy);
    CHECK(refused.taken() == 0);
    CHECK(_putenv("SPINDLE_CRT_TEST=") == 0);
    CHECK(getenv_s(&needed, text, "SPINDLE_CRT_TEST") == 0);
    CHECK(needed == 0);
    CHECK(_putenv("no sign") == -1);
    CHECK(_putenv_s("", "x") == EINVAL);
    CHECK(refused.taken() == 2);
}

TEST_CASE("times are taken apart and written", "[crt][value]")
{
    const time_t moment = 86400;
    struct tm parts {};
    CHECK(gmtime_s(&parts, &moment) == 0);
    CHECK((parts.tm_year == 70 && parts.tm_mon == 0 && parts.tm_mday == 2 && parts.tm_wday == 5));
    char text[26];
    CHECK(asctime_s(text, &parts) == 0);
    CHECK(std::string(text) == "Fri Jan 02 00:00:00 1970\n");
    CHECK(_mkgmtime(&parts) == moment);
    const __time64_t before = -1;
    CHECK(_gmtime64_s(&parts, &before) == EINVAL);
    CHECK(parts.tm_year == -1);
    const refusals refused;
    CHECK(localtime_s(&parts, nullptr) == EINVAL);
    CHECK(asctime_s(text, 25, &parts) == EINVAL);
    CHECK(refused.taken() == 2);
    struct _timeb now {};
    _ftime(&now);
    CHECK(std::abs(now.time - time(nullptr)) <= 1);
    CHECK(now.millitm < 1000);
    char date[9];
    CHECK(_strdate_s(date) == 0);
    CHECK((date[2] == '/' && date[5] == '/'));
}

TEST_CASE("text is converted with sizes that count the terminator", "[crt][value]")
{
    WCHAR broad[6];
    char narrow[8];
    std::size_t size = 0;
    CHECK(mbstowcs_s(&size, broad, "h\xc3\xa9llo", _TRUNCATE) == 0);
    CHECK(size == 6);
    CHECK(broad[1] == 0xE9);
    CHECK(wcstombs_s(&size, narrow, broad, _TRUNCATE) == 0);
    CHECK(std::string(narrow) == "h\xc3\xa9llo");
    CHECK(size == 7);
    CHECK(mbstowcs_s(&size, broad, "toolong", _TRUNCATE) == STRUNCATE);
    CHECK(broad == wide("toolo"));
    CHECK(mbstowcs_s(&size, nullptr, 0, "toolong", 0) == 0);
    CHECK(size == 8);
    CHECK(mbstowcs_s(&size, broad, "\xff", _TRUNCATE) == EILSEQ);
    const refusals refused;
    CHECK(mbstowcs_s(&size, broad, "toolong", 7) == ERANGE);
    CHECK(refused.taken() == 1);
}

TEST_CASE("blocks are aligned", "[crt][value]")
{
    void* block = _aligned_malloc(100, 256);
    CHECK(reinterpret_cast<std::uintptr_t>(block) % 256 == 0);
    memset(block, 7, 100);
    block = _aligned_realloc(block, 5000, 512);
    CHECK(reinterpret_cast<std::uintptr_t>(block) % 512 == 0);
    CHECK(static_cast<char*>(block)[99] == 7);
    _aligned_free(block);
    const refusals refused;
    CHECK(_aligned_malloc(8, 3) == nullptr);
    CHECK(refused.taken() == 1);
}

TEST_CASE("elements are sorted and found with a context", "[crt][value]")
{
    int values[] = {3, -1, 2};
    const auto order = [](void* sign, const void* one, const void* two) {
        return *static_cast<int*>(sign) * (*static_cast<const int*>(one) - *static_cast<const int*>(two));
    };
    int sign = -1;
    qsort_s(values, 3, sizeof values[0], order, &sign);
    CHECK((values[0] == 3 && values[1] == 2 && values[2] == -1));
    const int key = 2;
    CHECK(bsearch_s(&key, values, 3, sizeof values[0], order, &sign) == &values[1]);
    const int missing = 4;
    CHECK(bsearch_s(&missing, values, 3, sizeof values[0], order, &sign) == nullptr);
}

TEST_CASE("strsafe functions cut and say so", "[crt][value]")
{
    char text[6];
    CHECK(StringCchCopy(text, 6, "hello") == S_OK);
    CHECK(StringCchCopy(text, 6, "hello!") == STRSAFE_E_INSUFFICIENT_BUFFER);
    CHECK(std::string(text) == "hello");
    CHECK(StringCchCopyN(text, 6, "hello!", 2) == S_OK);
    CHECK(StringCbCat(text, 6, "y you") == STRSAFE_E_INSUFFICIENT_BUFFER);
    CHECK(std::string(text) == "hey y");
    CHECK(StringCbPrintf(text, sizeof text, "%d-%I64d", 1, 2LL) == S_OK);
    CHECK(std::string(text) == "1-2");
    CHECK(StringCchPrintf(text, 6, "%s", "123456") == STRSAFE_E_INSUFFICIENT_BUFFER);
    CHECK(std::string(text) == "12345");
    CHECK(StringCchCopy(text, 0, "x") == STRSAFE_E_INVALID_PARAMETER);
    std::size_t length = 0;
    CHECK(StringCchLength(text, 6, &length) == S_OK);
    CHECK(length == 5);
    CHECK(StringCchLength(text, 5, &length) == STRSAFE_E_INVALID_PARAMETER);
    WCHAR broad[4];
    CHECK(StringCbCopyW(broad, sizeof broad, wide("abcd").c_str()) == STRSAFE_E_INSUFFICIENT_BUFFER);
    CHECK(broad == wide("abc"));
    CHECK(StringCbLengthW(broad, sizeof broad, &length) == S_OK);
    CHECK(length == 6);
}

TEST_CASE("random numbers come from either crypto API", "[crt][value]")
{
    unsigned char bytes[64] = {};
    const auto drawn = [&] { return std::count(std::begin(bytes), std::end(bytes), 0) < 32; };
    HCRYPTPROV context = 0;
    REQUIRE(CryptAcquireContext(&context, nullptr, nullptr, PROV_RSA_FULL, CRYPT_VERIFYCONTEXT | CRYPT_SILENT));
    CHECK(CryptGenRandom(context, sizeof bytes, bytes) == TRUE);
    CHECK(drawn());
    CHECK(CryptReleaseContext(context, 0) == TRUE);
    CHECK(CryptGenRandom(0, sizeof bytes, bytes) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(CryptAcquireContext(&context, nullptr, nullptr, PROV_RSA_FULL, 0) == FALSE);
    CHECK(GetLastError() == static_cast<DWORD>(NTE_BAD_KEYSET));
    std::fill(std::begin(bytes), std::end(bytes), static_cast<unsigned char>(0));
    CHECK(BCryptGenRandom(nullptr, bytes, sizeof bytes, BCRYPT_USE_SYSTEM_PREFERRED_RNG) == 0);
    CHECK(drawn());
    CHECK(BCryptGenRandom(nullptr, bytes, sizeof bytes, 0) < 0);
    BCRYPT_ALG_HANDLE algorithm = nullptr;
    CHECK(BCryptOpenAlgorithmProvider(&algorithm, wide("SHA256").c_str(), nullptr, 0) < 0);
    REQUIRE(BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_RNG_ALGORITHM, nullptr, 0) == 0);
    CHECK(BCryptGenRandom(algorithm, bytes, sizeof bytes, 0) == 0);
    CHECK(BCryptCloseAlgorithmProvider(algorithm, 0) == 0);
    unsigned one = 0;
    unsigned two = 0;
    CHECK((rand_s(&one) == 0 && rand_s(&two) == 0));
    const refusals refused;
    CHECK(rand_s(nullptr) == EINVAL);
    CHECK(refused.taken() == 1);
}

TEST_CASE("UUIDs are made, written and read", "[crt][value]")
{
    UUID made{};
    CHECK(UuidCreate(&made) == RPC_S_OK);
    RPC_CSTR text = nullptr;
    REQUIRE(UuidToString(&made, &text) == RPC_S_OK);
    const std::string written(reinterpret_cast<char*>(text));
    CHECK(written.size() == 36);
    CHECK(written[14] == '4');
    UUID read{};
    CHECK(UuidFromString(text, &read) == RPC_S_OK);
    CHECK(memcmp(&made, &read, sizeof made) == 0);
    text[3] = 'g';
    CHECK(UuidFromString(text, &read) == RPC_S_INVALID_STRING_UUID);
    CHECK(RpcStringFree(&text) == RPC_S_OK);
    CHECK(text == nullptr);
}
