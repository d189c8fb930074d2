// Time of day as text and in parts. Answers to the pages "localtime_s", "gmtime_s", "ctime_s", "asctime_s", "_mkgmtime",
// "_time64", "_strdate_s", "_strtime_s", "_ftime_s".
#include "crt/crt.hpp"

#include <algorithm>
#include <cstring>
#include <ctime>

using namespace spindle::crt;

namespace {

constexpr std::size_t stamp_size = 26;  // "Thu Jan 01 00:00:00 1970\n" and the terminator
constexpr std::size_t short_size = 9;   // "01/31/70", "23:59:59"

using converter = struct tm* (*)(const time_t*, struct tm*);

errno_t convert(struct tm* target, const time_t* source, converter parts) noexcept
{
    if (target == nullptr) {
        return invalid_error();
    }
    std::memset(target, 0xFF, sizeof *target);
    if (source == nullptr) {
        return invalid_error();
    }
    struct tm found {};
    if (*source < 0 || parts(source, &found) == nullptr) {
        errno = EINVAL;  // a time before 1970 is an error, not an invalid parameter
        return EINVAL;
    }
    *target = found;
    return 0;
}

bool is_date(const struct tm& time) noexcept
{
    struct range {
        int value, least, most;
    };
    const range ranges[] = {{time.tm_sec, 0, 60},  {time.tm_min, 0, 59},  {time.tm_hour, 0, 23}, {time.tm_mday, 1, 31},
                            {time.tm_mon, 0, 11}, {time.tm_wday, 0, 6}, {time.tm_year, 0, 8099}};
    return std::ranges::all_of(ranges,
                               [](const range& each) { return each.value >= each.least && each.value <= each.most; });
}

// In English whatever the locale is, the day with two digits.
void write_stamp(char* target, const struct tm& time) noexcept
{
    static constexpr char days[] = "SunMonTueWedThuFriSat";
    static constexpr char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char text[64];
    std::snprintf(text, sizeof text, "%.3s %.3s %02d %02d:%02d:%02d %d\n", days + 3 * time.tm_wday,
                  months + 3 * time.tm_mon, time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec, time.tm_year + 1900);
    std::memcpy(target, text, stamp_size);
}

errno_t print_now(char* target, std::size_t size, const char* format) noexcept
{
    if (target == nullptr || size == 0) {
        return invalid_error();
    }
    target[0] = 0;
    if (size < short_size) {
        return invalid_error(ERANGE);
    }
    const time_t now = std::time(nullptr);
    struct tm parts {};
    localtime_r(&now, &parts);
    std::strftime(target, size, format, &parts);
    return 0;
}

constexpr char date_format[] = "%m/%d/%y";
constexpr char time_format[] = "%H:%M:%S";

}  // namespace

errno_t localtime_s(struct tm* target, const time_t* source)
{
    return convert(target, source, &localtime_r);
}

errno_t gmtime_s(struct tm* target, const time_t* source)
{
    return convert(target, source, &gmtime_r);
}

errno_t _localtime64_s(struct tm* target, const __time64_t* source)
{
    const time_t seconds = source != nullptr ? *source : 0;
    return convert(target, source != nullptr ? &seconds : nullptr, &localtime_r);
}

errno_t _gmtime64_s(struct tm* target, const __time64_t* source)
{
    const time_t seconds = source != nullptr ? *source : 0;
    return convert(target, source != nullptr ? &seconds : nullptr, &gmtime_r);
}

errno_t asctime_s(char* target, std::size_t size, const struct tm* source)
{
    if (target == nullptr || size == 0) {
        return invalid_error();
    }
    target[0] = 0;
    if (size < stamp_size || source == nullptr || !is_date(*source)) {
        return invalid_error();
    }
    write_stamp(target, *source);
    return 0;
}

errno_t ctime_s(char* target, std::size_t size, const time_t* source)
{
    if (target == nullptr || size == 0) {
        return invalid_error();
    }
    target[0] = 0;
    struct tm parts {};
    if (size < stamp_size || source == nullptr || *source < 0) {
        return invalid_error();
    }
    const errno_t error = convert(&parts, source, &localtime_r);
    return error != 0 ? error : asctime_s(target, size, &parts);
}

errno_t _ctime64_s(char* target, std::size_t size, const __time64_t* source)
{
    const time_t seconds = source != nullptr ? *source : 0;
    return ctime_s(target, size, source != nullptr ? &seconds : nullptr);
}

time_t _mkgmtime(struct tm* source)
{
    const time_t seconds = source != nullptr ? timegm(source) : invalid(time_t{-1});
    return seconds >= 0 ? seconds : -1;  // nothing before 1970
}

__time64_t _mkgmtime64(struct tm* source)
{
    return _mkgmtime(source);
}

__time64_t _mktime64(struct tm* source)
{
    return source != nullptr ? std::mktime(source) : invalid(time_t{-1});
}

__time64_t _time64(__time64_t* target)
{
    const __time64_t now = std::time(nullptr);
    if (target != nullptr) {
        *target = now;
    }
    return now;
}

struct tm* _localtime64(const __time64_t* source)
{
    static thread_local struct tm parts;
    return _localtime64_s(&parts, source) == 0 ? &parts : nullptr;
}

struct tm* _gmtime64(const __time64_t* source)
{
    static thread_local struct tm parts;
    return _gmtime64_s(&parts, source) == 0 ? &parts : nullptr;
}

char* _ctime64(const __time64_t* source)
{
    static thread_local char text[stamp_size];
    return _ctime64_s(text, sizeof text, source) == 0 ? text : nullptr;
}

double _difftime64(__time64_t end, __time64_t start)
{
    return static_cast<double>(end - start);
}

errno_t _strdate_s(char* target, std::size_t size)
{
    return print_now(target, size, date_format);
}

errno_t _strtime_s(char* target, std::size_t size)
{
    return print_now(target, size, time_format);
}

char* _strdate(char* target)
{
    return print_now(target, short_size, date_format) == 0 ? target : nullptr;
}

char* _strtime(char* target)
{
    return print_now(target, short_size, time_format) == 0 ? target : nullptr;
}

errno_t _ftime64_s(struct __timeb64* now)
{
    if (now == nullptr) {
        return invalid_error();
    }
    struct timespec clock {};
    clock_gettime(CLOCK_REALTIME, &clock);
    struct tm parts {};
    localtime_r(&clock.tv_sec, &parts);
    const long summer = parts.tm_isdst > 0 ? 1 : 0;
    now->time = clock.tv_sec;
    now->millitm = static_cast<unsigned short>(clock.tv_nsec / 1'000'000);
    now->timezone = static_cast<short>((summer * 3600 - parts.tm_gmtoff) / 60);  // of standard time
    now->dstflag = static_cast<short>(summer);
    return 0;
}

void _ftime64(struct __timeb64* now)
{
    _ftime64_s(now);
}
