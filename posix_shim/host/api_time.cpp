// Clocks and calendar dates. Answers to the pages "Time Functions", "QueryPerformanceCounter", "timeGetTime".
#include "host/thread_state.hpp"
#include "kernel/file_time.hpp"

#include <chrono>
#include <ctime>

using namespace spindle;
using host::fail;

namespace {

// As on Windows 10: ten ticks a microsecond whatever the hardware counts.
constexpr LONGLONG performance_frequency = 10'000'000;

FILETIME file_time_from(std::uint64_t units) noexcept
{
    return {static_cast<DWORD>(units), static_cast<DWORD>(units >> 32)};
}

std::uint64_t units_of(const FILETIME& time) noexcept
{
    return (std::uint64_t{time.dwHighDateTime} << 32) | time.dwLowDateTime;
}

constexpr std::uint64_t units_per_millisecond = 10'000;
constexpr std::uint64_t milliseconds_per_day = 86'400'000;
constexpr std::chrono::sys_days first_day = std::chrono::year(1601) / 1 / 1;

SYSTEMTIME date_from(std::uint64_t units) noexcept
{
    using namespace std::chrono;
    const std::uint64_t since_1601 = units / units_per_millisecond;
    const sys_days day = first_day + days(static_cast<int>(since_1601 / milliseconds_per_day));
    const year_month_day date(day);
    const auto within = static_cast<unsigned>(since_1601 % milliseconds_per_day);
    SYSTEMTIME result{};
    result.wYear = static_cast<WORD>(static_cast<int>(date.year()));
    result.wMonth = static_cast<WORD>(static_cast<unsigned>(date.month()));
    result.wDayOfWeek = static_cast<WORD>(weekday(day).c_encoding());
    result.wDay = static_cast<WORD>(static_cast<unsigned>(date.day()));
    result.wHour = static_cast<WORD>(within / 3'600'000);
    result.wMinute = static_cast<WORD>(within / 60'000 % 60);
    result.wSecond = static_cast<WORD>(within / 1000 % 60);
    result.wMilliseconds = static_cast<WORD>(within % 1000);
    return result;
}

bool is_date(const SYSTEMTIME& time) noexcept
{
    using namespace std::chrono;
    const year_month_day date(year(time.wYear), month(time.wMonth), day(time.wDay));
    return time.wYear >= 1601 && time.wYear <= 30827 && date.ok() && time.wHour < 24 && time.wMinute < 60 &&
           time.wSecond < 60 && time.wMilliseconds < 1000;
}

std::uint64_t units_from(const SYSTEMTIME& time) noexcept
{
    using namespace std::chrono;
    const sys_days day = year_month_day(year(time.wYear), month(time.wMonth), std::chrono::day(time.wDay));
    const auto days_since_1601 = static_cast<std::uint64_t>((day - first_day).count());
    const std::uint64_t seconds = (time.wHour * 60u + time.wMinute) * 60u + time.wSecond;
    return (days_since_1601 * milliseconds_per_day + seconds * 1000 + time.wMilliseconds) *
           units_per_millisecond;
}

std::uint64_t now() noexcept
{
    return static_cast<std::uint64_t>(kernel::file_time_now().count());
}

}  // namespace

BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER* lpPerformanceCount)
{
    if (lpPerformanceCount == nullptr) {
        return fail(FALSE, ERROR_NOACCESS);
    }
    struct timespec time {};
    clock_gettime(CLOCK_MONOTONIC, &time);
    lpPerformanceCount->QuadPart = static_cast<LONGLONG>(time.tv_sec) * performance_frequency +
                                   static_cast<LONGLONG>(time.tv_nsec) / 100;
    return TRUE;
}

BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER* lpFrequency)
{
    if (lpFrequency == nullptr) {
        return fail(FALSE, ERROR_NOACCESS);
    }
    lpFrequency->QuadPart = performance_frequency;
    return TRUE;
}

VOID WINAPI GetSystemTimeAsFileTime(LPFILETIME lpSystemTimeAsFileTime)
{
    *lpSystemTimeAsFileTime = file_time_from(now());
}

VOID WINAPI GetSystemTimePreciseAsFileTime(LPFILETIME lpSystemTimeAsFileTime)
{
    *lpSystemTimeAsFileTime = file_time_from(now());
}

VOID WINAPI GetSystemTime(LPSYSTEMTIME lpSystemTime)
{
    *lpSystemTime = date_from(now());
}

VOID WINAPI GetLocalTime(LPSYSTEMTIME lpSystemTime)
{
    struct timespec time {};
    clock_gettime(CLOCK_REALTIME, &time);
    struct tm local {};
    localtime_r(&time.tv_sec, &local);
    lpSystemTime->wYear = static_cast<WORD>(local.tm_year + 1900);
    lpSystemTime->wMonth = static_cast<WORD>(local.tm_mon + 1);
    lpSystemTime->wDayOfWeek = static_cast<WORD>(local.tm_wday);
    lpSystemTime->wDay = static_cast<WORD>(local.tm_mday);
    lpSystemTime->wHour = static_cast<WORD>(local.tm_hour);
    lpSystemTime->wMinute = static_cast<WORD>(local.tm_min);
    lpSystemTime->wSecond = static_cast<WORD>(local.tm_sec);
    lpSystemTime->wMilliseconds = static_cast<WORD>(time.tv_nsec / 1'000'000);
}

BOOL WINAPI FileTimeToSystemTime(const FILETIME* lpFileTime, LPSYSTEMTIME lpSystemTime)
{
    if (lpFileTime == nullptr || lpSystemTime == nullptr || (lpFileTime->dwHighDateTime >> 31) != 0) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    *lpSystemTime = date_from(units_of(*lpFileTime));
    return TRUE;
}

BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME* lpSystemTime, LPFILETIME lpFileTime)
{
    if (lpSystemTime == nullptr || lpFileTime == nullptr || !is_date(*lpSystemTime)) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    *lpFileTime = file_time_from(units_from(*lpSystemTime));
    return TRUE;
}

DWORD WINAPI timeGetTime(void)
{
    return GetTickCount();
}

namespace {

// Timers of this system keep to the millisecond without being asked.
constexpr UINT shortest_period = 1;
constexpr UINT longest_period = 1'000'000;

MMRESULT check_period(UINT period) noexcept
{
    return period >= shortest_period && period <= longest_period ? TIMERR_NOERROR : TIMERR_NOCANDO;
}

}  // namespace

MMRESULT WINAPI timeGetDevCaps(LPTIMECAPS ptc, UINT cbtc)
{
    if (ptc == nullptr || cbtc < sizeof(TIMECAPS)) {
        return TIMERR_NOCANDO;
    }
    ptc->wPeriodMin = shortest_period;
    ptc->wPeriodMax = longest_period;
    return TIMERR_NOERROR;
}

MMRESULT WINAPI timeBeginPeriod(UINT uPeriod)
{
    return check_period(uPeriod);
}

MMRESULT WINAPI timeEndPeriod(UINT uPeriod)
{
    return check_period(uPeriod);
}
