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
           offered.wake != nullptr && offered.left != nullptr && offered.cancel != nullptr && offered.look != nullptr;
}

// Static, because threads look without holding a provider.
constinit call_gate news_gate;
constinit std::atomic<provider_exchange*> news_owner{nullptr};
constinit std::atomic<void (*)()> news_function{nullptr};

void close_and_empty(call_gate& gate) noexcept
{
    gate.close();
    while (!gate.wait_idle_for(std::chrono::milliseconds(1000))) {
    }
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
        install(offered);
    }
}

bool provider_exchange::join(const exchange::provider_functions& offered) noexcept
{
    if (!every_function_is_there(offered)) {
        return false;
    }
    install(offered);
    return true;
}

void provider_exchange::install(const exchange::provider_functions& offered) noexcept
{
    if (!agreed_.exchange(true)) {
        functions_ = offered;
        source_.functions = &functions_;
        gate_.open();
        offer_news();
    }
}

void provider_exchange::offer_news() noexcept
{
    provider_exchange* nobody = nullptr;
    if (news_owner.compare_exchange_strong(nobody, this)) {
        news_function.store(functions_.look, std::memory_order_relaxed);
        news_gate.open();
    }
}

void provider_exchange::withdraw_news() noexcept
{
    if (news_owner.load() == this) {
        close_and_empty(news_gate);
        news_owner.store(nullptr);
    }
}

void provider_exchange::end() noexcept
{
    if (source_.functions == nullptr) {
        return;
    }
    withdraw_news();
    gate_.close();
    close_loops_of(source_);
    close_and_empty(gate_);
    // An association that was under way may have opened one more; a port whose last handle is being closed is not in
    // the table any more and closes its loop itself.
    close_loops_of(source_);
    while (source_.open_loops.load(std::memory_order_acquire) != 0) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    source_.functions = nullptr;
    functions_ = {};
    agreed_ = false;
}

void provider_exchange::forget_after_fork() noexcept
{
    if (news_owner.load() == this) {
        news_gate.reset_after_fork();
        news_owner.store(nullptr);
    }
    gate_.reset_after_fork();
    agreed_ = false;
    functions_ = {};
    source_.functions = nullptr;
    source_.open_loops.store(0, std::memory_order_relaxed);
}

void look_for_news() noexcept
{
    if (news_gate.is_open() && news_gate.enter()) {
        news_function.load(std::memory_order_relaxed)();
        news_gate.leave();
    }
}

}  // namespace spindle::host
