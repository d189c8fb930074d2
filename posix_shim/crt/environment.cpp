// Environment variables. Answers to the pages "getenv_s", "_dupenv_s", "_putenv", "_putenv_s".
#include "host/environment.hpp"

#include "crt/crt.hpp"

#include <cstdlib>
#include <cstring>

using namespace spindle::crt;
namespace environment = spindle::host::environment;

namespace {

// An empty value removes the variable, as everywhere on Windows.
errno_t assign(const std::string& name, const std::string& value)
{
    if (name.empty() || name.find('=') != std::string::npos) {
        return invalid_error();
    }
    if (value.empty()) {
        static_cast<void>(environment::remove(name));  // not there is fine
        return 0;
    }
    return environment::set(name, value) ? 0 : fail(ENOMEM, ENOMEM);
}

}  // namespace

errno_t getenv_s(std::size_t* needed, char* target, rsize_t size, const char* name)
{
    if (needed == nullptr || (target == nullptr) != (size == 0)) {
        return invalid_error();
    }
    *needed = 0;
    if (target != nullptr) {
        target[0] = 0;
    }
    if (name == nullptr) {
        return invalid_error();
    }
    return memory_checked(ENOMEM, [&] {
        const auto value = environment::value_of(name);
        if (!value) {
            return 0;
        }
        *needed = value->size() + 1;
        if (size == 0) {
            return 0;
        }
        if (*needed > size) {
            return fail(ERANGE, ERANGE);
        }
        std::memcpy(target, value->c_str(), *needed);
        return 0;
    });
}

errno_t _dupenv_s(char** target, std::size_t* size, const char* name)
{
    if (target == nullptr) {
        return invalid_error();
    }
    *target = nullptr;
    if (size != nullptr) {
        *size = 0;
    }
    if (name == nullptr) {
        return invalid_error();
    }
    return memory_checked(ENOMEM, [&] {
        const auto value = environment::value_of(name);
        if (!value) {
            return 0;
        }
        *target = static_cast<char*>(std::malloc(value->size() + 1));
        if (*target == nullptr) {
            return fail(ENOMEM, ENOMEM);
        }
        std::memcpy(*target, value->c_str(), value->size() + 1);
        if (size != nullptr) {
            *size = value->size() + 1;
        }
        return 0;
    });
}

int _putenv(const char* assignment)
{
    const char* sign = assignment != nullptr ? std::strchr(assignment, '=') : nullptr;
    if (sign == nullptr) {
        return invalid(-1);
    }
    return memory_checked(-1, [&] { return assign({assignment, sign}, sign + 1) == 0 ? 0 : -1; });
}

errno_t _putenv_s(const char* name, const char* value)
{
    if (name == nullptr || value == nullptr) {
        return invalid_error();
    }
    return memory_checked(ENOMEM, [&] { return assign(name, value); });
}
