// Modules, see modules.hpp. The module of a shared library is what dlopen returned.
#include "host/modules.hpp"

#include "host/file_name.hpp"
#include "host/module_path.hpp"
#include "host/thread_state.hpp"
#include "kernel/fork_lock.hpp"

#include <dlfcn.h>
#include <link.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace spindle::host::modules {

namespace {

struct stood_for {
    std::string_view name;
    windows_library library;
};
constexpr stood_for libraries[] = {
    {"ws2_32", windows_library::ws2_32},     {"wsock32", windows_library::wsock32},
    {"mswsock", windows_library::mswsock},   {"kernel32", windows_library::kernel32},
    {"user32", windows_library::user32},     {"iphlpapi", windows_library::iphlpapi},
    {"advapi32", windows_library::advapi32}, {"bcrypt", windows_library::bcrypt},
    {"rpcrt4", windows_library::rpcrt4},     {"winmm", windows_library::winmm},
    {"shell32", windows_library::shell32},   {"msvcrt", windows_library::msvcrt},     {"ucrtbase", windows_library::msvcrt},
};

// Uses that the program holds, by module. Modules that were only found have none.
constinit std::mutex mutex;
using locked = kernel::fork_safe_lock<mutex>;

std::map<void*, unsigned>& uses()
{
    static auto* const counts = new std::map<void*, unsigned>;  // outlives static destruction
    return *counts;
}

const stood_for* windows_library_of(HMODULE module) noexcept
{
    const auto* found = std::ranges::find_if(
        libraries, [module](const stood_for& each) { return static_cast<const void*>(&each) == module; });
    return found != std::end(libraries) ? found : nullptr;
}

// The last part of a path in lower case, without ".dll".
std::string base_name(const std::string& path)
{
    std::string name = path.substr(path.find_last_of("/\\") + 1);
    std::ranges::transform(name, name.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
    });
    if (name.ends_with(".dll")) {
        name.resize(name.size() - 4);
    }
    return name;
}

// What a missing extension becomes; a point at the end says that there is none.
std::string with_extension(std::string name)
{
    if (name.ends_with('.')) {
        name.pop_back();
        return name;
    }
    const auto slash = name.rfind('/');
    return name.find('.', slash == std::string::npos ? 0 : slash) == std::string::npos ? name + ".so" : name;
}

// A bare name is looked for beside the program, then where the system looks, then in the working directory.
void* open(const std::string& path, int flags)
{
    if (path.find('/') != std::string::npos) {
        return dlopen(path.c_str(), flags);
    }
    void* library = dlopen((directory_of(program_file()) + "/" + path).c_str(), flags);
    library = library != nullptr ? library : dlopen(path.c_str(), flags);
    return library != nullptr ? library : dlopen(("./" + path).c_str(), flags);
}

opened open_counted(const std::string& name, int flags)
{
    const native_path path = to_native(name);
    if (path.error != 0) {
        return {nullptr, ERROR_MOD_NOT_FOUND};
    }
    const locked lock;
    const std::string file = with_extension(path.text);
    void* library = open(file, flags);
    if (library == nullptr) {
        return {nullptr, access(file.c_str(), F_OK) == 0 ? ERROR_BAD_EXE_FORMAT : ERROR_MOD_NOT_FOUND};
    }
    ++uses()[library];
    return {reinterpret_cast<HMODULE>(library), 0};
}

bool give_back_locked(void* library)
{
    const auto found = uses().find(library);
    if (found == uses().end() || found->second == 0) {
        return false;
    }
    --found->second;
    return dlclose(library) == 0;
}

// Whether the module is there to be asked. One that was only found may have gone by now.
bool is_loaded(HMODULE module)
{
    const locked lock;
    const auto found = uses().find(module);
    if (found == uses().end()) {
        return false;
    }
    if (found->second != 0) {
        return true;
    }
    const link_map* first = nullptr;
    (void)dlinfo(program(), RTLD_DI_LINKMAP, &first);
    for (const link_map* each = first; each != nullptr; each = each->l_next) {
        if (each == static_cast<const void*>(module)) {
            return true;
        }
    }
    uses().erase(found);
    return false;
}

const void* base_of(const void* address) noexcept
{
    Dl_info info{};
    return dladdr(address, &info) != 0 ? info.dli_fbase : nullptr;
}

// Names of other libraries are not ours, though dlsym finds those, too.
void* own_symbol(void* library, const std::string& name, const void* base) noexcept
{
    void* found = dlsym(library, name.c_str());
    return found != nullptr && base_of(found) == base ? found : nullptr;
}

// Functions that libc has under the same name carry a prefix.
void* exported(std::string_view name)
{
    static const char marker = 0;
    Dl_info info{};
    if (name.starts_with("spindle_") || dladdr(&marker, &info) == 0) {
        return nullptr;
    }
    void* self = dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD);
    if (self == nullptr) {
        return nullptr;
    }
    void* found = own_symbol(self, "spindle_" + std::string(name), info.dli_fbase);
    found = found != nullptr ? found : own_symbol(self, std::string(name), info.dli_fbase);
    dlclose(self);
    return found;
}

void* or_not_found(void* address) noexcept
{
    return address != nullptr ? address : fail<void*>(nullptr, ERROR_PROC_NOT_FOUND);
}

}  // namespace

HMODULE windows_module(const std::string& name)
{
    const std::string base = base_name(name);
    const auto* found = std::ranges::find_if(libraries, [&](const stood_for& each) { return each.name == base; });
    return found != std::end(libraries) ? reinterpret_cast<HMODULE>(const_cast<stood_for*>(found)) : nullptr;
}

HMODULE program() noexcept
{
    static void* const handle = dlopen(nullptr, RTLD_NOW);
    return static_cast<HMODULE>(handle);
}

opened load(const std::string& name)
{
    return open_counted(name, RTLD_NOW | RTLD_LOCAL);
}

opened find(const std::string& name, use wanted)
{
    opened found =
        open_counted(name, RTLD_NOW | RTLD_NOLOAD | (wanted == use::pinned ? RTLD_NODELETE : 0));
    if (found.module == nullptr) {
        found.error = ERROR_MOD_NOT_FOUND;
    } else if (wanted != use::counted) {
        const locked lock;
        (void)give_back_locked(found.module);
    }
    return found;
}

opened at(const void* address, use wanted)
{
    static const char marker = 0;
    Dl_info info{};
    if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) {
        return {nullptr, ERROR_MOD_NOT_FOUND};
    }
    if (info.dli_fbase == base_of(&marker)) {
        return {windows_module("ws2_32"), 0};
    }
    if (info.dli_fbase == base_of(reinterpret_cast<const void*>(getauxval(AT_ENTRY)))) {
        return {program(), 0};
    }
    return find(info.dli_fname, wanted);
}

bool release(HMODULE module)
{
    if (windows_library_of(module) != nullptr || module == program()) {
        return true;
    }
    const locked lock;
    return give_back_locked(module);
}

void* address_of(HMODULE module, const char* name)
{
    if (const stood_for* library = windows_library_of(module)) {
        return or_not_found(exports_name(library->library, name) ? exported(name) : nullptr);
    }
    if (module != program() && !is_loaded(module)) {
        return fail<void*>(nullptr, ERROR_MOD_NOT_FOUND);
    }
    return or_not_found(dlsym(module, name));
}

void* address_of(HMODULE module, unsigned ordinal)
{
    const stood_for* library = windows_library_of(module);
    const char* name = library != nullptr ? name_of_ordinal(library->library, ordinal) : nullptr;
    return or_not_found(name != nullptr ? exported(name) : nullptr);
}

std::string path_of(HMODULE module)
{
    if (windows_library_of(module) != nullptr) {
        static const char marker = 0;
        Dl_info info{};
        return dladdr(&marker, &info) != 0 ? info.dli_fname : "";
    }
    link_map* map = nullptr;
    return is_loaded(module) && dlinfo(module, RTLD_DI_LINKMAP, &map) == 0 ? map->l_name : "";
}

}  // namespace spindle::host::modules
