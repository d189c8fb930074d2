// Environment variables as programs see them. Answers to the pages "GetEnvironmentVariableW",
// "SetEnvironmentVariableW", "ExpandEnvironmentStringsW".
#include "host/environment.hpp"
#include "host/text_arguments.hpp"

using namespace spindle::host;

namespace {

template <class Char>
DWORD get_variable(const Char* name, Char* buffer, DWORD size) noexcept
{
    if (name == nullptr) {
        return fail(DWORD{0}, ERROR_INVALID_PARAMETER);
    }
    return memory_checked(DWORD{0}, [&] {
        const auto value = environment::value_of(narrow_text(name));
        if (!value) {
            return fail(DWORD{0}, ERROR_ENVVAR_NOT_FOUND);
        }
        set_last_error(NO_ERROR);  // the length of an empty value looks like the failure
        return copy_or_tell_size(*value, buffer, size);
    });
}

template <class Char>
BOOL set_variable(const Char* name, const Char* value) noexcept
{
    return memory_checked(FALSE, [&]() -> BOOL {
        const std::string variable = name != nullptr ? narrow_text(name) : std::string();
        if (variable.empty() || variable.find('=') != std::string::npos) {
            return fail(FALSE, ERROR_INVALID_PARAMETER);
        }
        if (value == nullptr) {
            return environment::remove(variable) ? TRUE : fail(FALSE, ERROR_ENVVAR_NOT_FOUND);
        }
        return environment::set(variable, narrow_text(value)) ? TRUE : fail(FALSE, ERROR_NOT_ENOUGH_MEMORY);
    });
}

// %NAME% becomes the value; a name that is not there stays as it is written.
std::string expanded(const std::string& text)
{
    std::string result;
    std::size_t position = 0;
    while (position < text.size()) {
        const auto open = text.find('%', position);
        const auto close = open == std::string::npos ? open : text.find('%', open + 1);
        if (close == std::string::npos) {
            break;
        }
        const auto value = environment::value_of(text.substr(open + 1, close - open - 1));
        result.append(text, position, open - position);
        if (value) {
            result.append(*value);
            position = close + 1;
        } else {
            result.append(text, open, close - open);  // the second sign may open the next name
            position = close;
        }
    }
    return result.append(text, position);
}

// Counts the terminator, unlike its neighbours.
template <class Char>
DWORD expand(const Char* source, Char* target, DWORD size) noexcept
{
    if (source == nullptr) {
        return fail(DWORD{0}, ERROR_INVALID_PARAMETER);
    }
    return memory_checked(DWORD{0}, [&] {
        const auto text = text_in<Char>(expanded(narrow_text(source)));
        if (target != nullptr && text.size() < size) {
            copy_terminated<Char>(text, target, size);
        }
        return static_cast<DWORD>(text.size() + 1);
    });
}

}  // namespace

DWORD WINAPI GetEnvironmentVariableA(LPCSTR lpName, LPSTR lpBuffer, DWORD nSize)
{
    return get_variable(lpName, lpBuffer, nSize);
}

DWORD WINAPI GetEnvironmentVariableW(LPCWSTR lpName, LPWSTR lpBuffer, DWORD nSize)
{
    return get_variable(lpName, lpBuffer, nSize);
}

BOOL WINAPI SetEnvironmentVariableA(LPCSTR lpName, LPCSTR lpValue)
{
    return set_variable(lpName, lpValue);
}

BOOL WINAPI SetEnvironmentVariableW(LPCWSTR lpName, LPCWSTR lpValue)
{
    return set_variable(lpName, lpValue);
}

DWORD WINAPI ExpandEnvironmentStringsA(LPCSTR lpSrc, LPSTR lpDst, DWORD nSize)
{
    return expand(lpSrc, lpDst, nSize);
}

DWORD WINAPI ExpandEnvironmentStringsW(LPCWSTR lpSrc, LPWSTR lpDst, DWORD nSize)
{
    return expand(lpSrc, lpDst, nSize);
}
