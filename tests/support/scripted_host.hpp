// A loader of the provider that does what a test tells it: an upcall table whose handles, failures and
// blocking hook are scripted and whose every call is written down. It stands for ws2_32 (Winsock SPI:
// WSPUPCALLTABLE) and knows nothing of the provider under test.
#pragma once

#include <winsock2.h>
#include <ws2spi.h>

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

namespace spindle::test {

class scripted_host {
public:
    /// What the host was asked to make a handle of, and what it gave.
    struct handle_record {
        DWORD catalog_entry_id = 0;
        DWORD_PTR context = 0;             ///< WPUCreateSocketHandle's; 0 for WPUModifyIFSHandle
        SOCKET proposed = INVALID_SOCKET;  ///< WPUModifyIFSHandle's; INVALID_SOCKET for WPUCreateSocketHandle
        SOCKET given = INVALID_SOCKET;
    };

    /// What WPUPostMessage was called with.
    struct posted_message {
        HWND window = nullptr;
        UINT message = 0;
        WPARAM socket = 0;
        LPARAM event_and_code = 0;
    };

    /// Takes one of the few places for hosts that live at the same time; throws std::runtime_error when all
    /// are taken.
    scripted_host();
    scripted_host(const scripted_host&) = delete;
    scripted_host& operator=(const scripted_host&) = delete;
    ~scripted_host();

    /// This host's fifteen functions.
    [[nodiscard]] WSPUPCALLTABLE table() const;

    // The script. Each may be changed at any time.

    /// Every making of a handle fails with this code until it is 0 again.
    void fail_handles_with(int error);
    /// Chooses the value of the next handles; without it they are multiples of 4 that never come again.
    void choose_handles(std::function<SOCKET()> choose);
    /// Called inside WPUCloseSocketHandle, before the handle is given up.
    void when_handle_closes(std::function<void(SOCKET)> action);
    /// The hook that WPUQueryBlockingCallback reports for every thread; its result TRUE goes on, FALSE
    /// cancels.
    void set_blocking_hook(std::function<bool()> hook);
    /// Called inside each of the upcalls, whichever it is.
    void when_called(std::function<void()> action);
    /// From now on every upcall is counted as one that came too late.
    void expect_no_more_calls();

    // The record.

    [[nodiscard]] std::vector<handle_record> created() const;
    [[nodiscard]] std::vector<handle_record> modified() const;
    [[nodiscard]] std::vector<SOCKET> closed() const;
    /// Handles created and not yet closed.
    [[nodiscard]] std::size_t open_handles() const;
    /// WPUCloseSocketHandle calls on a handle that was not open.
    [[nodiscard]] std::size_t wrong_closes() const;
    [[nodiscard]] std::size_t calls() const;
    [[nodiscard]] std::size_t late_calls() const;
    /// The catalog entry ids WPUQueryBlockingCallback was asked with, in order.
    [[nodiscard]] std::vector<DWORD> blocking_queries() const;
    [[nodiscard]] std::size_t hook_runs() const;
    [[nodiscard]] std::vector<posted_message> posted() const;

private:
    template <std::size_t Place>
    struct upcalls;
    static BOOL CALLBACK run_hook(DWORD_PTR context);

    void note_call();
    SOCKET mint(handle_record record, std::vector<handle_record>& list, int* error);
    SOCKET create_handle(DWORD catalog_entry_id, DWORD_PTR context, int* error);
    SOCKET modify_handle(DWORD catalog_entry_id, SOCKET proposed, int* error);
    int close_handle(SOCKET handle, int* error);
    int query_context(SOCKET handle, DWORD_PTR* context, int* error);
    BOOL post_message(const posted_message& message);
    int query_hook(DWORD catalog_entry_id, LPBLOCKINGCALLBACK* function, DWORD_PTR* context, int* error);

    std::size_t place_ = 0;
    mutable std::mutex mutex_;
    int handle_error_ = 0;
    bool finished_ = false;
    std::function<SOCKET()> choose_;
    std::function<void(SOCKET)> close_action_;
    std::function<bool()> hook_;
    std::function<void()> call_action_;
    SOCKET next_handle_ = 0;
    std::map<SOCKET, DWORD_PTR> open_;
    std::vector<handle_record> created_;
    std::vector<handle_record> modified_;
    std::vector<SOCKET> closed_;
    std::vector<DWORD> queries_;
    std::size_t wrong_closes_ = 0;
    std::size_t calls_ = 0;
    std::size_t late_calls_ = 0;
    std::size_t hook_runs_ = 0;
    std::vector<posted_message> posted_;
};

}  // namespace spindle::test
