// See the header. The functions here are what the host calls; they count as calls in progress like any SPI function, so
// that the last WSPCleanup waits for them.
#include "exchange_provider.hpp"

#include <atomic>
#include <cstring>
#include <mutex>

#include "exchange_exports.hpp"
#include "instance.hpp"
#include "spindle/constant_mutex.hpp"
#include "spindle/overlapped.hpp"
#include "upcall_host.hpp"

namespace spindle::exchange {

struct loop {
    std::shared_ptr<event_loop> events;
};

}  // namespace spindle::exchange

namespace spindle::spi {

namespace {

// Written, under the lock, while no socket exists yet: the exchange follows the first WSPStartup at once or comes before
// the first socket.
constinit constant_mutex agreement_lock;
constinit exchange::host_functions kernel_functions{};
constinit std::atomic<const exchange::host_functions*> kernel{nullptr};
constinit std::atomic<bool> asked_host{false};
constinit std::atomic<bool> has_joined{false};
constinit std::uint32_t joined_for = 0;  // a catalog entry

exchange::loop* open_loop(exchange::port* which)
{
    try {
        auto made = std::make_unique<exchange::loop>();
        made->events = the_provider().open_loop([which] {
            if (const auto* host = host_kernel()) {
                host->unattended(which);
            }
        });
        return made->events ? made.release() : nullptr;
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

void close_loop(exchange::loop* which)
{
    const std::unique_ptr<exchange::loop> ended(which);
    the_provider().close_loop(*ended->events);
}

int associate(std::uintptr_t handle, exchange::loop* with, exchange::file* of)
{
    const provider::call in_progress(the_provider());
    const auto found = in_progress ? the_provider().find(handle) : nullptr;
    if (!found) {
        return static_cast<int>(errc::not_socket);
    }
    if ((found->creation_flags() & creation_flag::overlapped) == 0) {
        return static_cast<int>(errc::invalid_argument);
    }
    try {
        if (with != nullptr) {
            if (const auto joined = found->join(with->events); !joined) {
                return joined.error().value();
            }
        }
        record_of(*found).take_port_file(of);
        return 0;
    } catch (const std::bad_alloc&) {
        return static_cast<int>(errc::no_buffer_space);
    }
}

bool turn(exchange::loop* which, std::int32_t timeout_ms)
{
    const provider::call in_progress(the_provider());
    return !in_progress || which->events->turn(timeout_ms);
}

void wake(exchange::loop* which)
{
    which->events->wake();
}

void left(exchange::loop* which)
{
    which->events->left();
}

std::uint32_t cancel(std::uintptr_t handle, const void* overlapped, bool own_only)
{
    const provider::call in_progress(the_provider());
    const auto found = in_progress ? the_provider().find(handle) : nullptr;
    if (!found) {
        return 0;
    }
    const void* self = this_thread_token();
    return static_cast<std::uint32_t>(found->cancel([&](const io_request& each) {
        return each.key != nullptr && (overlapped == nullptr || each.key == overlapped) &&
               (!own_only || each.issuer == self);
    }));
}

void look()
{
    if (const provider::call in_progress(the_provider()); in_progress) {
        the_provider().look_for_news();
    }
}

void agree(const exchange::host_functions& with) noexcept
{
    if (host_kernel() == nullptr) {
        kernel_functions = with;
        kernel.store(&kernel_functions, std::memory_order_release);
    }
}

constexpr exchange::provider_functions functions{exchange::version, open_loop, close_loop, associate, turn,
                                                 wake,              left,      cancel,     look};

}  // namespace

const exchange::host_functions* host_kernel() noexcept
{
    return kernel.load(std::memory_order_acquire);
}

result<void> swap_tables(const void* in, std::size_t in_size, void* out, std::size_t out_size) noexcept
{
    exchange::host_functions offered{};
    if (in == nullptr || out == nullptr || in_size < sizeof offered || out_size < sizeof functions) {
        return errc::fault;
    }
    std::memcpy(&offered, in, sizeof offered);
    if (offered.version != exchange::version) {
        return errc::version_not_supported;
    }
    const std::lock_guard lock(agreement_lock);
    agree(offered);
    std::memcpy(out, &functions, sizeof functions);
    return {};
}

void join_host(const upcall_host& host) noexcept
{
    if (asked_host.load(std::memory_order_acquire) || host_kernel() != nullptr) {
        return;
    }
    // The host's function calls nobody; other threads' first sockets wait for what it says.
    const std::lock_guard lock(agreement_lock);
    const auto join = exports_of_host().join;
    if (asked_host.load(std::memory_order_relaxed) || host_kernel() != nullptr) {
        return;
    }
    exchange::host_functions agreed{};
    if (join != nullptr && join(host.started_entry_id(), host.modify_handle_upcall(), &functions, &agreed)) {
        joined_for = host.started_entry_id();
        has_joined = true;
        agree(agreed);
    }
    asked_host.store(true, std::memory_order_release);
}

void leave_host() noexcept
{
    if (has_joined.exchange(false)) {
        exports_of_host().leave(joined_for);
    }
}

void forget_host_kernel() noexcept
{
    kernel.store(nullptr, std::memory_order_release);
    asked_host = false;
}

void forget_host_kernel_after_fork() noexcept
{
    agreement_lock.reset_after_fork();
    has_joined = false;
    forget_host_kernel();
}

socket_record::~socket_record()
{
    if (auto* held = file_.load(std::memory_order_acquire)) {
        if (const auto* host = host_kernel()) {
            host->release_file(held);
        }
    }
}

exchange::file* socket_record::file_of(std::uintptr_t handle) noexcept
{
    auto* known = file_.load(std::memory_order_acquire);
    const auto* host = host_kernel();
    if (known != nullptr || host == nullptr) {
        return known;
    }
    auto* fresh = host->file_of(handle);
    if (fresh != nullptr && !file_.compare_exchange_strong(known, fresh, std::memory_order_acq_rel)) {
        host->release_file(fresh);
        return known;
    }
    return fresh;
}

// The file object of a handle is one; only the reference may be a second one.
void socket_record::take_port_file(exchange::file* associated) noexcept
{
    exchange::file* none = nullptr;
    if (!file_.compare_exchange_strong(none, associated, std::memory_order_acq_rel)) {
        if (const auto* host = host_kernel()) {
            host->release_file(associated);
        }
    }
    has_port_.store(true, std::memory_order_release);
}

socket_record& record_of(socket& it)
{
    if (it.companion() == nullptr) {
        it.attach(std::make_shared<socket_record>());
    }
    return *static_cast<socket_record*>(it.companion());
}

bool has_port(const socket& it) noexcept
{
    const auto* record = static_cast<const socket_record*>(it.companion());
    return record != nullptr && record->has_port();
}

void share_file(socket& it, std::uintptr_t further)
{
    const auto* host = host_kernel();
    if (host == nullptr) {
        return;
    }
    if (auto* file = record_of(it).file_of(it.handle())) {
        host->share_file(further, file);
    }
}

}  // namespace spindle::spi
