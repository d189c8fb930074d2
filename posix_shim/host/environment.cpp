// The environment, see environment.hpp. The lock makes these functions safe against each other, as on Windows;
// libc's own setenv it cannot keep away.
#include "host/environment.hpp"

#include "kernel/fork_lock.hpp"

#include <cstdlib>
#include <cstring>
#include <string_view>
#include <strings.h>
#include <unistd.h>

namespace spindle::host::environment {

namespace {

constinit std::mutex mutex;
using locked = kernel::fork_safe_lock<mutex>;

bool names(const char* entry, const std::string& name, int (*compare)(const char*, const char*, std::size_t))
{
    return compare(entry, name.c_str(), name.size()) == 0 && entry[name.size()] == '=';
}

// The entry "NAME=value"; nullptr when there is none.
const char* find(const std::string& name)
{
    const char* similar = nullptr;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        if (names(*entry, name, &std::strncmp)) {
            return *entry;
        }
        if (similar == nullptr && names(*entry, name, &strncasecmp)) {
            similar = *entry;
        }
    }
    return similar;
}

std::string spelling_of(const char* entry, const std::string& name)
{
    return {entry, name.size()};
}

}  // namespace

std::optional<std::string> value_of(const std::string& name)
{
    const locked lock;
    const char* entry = find(name);
    return entry != nullptr ? std::optional<std::string>(entry + name.size() + 1) : std::nullopt;
}

std::vector<std::string> all()
{
    const locked lock;
    std::vector<std::string> entries;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        entries.emplace_back(*entry);
    }
    return entries;
}

bool set(const std::string& name, const std::string& value)
{
    const locked lock;
    const char* entry = find(name);
    const std::string spelling = entry != nullptr ? spelling_of(entry, name) : name;
    return setenv(spelling.c_str(), value.c_str(), 1) == 0;
}

bool remove(const std::string& name)
{
    const locked lock;
    const char* entry = find(name);
    return entry != nullptr && unsetenv(spelling_of(entry, name).c_str()) == 0;
}

}  // namespace spindle::host::environment
