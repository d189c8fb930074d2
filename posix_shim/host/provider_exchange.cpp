// Asking a provider for the agreement and ending it, see provider_exchange.hpp.
#include "host/provider_exchange.hpp"

#include "host/exchange.hpp"
#include "kernel/handle_table.hpp"

#include <algorithm>
#include <thread>

namespace spindle::host {

namespace {

bool every_function_is_there(const exchange::provider_functions& offered) noexcept
{
    return offered.version == exchange::version && offered.open_loop != nullptr &&
           offered.close_loop != nullptr && offered.associate != nullptr && offered.turn != nullptr &&
           offered.wake != nullptr && offered.left != nullptr && offered.cancel != nullptr;
}

void close_loops_of(const kernel::loop_source& source) noexcept
{
    kernel::handles.for_each(
        kernel::object_kind::completion_port, [&source](std::uint32_t handle, std::uintptr_t) {
            if (const auto port = kernel::handles.find<kernel::completion_port>(handle)) {
                port->give_up_loop(&source);
            }
        });
}

}  // namespace

void provider_exchange::begin(const WSPPROC_TABLE& table) noexcept
{
    exchange::host_functions mine = host_functions();
    exchange::provider_functions offered{};
    DWORD returned = 0;
    int error = 0;
    if (table.lpWSPIoctl(INVALID_SOCKET, exchange::ioctl_code, &mine, sizeof mine, &offered, sizeof offered,
                         &returned, nullptr, nullptr, nullptr, &error) == 0 &&
        returned == sizeof offered && every_function_is_there(offered)) {
        functions_ = offered;
        source_.functions = &functions_;
        gate_.open();
    }
}

void provider_exchange::end() noexcept
{
    if (source_.functions == nullptr) {
        return;
    }
    gate_.close();
    close_loops_of(source_);
    while (!gate_.wait_idle_for(std::chrono::milliseconds(1000))) {
    }
    // An association that was under way may have opened one more; a port whose last handle is being closed is not in
    // the table any more and closes its loop itself.
    close_loops_of(source_);
    while (source_.open_loops.load(std::memory_order_acquire) != 0) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    source_.functions = nullptr;
    functions_ = {};
}

void provider_exchange::forget_after_fork() noexcept
{
    gate_.reset_after_fork();
    functions_ = {};
    source_.functions = nullptr;
    source_.open_loops.store(0, std::memory_order_relaxed);
}

}  // namespace spindle::host
