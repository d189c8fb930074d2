// Loading, starting, stopping and unloading one provider library, see provider.hpp.
#include "host/provider.hpp"

#include "host/catalog.hpp"
#include "host/module_path.hpp"
#include "host/runtime.hpp"
#include "host/upcalls.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <new>

namespace spindle::host {

namespace {

constexpr WORD required_version = MAKEWORD(2, 2);
constexpr std::size_t slot_count = 30;
static_assert(sizeof(WSPPROC_TABLE) == slot_count * sizeof(void*), "START-11: thirty slots");

constinit std::atomic<bool> layers_were_started{false};

bool every_slot_is_filled(const WSPPROC_TABLE& table) noexcept
{
    void* slots[slot_count];
    std::memcpy(slots, &table, sizeof table);
    return std::none_of(std::begin(slots), std::end(slots), [](const void* slot) { return slot == nullptr; });
}

}  // namespace

bool a_layer_runs() noexcept
{
    return layers_were_started.load(std::memory_order_relaxed);
}

int provider::ensure_started(const WSAPROTOCOL_INFOW& entry) noexcept
{
    if (state_.load(std::memory_order_acquire) == state::running) {
        return 0;
    }
    if (!started()) {
        return WSANOTINITIALISED;
    }
    {
        std::unique_lock lock(mutex_);
        while (state_ == state::loading && loader_ != std::this_thread::get_id()) {
            changed_.wait(lock);
        }
        switch (state_.load()) {
        case state::running:
            return 0;
        case state::stopped:
            return WSANOTINITIALISED;
        case state::loading:
            return WSAEPROVIDERFAILEDINIT;  // its own WSPStartup needs a socket of itself
        case state::idle:
            break;
        }
        state_ = state::loading;
        loader_ = std::this_thread::get_id();
    }
    // Not under the lock: WSPStartup may make upcalls and, in a layer, create sockets.
    const int error = load_and_start(entry);
    std::lock_guard lock(mutex_);
    state_.store(error == 0 ? state::running : state::idle, std::memory_order_release);
    changed_.notify_all();
    return error;
}

int provider::start_for(DWORD catalog_entry_id) noexcept
try {
    catalog_entry entry;
    return find_entry(catalog_entry_id, entry) ? ensure_started(entry.info) : WSAENOTSOCK;
} catch (const std::bad_alloc&) {
    return WSAENOBUFS;
}

int provider::load_and_start(const WSAPROTOCOL_INFOW& entry) noexcept
{
    if (library_ == nullptr) {
        library_ = open_library(path_);
    }
    if (library_ == nullptr) {
        return WSAEPROVIDERFAILEDINIT;
    }
    const auto start = reinterpret_cast<LPWSPSTARTUP>(find_function(library_, "WSPStartup"));
    WSPDATA data{};
    WSPPROC_TABLE table{};
    WSAPROTOCOL_INFOW started_for = entry;
    if (start == nullptr || start(required_version, &data, &started_for, upcall_table(), &table) != 0) {
        close_library();
        return WSAEPROVIDERFAILEDINIT;
    }
    chain_length_ = std::max(chain_length_.load(), entry.ProtocolChain.ChainLen);
    layers_were_started = layers_were_started || chain_length_ > BASE_PROTOCOL;
    const bool complete = every_slot_is_filled(table);
    if (complete && data.wVersion == required_version) {
        table_ = table;
        exchange_.begin(table_);
        return 0;
    }
    int ignored = 0;
    if (table.lpWSPCleanup == nullptr || table.lpWSPCleanup(&ignored) != 0) {
        keep_mapped_ = true;
    }
    close_library();
    return complete ? WSAEINVALIDPROVIDER : WSAEINVALIDPROCTABLE;
}

int provider::stop() noexcept
{
    {
        std::unique_lock lock(mutex_);
        while (state_ == state::loading) {
            changed_.wait(lock);
        }
        if (state_ != state::running) {
            state_ = state::stopped;
            return 0;
        }
        state_ = state::stopped;
    }
    exchange_.end();
    int error = 0;
    if (table_.lpWSPCleanup(&error) == 0) {
        return 0;
    }
    keep_mapped_ = true;
    return error != 0 ? error : WSASYSCALLFAILURE;
}

void provider::unload() noexcept
{
    exchange_.end();  // of a provider whose layers forgot it
    table_ = {};
    close_library();
}

void provider::close_library() noexcept
{
    if (library_ != nullptr && !keep_mapped_) {
        release_library(library_);
    }
    library_ = nullptr;
    keep_mapped_ = false;
}

void provider::forget_start_after_fork() noexcept
{
    state_ = state::idle;
    changed_.reset_after_fork();
    exchange_.forget_after_fork();
    // A load that another thread was in the middle of is not finished by anybody; its mapping is left alone.
    table_ = {};
}

}  // namespace spindle::host
