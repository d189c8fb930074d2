// Loading libraries and finding what they export. Answers to the pages "LoadLibraryW", "LoadLibraryExW", "FreeLibrary",
// "GetModuleHandleW", "GetModuleHandleExW", "GetProcAddress", "FreeLibraryAndExitThread".
#include "host/modules.hpp"
#include "host/text_arguments.hpp"

using namespace spindle::host;

namespace {

constexpr DWORD search_flags = LOAD_WITH_ALTERED_SEARCH_PATH | LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR |
                               LOAD_LIBRARY_SEARCH_APPLICATION_DIR | LOAD_LIBRARY_SEARCH_USER_DIRS |
                               LOAD_LIBRARY_SEARCH_SYSTEM32 | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS;

HMODULE module_or_error(const modules::opened& result) noexcept
{
    return result.module != nullptr ? result.module : fail<HMODULE>(nullptr, result.error);
}

// Libraries are searched where they always are; modules that are no code cannot be had.
template <class Char>
HMODULE load(const Char* name, HANDLE file, DWORD flags) noexcept
{
    if (name == nullptr || *name == 0 || file != nullptr || (flags & ~search_flags) != 0) {
        return fail<HMODULE>(nullptr, ERROR_INVALID_PARAMETER);
    }
    return memory_checked<HMODULE>(nullptr, [&] {
        const std::string path = narrow_text(name);
        const HMODULE module = modules::windows_module(path);
        return module != nullptr ? module : module_or_error(modules::load(path));
    });
}

template <class Char>
modules::opened find(const Char* name, modules::use wanted)
{
    if (name == nullptr) {
        return {modules::program(), 0};
    }
    const std::string path = narrow_text(name);
    const HMODULE module = modules::windows_module(path);
    return module != nullptr ? modules::opened{module, 0} : modules::find(path, wanted);
}

template <class Char>
HMODULE find_handle(const Char* name) noexcept
{
    return memory_checked<HMODULE>(nullptr, [&] { return module_or_error(find(name, modules::use::none)); });
}

template <class Char>
BOOL find_extended(DWORD flags, const Char* name, HMODULE* module) noexcept
{
    constexpr DWORD known = GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT |
                            GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS;
    constexpr DWORD both = GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
    if (module == nullptr || (flags & ~known) != 0 || (flags & both) == both) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    const modules::use wanted = (flags & GET_MODULE_HANDLE_EX_FLAG_PIN) != 0                  ? modules::use::pinned
                                : (flags & GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT) != 0 ? modules::use::none
                                                                                              : modules::use::counted;
    *module = memory_checked<HMODULE>(nullptr, [&] {
        return module_or_error((flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) != 0 ? modules::at(name, wanted)
                                                                                     : find(name, wanted));
    });
    return *module != nullptr ? TRUE : FALSE;
}

}  // namespace

HMODULE WINAPI LoadLibraryExA(LPCSTR lpLibFileName, HANDLE hFile, DWORD dwFlags)
{
    return load(lpLibFileName, hFile, dwFlags);
}

HMODULE WINAPI LoadLibraryExW(LPCWSTR lpLibFileName, HANDLE hFile, DWORD dwFlags)
{
    return load(lpLibFileName, hFile, dwFlags);
}

HMODULE WINAPI LoadLibraryA(LPCSTR lpLibFileName)
{
    return load(lpLibFileName, nullptr, 0);
}

HMODULE WINAPI LoadLibraryW(LPCWSTR lpLibFileName)
{
    return load(lpLibFileName, nullptr, 0);
}

BOOL WINAPI FreeLibrary(HMODULE hLibModule)
{
    return memory_checked(FALSE, [&]() -> BOOL {
        return modules::release(hLibModule) ? TRUE : fail(FALSE, ERROR_MOD_NOT_FOUND);
    });
}

HMODULE WINAPI GetModuleHandleA(LPCSTR lpModuleName)
{
    return find_handle(lpModuleName);
}

HMODULE WINAPI GetModuleHandleW(LPCWSTR lpModuleName)
{
    return find_handle(lpModuleName);
}

BOOL WINAPI GetModuleHandleExA(DWORD dwFlags, LPCSTR lpModuleName, HMODULE* phModule)
{
    return find_extended(dwFlags, lpModuleName, phModule);
}

BOOL WINAPI GetModuleHandleExW(DWORD dwFlags, LPCWSTR lpModuleName, HMODULE* phModule)
{
    return find_extended(dwFlags, lpModuleName, phModule);
}

// A value below 64 K is an ordinal. A null module is the program.
FARPROC WINAPI GetProcAddress(HMODULE hModule, LPCSTR lpProcName)
{
    return memory_checked<FARPROC>(nullptr, [&] {
        const HMODULE module = hModule != nullptr ? hModule : modules::program();
        const auto value = reinterpret_cast<std::uintptr_t>(lpProcName);
        void* found = value <= 0xFFFF ? modules::address_of(module, static_cast<unsigned>(value))
                                      : modules::address_of(module, lpProcName);
        return reinterpret_cast<FARPROC>(found);
    });
}

VOID WINAPI FreeLibraryAndExitThread(HMODULE hLibModule, DWORD dwExitCode)
{
    FreeLibrary(hLibModule);
    ExitThread(dwExitCode);
}
