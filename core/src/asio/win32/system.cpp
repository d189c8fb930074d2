// system.hpp for Windows, which knows neither raised privileges by execution nor fork.
#include "system.hpp"

#include <cstdlib>

#include "asio/win32/winsock.hpp"

namespace spindle::system {

std::optional<std::string> trusted_environment(const char* name)
{
    const char* value = std::getenv(name);
    return value != nullptr ? std::optional<std::string>{value} : std::nullopt;
}

void at_fork_in_child(void (*)()) noexcept {}

std::uint32_t process_id() noexcept
{
    return GetCurrentProcessId();
}

bool process_exists(std::uint32_t id) noexcept
{
    const HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, id);
    if (process != nullptr) {
        CloseHandle(process);
    }
    return process != nullptr || GetLastError() == ERROR_ACCESS_DENIED;
}

}  // namespace spindle::system
