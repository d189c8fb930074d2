// The fifteen upcalls of scripted_host.hpp. They carry no context, so each host that lives has a place in an
// array and a set of functions made for that place.
#include "support/scripted_host.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace spindle::test {
namespace {

constexpr std::size_t place_count = 4;
std::array<scripted_host*, place_count> places{};
std::mutex places_mutex;

}  // namespace

/// The functions of one place. Those that no clause under test needs refuse and are only counted.
template <std::size_t Place>
struct scripted_host::upcalls {
    static scripted_host& host() { return *places[Place]; }

    static BOOL refuse(int* error)
    {
        host().note_call();
        if (error != nullptr) {
            *error = WSAEOPNOTSUPP;
        }
        return FALSE;
    }

    static BOOL WSPAPI close_event(WSAEVENT, LPINT error) { return refuse(error); }
    static BOOL WSPAPI set_event(WSAEVENT, LPINT error) { return refuse(error); }
    static BOOL WSPAPI reset_event(WSAEVENT, LPINT error) { return refuse(error); }
    static WSAEVENT WSPAPI create_event(LPINT error)
    {
        refuse(error);
        return WSA_INVALID_EVENT;
    }
    static int WSPAPI close_handle(SOCKET handle, LPINT error) { return host().close_handle(handle, error); }
    static SOCKET WSPAPI create_handle(DWORD entry, DWORD_PTR context, LPINT error)
    {
        return host().create_handle(entry, context, error);
    }
    static SOCKET WSPAPI modify_handle(DWORD entry, SOCKET proposed, LPINT error)
    {
        return host().modify_handle(entry, proposed, error);
    }
    static int WSPAPI query_context(SOCKET handle, PDWORD_PTR context, LPINT error)
    {
        return host().query_context(handle, context, error);
    }
    static int WSPAPI query_hook(DWORD entry, LPBLOCKINGCALLBACK* function, PDWORD_PTR context, LPINT error)
    {
        return host().query_hook(entry, function, context, error);
    }
    static int WSPAPI is_set(SOCKET handle, fd_set* set)
    {
        host().note_call();
        for (u_int i = 0; set != nullptr && i < set->fd_count; ++i) {
            if (set->fd_array[i] == handle) {
                return 1;
            }
        }
        return 0;
    }
    static int WSPAPI provider_path(LPGUID, WCHAR*, LPINT, LPINT error)
    {
        refuse(error);
        return SOCKET_ERROR;
    }
    static BOOL WSPAPI post_message(HWND window, UINT message, WPARAM first, LPARAM second)
    {
        return host().post_message({window, message, first, second});
    }
    static int WSPAPI queue_apc(LPWSATHREADID, LPWSAUSERAPC, DWORD_PTR, LPINT error)
    {
        refuse(error);
        return SOCKET_ERROR;
    }
    static int WSPAPI open_thread(LPWSATHREADID, LPINT error)
    {
        refuse(error);
        return SOCKET_ERROR;
    }
    static int WSPAPI close_thread(LPWSATHREADID, LPINT error)
    {
        refuse(error);
        return SOCKET_ERROR;
    }

    static WSPUPCALLTABLE table()
    {
        return {close_event,   close_handle,  create_event, create_handle, is_set,
                provider_path, modify_handle, post_message, query_hook,    query_context,
                queue_apc,     reset_event,   set_event,    open_thread,   close_thread};
    }
};

scripted_host::scripted_host()
{
    const std::lock_guard lock(places_mutex);
    for (place_ = 0; place_ < place_count; ++place_) {
        if (places[place_] == nullptr) {
            places[place_] = this;
            // No two hosts that live at the same time give out the same value.
            next_handle_ = 0x4000 + place_ * 0x100'0000;
            return;
        }
    }
    throw std::runtime_error("too many scripted hosts at the same time");
}

scripted_host::~scripted_host()
{
    const std::lock_guard lock(places_mutex);
    places[place_] = nullptr;
}

WSPUPCALLTABLE scripted_host::table() const
{
    static constexpr std::array<WSPUPCALLTABLE (*)(), place_count> tables = {
        upcalls<0>::table, upcalls<1>::table, upcalls<2>::table, upcalls<3>::table};
    return tables.at(place_)();
}

void scripted_host::note_call()
{
    std::function<void()> action;
    {
        const std::lock_guard lock(mutex_);
        ++calls_;
        late_calls_ += finished_ ? 1 : 0;
        action = call_action_;
    }
    if (action) {
        action();
    }
}

SOCKET scripted_host::mint(handle_record record, std::vector<handle_record>& list, int* error)
{
    note_call();
    std::function<SOCKET()> choose;
    {
        const std::lock_guard lock(mutex_);
        if (handle_error_ != 0) {
            *error = handle_error_;
            return INVALID_SOCKET;
        }
        choose = choose_;
    }
    const SOCKET chosen = choose ? choose() : INVALID_SOCKET;
    const std::lock_guard lock(mutex_);
    record.given = choose ? chosen : std::exchange(next_handle_, next_handle_ + 4);
    list.push_back(record);
    return record.given;
}

SOCKET scripted_host::create_handle(DWORD catalog_entry_id, DWORD_PTR context, int* error)
{
    const SOCKET given = mint({catalog_entry_id, context, INVALID_SOCKET, INVALID_SOCKET}, created_, error);
    if (given != INVALID_SOCKET) {
        const std::lock_guard lock(mutex_);
        open_[given] = context;
    }
    return given;
}

SOCKET scripted_host::modify_handle(DWORD catalog_entry_id, SOCKET proposed, int* error)
{
    return mint({catalog_entry_id, 0, proposed, INVALID_SOCKET}, modified_, error);
}

int scripted_host::close_handle(SOCKET handle, int* error)
{
    note_call();
    std::function<void(SOCKET)> action;
    {
        const std::lock_guard lock(mutex_);
        action = close_action_;
    }
    if (action) {
        action(handle);
    }
    const std::lock_guard lock(mutex_);
    if (open_.erase(handle) == 0) {
        ++wrong_closes_;
        *error = WSAENOTSOCK;
        return SOCKET_ERROR;
    }
    closed_.push_back(handle);
    return 0;
}

int scripted_host::query_context(SOCKET handle, DWORD_PTR* context, int* error)
{
    note_call();
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(handle);
    if (found == open_.end()) {
        *error = WSAENOTSOCK;
        return SOCKET_ERROR;
    }
    *context = found->second;
    return 0;
}

int scripted_host::query_hook(DWORD catalog_entry_id, LPBLOCKINGCALLBACK* function, DWORD_PTR* context,
                              int* error)
{
    note_call();
    if (function == nullptr || context == nullptr) {
        *error = WSAEFAULT;
        return SOCKET_ERROR;
    }
    const std::lock_guard lock(mutex_);
    queries_.push_back(catalog_entry_id);
    *function = hook_ ? run_hook : nullptr;
    *context = hook_ ? reinterpret_cast<DWORD_PTR>(this) : 0;
    return 0;
}

BOOL scripted_host::post_message(const posted_message& message)
{
    note_call();
    const std::lock_guard lock(mutex_);
    posted_.push_back(message);
    return TRUE;
}

BOOL CALLBACK scripted_host::run_hook(DWORD_PTR context)
{
    auto& host = *reinterpret_cast<scripted_host*>(context);
    std::function<bool()> hook;
    {
        const std::lock_guard lock(host.mutex_);
        ++host.hook_runs_;
        hook = host.hook_;
    }
    return !hook || hook() ? TRUE : FALSE;
}

void scripted_host::fail_handles_with(int error)
{
    const std::lock_guard lock(mutex_);
    handle_error_ = error;
}

void scripted_host::choose_handles(std::function<SOCKET()> choose)
{
    const std::lock_guard lock(mutex_);
    choose_ = std::move(choose);
}

void scripted_host::when_handle_closes(std::function<void(SOCKET)> action)
{
    const std::lock_guard lock(mutex_);
    close_action_ = std::move(action);
}

void scripted_host::set_blocking_hook(std::function<bool()> hook)
{
    const std::lock_guard lock(mutex_);
    hook_ = std::move(hook);
}

void scripted_host::when_called(std::function<void()> action)
{
    const std::lock_guard lock(mutex_);
    call_action_ = std::move(action);
}

void scripted_host::expect_no_more_calls()
{
    const std::lock_guard lock(mutex_);
    finished_ = true;
}

std::vector<scripted_host::handle_record> scripted_host::created() const
{
    const std::lock_guard lock(mutex_);
    return created_;
}

std::vector<scripted_host::handle_record> scripted_host::modified() const
{
    const std::lock_guard lock(mutex_);
    return modified_;
}

std::vector<SOCKET> scripted_host::closed() const
{
    const std::lock_guard lock(mutex_);
    return closed_;
}

std::size_t scripted_host::open_handles() const
{
    const std::lock_guard lock(mutex_);
    return open_.size();
}

std::size_t scripted_host::wrong_closes() const
{
    const std::lock_guard lock(mutex_);
    return wrong_closes_;
}

std::size_t scripted_host::calls() const
{
    const std::lock_guard lock(mutex_);
    return calls_;
}

std::size_t scripted_host::late_calls() const
{
    const std::lock_guard lock(mutex_);
    return late_calls_;
}

std::vector<DWORD> scripted_host::blocking_queries() const
{
    const std::lock_guard lock(mutex_);
    return queries_;
}

std::vector<scripted_host::posted_message> scripted_host::posted() const
{
    const std::lock_guard lock(mutex_);
    return posted_;
}

std::size_t scripted_host::hook_runs() const
{
    const std::lock_guard lock(mutex_);
    return hook_runs_;
}

}  // namespace spindle::test
