// system.hpp for Windows, which knows neither raised privileges by execution nor fork.
#include "system.hpp"

#include <cstdlib>

namespace spindle::system {

std::optional<std::string> trusted_environment(const char* name)
{
    const char* value = std::getenv(name);
    return value != nullptr ? std::optional<std::string>{value} : std::nullopt;
}

void at_fork_in_child(void (*)()) noexcept {}

}  // namespace spindle::system
