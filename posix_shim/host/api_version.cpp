// Which Windows this is, where its libraries lie, whether a debugger looks on; and MulDiv. Answers to the pages
// "GetVersionExW", "GetSystemDirectoryW", "IsDebuggerPresent", "DebugBreak", "MulDiv".
#include "host/module_path.hpp"
#include "host/text_arguments.hpp"

#include <climits>
#include <csignal>
#include <cstdio>
#include <memory>

using namespace spindle::host;

namespace {

// What a program without a manifest is told by every Windows since 8.
constexpr DWORD major = 6;
constexpr DWORD minor = 2;
constexpr DWORD build = 9200;

// The longer structure, with service pack and product, would need answers that there are not.
template <class Info>
BOOL version(Info* info) noexcept
{
    if (info == nullptr || info->dwOSVersionInfoSize != sizeof *info) {
        return fail(FALSE, ERROR_INSUFFICIENT_BUFFER);
    }
    *info = Info{};
    info->dwOSVersionInfoSize = sizeof *info;
    info->dwMajorVersion = major;
    info->dwMinorVersion = minor;
    info->dwBuildNumber = build;
    info->dwPlatformId = VER_PLATFORM_WIN32_NT;
    return TRUE;
}

template <class Char>
UINT system_directory(Char* buffer, UINT size) noexcept
{
    return memory_checked(UINT{0}, [&] {
        std::string directory = beside_this_library("");
        if (directory.size() > 1 && directory.ends_with('/')) {
            directory.pop_back();
        }
        return copy_or_tell_size(directory, buffer, size);
    });
}

}  // namespace

DWORD WINAPI GetVersion(void)
{
    return build << 16 | minor << 8 | major;
}

BOOL WINAPI GetVersionExA(LPOSVERSIONINFOA lpVersionInformation)
{
    return version(lpVersionInformation);
}

BOOL WINAPI GetVersionExW(LPOSVERSIONINFOW lpVersionInformation)
{
    return version(lpVersionInformation);
}

UINT WINAPI GetSystemDirectoryA(LPSTR lpBuffer, UINT uSize)
{
    return system_directory(lpBuffer, uSize);
}

UINT WINAPI GetSystemDirectoryW(LPWSTR lpBuffer, UINT uSize)
{
    return system_directory(lpBuffer, uSize);
}

BOOL WINAPI IsDebuggerPresent(void)
{
    const std::unique_ptr<FILE, decltype(&std::fclose)> status(std::fopen("/proc/self/status", "re"), &std::fclose);
    char line[256];
    int tracer = 0;
    while (status && std::fgets(line, sizeof line, status.get()) != nullptr) {
        if (std::sscanf(line, "TracerPid: %d", &tracer) == 1) {
            break;
        }
    }
    return tracer != 0 ? TRUE : FALSE;
}

VOID WINAPI DebugBreak(void)
{
    std::raise(SIGTRAP);
}

// Rounded to the nearest, a half away from zero; -1 when the result does not fit or there is none.
int WINAPI MulDiv(int nNumber, int nNumerator, int nDenominator)
{
    if (nDenominator == 0) {
        return -1;
    }
    const long long product = static_cast<long long>(nNumber) * nNumerator;
    const long long divisor = nDenominator < 0 ? -static_cast<long long>(nDenominator) : nDenominator;
    const bool negative = (product < 0) != (nDenominator < 0);
    const long long quotient = ((product < 0 ? -product : product) + divisor / 2) / divisor;
    return quotient > INT_MAX ? -1 : static_cast<int>(negative ? -quotient : quotient);
}
