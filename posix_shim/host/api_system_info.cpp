// What the machine is like. Answers to the page "GetSystemInfo".
#include "host/winsock.hpp"

#include <algorithm>
#include <cstdint>
#include <unistd.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace {

struct processor {
    WORD architecture;
    DWORD type;
    WORD level;
    WORD revision;
};

processor this_processor() noexcept
{
#if defined(__x86_64__)
    unsigned signature = 0;
    unsigned ignored = 0;
    __get_cpuid(1, &signature, &ignored, &ignored, &ignored);
    // Family and model as the processor's makers say they are put together.
    const unsigned family = (signature >> 8) & 0xF;
    const unsigned level = family == 0xF ? family + ((signature >> 20) & 0xFF) : family;
    const unsigned extended = family == 6 || family == 0xF ? (signature >> 16) & 0xF : 0;
    const unsigned model = (extended << 4) | ((signature >> 4) & 0xF);
    return {PROCESSOR_ARCHITECTURE_AMD64, PROCESSOR_AMD_X8664, static_cast<WORD>(level),
            static_cast<WORD>((model << 8) | (signature & 0xF))};
#elif defined(__aarch64__)
    return {PROCESSOR_ARCHITECTURE_ARM64, 0, 0, 0};
#else
    return {PROCESSOR_ARCHITECTURE_UNKNOWN, 0, 0, 0};
#endif
}

}  // namespace

VOID WINAPI GetSystemInfo(LPSYSTEM_INFO lpSystemInfo)
{
    // Multiples of Windows' granularity are good offsets and addresses for mmap, too.
    constexpr DWORD granularity = 0x10000;
    // Linux's, not Windows': the main thread's stack may lie right below it.
#if defined(__aarch64__)
    constexpr std::uintptr_t highest = 0xFFFFFFFFFFFF;
#else
    constexpr std::uintptr_t highest = 0x7FFFFFFFEFFF;
#endif
    const processor kind = this_processor();
    const long processors = std::max(1L, sysconf(_SC_NPROCESSORS_ONLN));
    *lpSystemInfo = SYSTEM_INFO{};
    lpSystemInfo->wProcessorArchitecture = kind.architecture;
    lpSystemInfo->dwPageSize = static_cast<DWORD>(sysconf(_SC_PAGESIZE));
    lpSystemInfo->lpMinimumApplicationAddress = reinterpret_cast<LPVOID>(std::uintptr_t{granularity});
    lpSystemInfo->lpMaximumApplicationAddress = reinterpret_cast<LPVOID>(highest);
    lpSystemInfo->dwActiveProcessorMask = processors >= 64 ? ~DWORD_PTR{0} : (DWORD_PTR{1} << processors) - 1;
    lpSystemInfo->dwNumberOfProcessors = static_cast<DWORD>(processors);
    lpSystemInfo->dwProcessorType = kind.type;
    lpSystemInfo->dwAllocationGranularity = granularity;
    lpSystemInfo->wProcessorLevel = kind.level;
    lpSystemInfo->wProcessorRevision = kind.revision;
}

// There is no emulation that the two could differ by.
VOID WINAPI GetNativeSystemInfo(LPSYSTEM_INFO lpSystemInfo)
{
    GetSystemInfo(lpSystemInfo);
}
