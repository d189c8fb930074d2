// One transport provider library as the host holds it: where it lies, whether it is loaded, its procedure
// table. Which catalog entry leads to which provider is catalog.hpp's matter. Answers to the pages "Service
// Provider Activation" and "WSPStartup" (clauses START-9, 12, 26, MAP-25).
#pragma once

#include "host/provider_exchange.hpp"
#include "host/winsock.hpp"
#include "kernel/sync.hpp"

#include <array>
#include <atomic>
#include <string>
#include <thread>

namespace spindle::host {

/// Extension functions that the host calls itself.
enum class extension : unsigned char { accept_ex, poll, transmit_file, count };

/// One library serves every catalog entry that names its path; it is started once for all of them (START-21).
class provider {
public:
    explicit provider(std::string path) : path_(std::move(path)) {}

    /// Loads and starts the library unless it runs already.
    /// Errors: WSAEPROVIDERFAILEDINIT, WSAEINVALIDPROVIDER, WSAEINVALIDPROCTABLE; the next call tries again.
    /// WSANOTINITIALISED once stop() was called.
    /// Threads: any; one loads, the others wait for it.
    [[nodiscard]] int ensure_started(const WSAPROTOCOL_INFOW& entry) noexcept;
    /// The same for a socket of that entry. A layer's lower sockets are a provider's that the host may not have started.
    [[nodiscard]] int ensure_started(DWORD catalog_entry_id) noexcept
    {
        return state_.load(std::memory_order_acquire) == state::running ? 0 : start_for(catalog_entry_id);
    }

    /// WSPCleanup, if the library runs; it stays mapped. Returns 0 or the code with which the cleanup failed.
    int stop() noexcept;

    /// Unmaps the library after stop(). One whose cleanup failed may still have threads inside and stays
    /// mapped.
    void unload() noexcept;

    /// Valid after ensure_started() returned 0, until unload().
    [[nodiscard]] const WSPPROC_TABLE& table() const noexcept { return table_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// Of the longest chain it was started for; 0: it was not, BASE_PROTOCOL: no layer.
    [[nodiscard]] int chain_length() const noexcept { return chain_length_.load(std::memory_order_relaxed); }
    /// What the provider offers beyond its table; of use only after exchange_scope has let the caller in.
    [[nodiscard]] provider_exchange& exchange() noexcept { return exchange_; }
    /// Whose exchange serves sockets of this provider: another's, if they are handles that it has taken over.
    [[nodiscard]] provider_exchange& exchange_of_sockets() noexcept
    {
        provider* const below = taken_over_from_.load(std::memory_order_relaxed);
        return below == nullptr || exchange_.is_agreed() ? exchange_ : below->exchange_of_sockets();
    }
    void takes_over_from(provider& below) noexcept { taken_over_from_.store(&below, std::memory_order_relaxed); }

    /// Where the address of an extension function is kept once the provider has given it; null until then.
    using any_function = void (*)();
    [[nodiscard]] std::atomic<any_function>& extension_memory(extension which) noexcept
    {
        return extensions_[static_cast<std::size_t>(which)];
    }

    void lock_for_fork() noexcept { mutex_.lock(); }
    void unlock_after_fork() noexcept { mutex_.unlock(); }
    /// In the child: mapped as before, but not started. Called with the lock of lock_for_fork() held.
    void forget_start_after_fork() noexcept;

    provider* next = nullptr;  // in the registry's list

private:
    enum class state : unsigned char { idle, loading, running, stopped };

    [[nodiscard]] int load_and_start(const WSAPROTOCOL_INFOW& entry) noexcept;
    [[nodiscard]] int start_for(DWORD catalog_entry_id) noexcept;
    void close_library() noexcept;

    const std::string path_;
    kernel::static_mutex mutex_;
    kernel::condition changed_;
    std::atomic<state> state_{state::idle};
    std::atomic<int> chain_length_{0};
    std::atomic<provider*> taken_over_from_{nullptr};
    std::thread::id loader_{};
    void* library_ = nullptr;
    bool keep_mapped_ = false;
    WSPPROC_TABLE table_{};
    provider_exchange exchange_;
    std::array<std::atomic<any_function>, static_cast<std::size_t>(extension::count)> extensions_{};
};

/// The provider for a library path, made when first asked for. nullptr: memory is short.
[[nodiscard]] provider* provider_for(const std::string& path) noexcept;

/// The provider that a catalog entry leads to; nullptr when there is no such entry or memory is short.
[[nodiscard]] provider* provider_of_entry(DWORD catalog_entry_id) noexcept;

/// Stops every provider that runs, layers before what they stand on; returns 0 or the first failure. No lock is held
/// during the calls.
int stop_all_providers() noexcept;

/// False: no provider was started for a chain.
[[nodiscard]] bool a_layer_runs() noexcept;

/// Unloads and forgets every provider. Nobody may hold one any more.
void unload_all_providers() noexcept;

void lock_providers_for_fork() noexcept;
void unlock_providers_after_fork(bool in_child) noexcept;

}  // namespace spindle::host
