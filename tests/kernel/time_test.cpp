// Clocks, dates and what the machine is like. Answers to the pages "Time Functions", "QueryPerformanceCounter",
// "GetSystemInfo", "timeGetTime".
#include <chrono>
#include <ctime>

#include <mmsystem.h>

#include "kernel_fixture.hpp"

using namespace spindle::test;

namespace {

FILETIME from_units(ULONGLONG units)
{
    return {static_cast<DWORD>(units), static_cast<DWORD>(units >> 32)};
}

ULONGLONG units_of(const FILETIME& time)
{
    return (ULONGLONG{time.dwHighDateTime} << 32) | time.dwLowDateTime;
}

SYSTEMTIME date(WORD year, WORD month, WORD day, WORD hour = 0, WORD minute = 0, WORD second = 0, WORD ms = 0)
{
    SYSTEMTIME result{};
    result.wYear = year;
    result.wMonth = month;
    result.wDay = day;
    result.wHour = hour;
    result.wMinute = minute;
    result.wSecond = second;
    result.wMilliseconds = ms;
    return result;
}

}  // namespace

TEST_CASE("the performance counter counts ten ticks a microsecond and never back", "[kernel][time]")
{
    LARGE_INTEGER frequency{};
    REQUIRE(QueryPerformanceFrequency(&frequency) == TRUE);
    CHECK(frequency.QuadPart == 10'000'000);
    LARGE_INTEGER before{};
    LARGE_INTEGER after{};
    REQUIRE(QueryPerformanceCounter(&before) == TRUE);
    Sleep(20);
    REQUIRE(QueryPerformanceCounter(&after) == TRUE);
    CHECK(after.QuadPart - before.QuadPart >= 19 * 10'000);
    CHECK(error_of(QueryPerformanceCounter(nullptr)) == ERROR_NOACCESS);
}

TEST_CASE("file times and dates turn into each other", "[kernel][time]")
{
    const struct {
        SYSTEMTIME date;
        ULONGLONG units;
        WORD weekday;
    } samples[] = {
        {date(1601, 1, 1), 0, 1},
        {date(1970, 1, 1), 116'444'736'000'000'000, 4},
        {date(2000, 2, 29, 23, 59, 59, 999), 125'963'423'999'990'000, 2},
        {date(2038, 1, 19, 3, 14, 7), 137'919'572'470'000'000, 2},
    };
    for (const auto& sample : samples) {
        FILETIME units{};
        REQUIRE(SystemTimeToFileTime(&sample.date, &units) == TRUE);
        CHECK(units_of(units) == sample.units);
        SYSTEMTIME back{};
        REQUIRE(FileTimeToSystemTime(&units, &back) == TRUE);
        CHECK(back.wYear == sample.date.wYear);
        CHECK(back.wMonth == sample.date.wMonth);
        CHECK(back.wDay == sample.date.wDay);
        CHECK(back.wDayOfWeek == sample.weekday);
        CHECK(back.wHour == sample.date.wHour);
        CHECK(back.wMilliseconds == sample.date.wMilliseconds);
    }
    const FILETIME last = from_units(0x7FFF'FFFF'FFFF'FFFF);
    SYSTEMTIME end{};
    CHECK(FileTimeToSystemTime(&last, &end) == TRUE);
    CHECK(end.wYear == 30828);
}

TEST_CASE("what is no date is refused", "[kernel][time]")
{
    FILETIME units{};
    for (const SYSTEMTIME& bad : {date(1600, 1, 1), date(2023, 2, 29), date(2024, 13, 1), date(2024, 1, 0),
                                  date(2024, 1, 1, 24), date(2024, 1, 1, 0, 60), date(2024, 1, 1, 0, 0, 60),
                                  date(2024, 1, 1, 0, 0, 0, 1000), date(30828, 1, 1)}) {
        CHECK(error_of(SystemTimeToFileTime(&bad, &units)) == ERROR_INVALID_PARAMETER);
    }
    const FILETIME beyond = from_units(0x8000'0000'0000'0000);
    SYSTEMTIME result{};
    CHECK(error_of(FileTimeToSystemTime(&beyond, &result)) == ERROR_INVALID_PARAMETER);
}

TEST_CASE("the clocks of the day agree with the system's", "[kernel][time]")
{
    const std::time_t before = std::time(nullptr);
    FILETIME coarse{};
    FILETIME precise{};
    SYSTEMTIME utc{};
    SYSTEMTIME local{};
    GetSystemTimeAsFileTime(&coarse);
    GetSystemTimePreciseAsFileTime(&precise);
    GetSystemTime(&utc);
    GetLocalTime(&local);
    FILETIME of_date{};
    REQUIRE(SystemTimeToFileTime(&utc, &of_date) == TRUE);
    REQUIRE(SystemTimeToFileTime(&local, &of_date) == TRUE);
    // time() reads the coarse clock, which may still be in the second before.
    const std::time_t after = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    for (const FILETIME& each : {coarse, precise}) {
        const auto seconds = static_cast<std::time_t>(units_of(each) / 10'000'000 - 11'644'473'600);
        CHECK(seconds >= before);
        CHECK(seconds <= after);
    }
    std::tm parts{};
    localtime_r(&after, &parts);
    CHECK(local.wYear == parts.tm_year + 1900);
    CHECK(local.wMonth == parts.tm_mon + 1);
}

TEST_CASE("the multimedia clock ticks in milliseconds", "[kernel][time]")
{
    TIMECAPS range{};
    CHECK(timeGetDevCaps(&range, sizeof range) == TIMERR_NOERROR);
    CHECK(range.wPeriodMin == 1);
    CHECK(timeGetDevCaps(nullptr, sizeof range) == TIMERR_NOCANDO);
    CHECK(timeBeginPeriod(1) == TIMERR_NOERROR);
    CHECK(timeEndPeriod(1) == TIMERR_NOERROR);
    CHECK(timeBeginPeriod(0) == TIMERR_NOCANDO);
    const DWORD before = timeGetTime();
    Sleep(10);
    CHECK(timeGetTime() - before >= 9);
}

TEST_CASE("the system information is plausible", "[kernel][time]")
{
    SYSTEM_INFO info{};
    GetSystemInfo(&info);
    CHECK(info.dwNumberOfProcessors >= 1);
    CHECK((info.dwActiveProcessorMask & 1) == 1);
    CHECK(info.dwPageSize >= 4096);
    CHECK(info.dwAllocationGranularity % info.dwPageSize == 0);
    CHECK(info.lpMaximumApplicationAddress > static_cast<LPVOID>(&info));
    SYSTEM_INFO native{};
    GetNativeSystemInfo(&native);
    CHECK(native.wProcessorArchitecture == info.wProcessorArchitecture);
}
