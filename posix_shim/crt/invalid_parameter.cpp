// What happens when a function of the run-time is called with arguments that it does not allow. Answers to the pages
// "Parameter Validation" and "_set_invalid_parameter_handler".
#include "crt/crt.hpp"
#include "host/file_name.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <utility>

using namespace spindle;

namespace {

constinit std::atomic<_invalid_parameter_handler> process_handler{nullptr};
constinit thread_local _invalid_parameter_handler thread_handler
    __attribute__((tls_model("initial-exec"))) = nullptr;

}  // namespace

namespace spindle::crt {

void report_invalid_parameter(int error) noexcept
{
    const _invalid_parameter_handler handler = thread_handler != nullptr ? thread_handler : process_handler.load();
    if (handler == nullptr) {
        constexpr char message[] = "invalid parameter passed to a C run-time function\n";
        (void)!write(STDERR_FILENO, message, sizeof message - 1);
        std::abort();
    }
    errno = error;
    handler(nullptr, nullptr, nullptr, 0, 0);
    errno = error;
}

std::optional<std::string> native_path(const std::string& name)
{
    host::native_path path = host::to_native(name);
    if (path.error != 0) {
        errno = ENOENT;
        return std::nullopt;
    }
    return std::move(path.text);
}

}  // namespace spindle::crt

_invalid_parameter_handler _set_invalid_parameter_handler(_invalid_parameter_handler handler)
{
    return process_handler.exchange(handler);
}

_invalid_parameter_handler _get_invalid_parameter_handler()
{
    return process_handler.load();
}

_invalid_parameter_handler _set_thread_local_invalid_parameter_handler(_invalid_parameter_handler handler)
{
    return std::exchange(thread_handler, handler);
}

_invalid_parameter_handler _get_thread_local_invalid_parameter_handler()
{
    return thread_handler;
}
