// The service thread. Windows has no signals that it would have to be kept from.
#include "asio/service_thread.hpp"

#include <utility>

namespace spindle {

std::thread start_service_thread(std::function<void()> body)
{
    return std::thread{std::move(body)};
}

void yield_to_program_threads() noexcept {}

}  // namespace spindle
