// Sending and posting to windows, see window_send.hpp.
#include "host/window_send.hpp"

#include "kernel/wait.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace spindle::host {

namespace {

// The window may have gone since the message was sent. Nothing is held during the call, which may end the thread without
// unwinding it.
std::intptr_t call_receiver(const kernel::message& what, bool wide)
{
    kernel::window_procedure procedure;
    {
        const auto target = kernel::find_window(what.window);
        if (!target) {
            return 0;
        }
        procedure = procedure_of(*target);
    }
    return call_procedure(procedure, window_handle(what.window), what.id, what.wparam, what.lparam, wide);
}

// While the calling thread acts on a sent message. A procedure that is left by an exception has not answered.
class acting_on {
public:
    acting_on(kernel::message_queue& own, kernel::sent_message& sent) noexcept : own_(own), sent_(sent) {}
    acting_on(const acting_on&) = delete;
    acting_on& operator=(const acting_on&) = delete;
    ~acting_on()
    {
        sent_.fail();
        own_.end_sent(sent_);
    }

private:
    kernel::message_queue& own_;
    kernel::sent_message& sent_;
};

struct awaited {
    kernel::sent_message& sent;
    kernel::message_queue& own;
    bool block;
};

bool has_come(const void* context)
{
    const auto& wait = *static_cast<const awaited*>(context);
    return wait.sent.finished() || (!wait.block && wait.own.has_sent());
}

constexpr std::chrono::seconds hung_after{5};
constexpr std::chrono::milliseconds shortest_patience{10};

int wait_for_reply(kernel::window& target, const awaited& wait, const sending& how)
{
    const auto patience = how.deadline - kernel::clock::now();
    auto deadline = how.deadline;
    while (!wait.sent.finished()) {
        if (!wait.block) {
            receive_sent(wait.own);
        }
        if (kernel::wait_until(wait.own, &has_come, &wait, deadline, false) ==
            kernel::wait_status::timed_out) {
            if (how.extend && !is_hung(target)) {
                deadline =
                    kernel::clock::now() + std::max<kernel::clock::duration>(patience, shortest_patience);
                continue;
            }
            target.queue->withdraw(wait.sent);
            if (wait.sent.fail()) {
                return ERROR_TIMEOUT;
            }
        }
    }
    return wait.sent.replied() ? 0 : ERROR_INVALID_WINDOW_HANDLE;
}

kernel::object_ref<kernel::sent_message> make_sent(const kernel::message& what, bool wide,
                                                   kernel::sent_message::action act,
                                                   kernel::message_queue* sender)
{
    return kernel::object_ref<kernel::sent_message>(
        new (std::nothrow) kernel::sent_message(what, wide, act != nullptr ? act : &call_receiver, sender));
}

int post_one(kernel::window& target, const kernel::message& content) noexcept
{
    using result = kernel::message_queue::post_result;
    kernel::message addressed = content;
    addressed.window = target.handle();
    switch (target.queue->post(addressed, &target.alive)) {
    case result::done:
        return 0;
    case result::closed:
        return ERROR_INVALID_WINDOW_HANDLE;
    case result::full:
        return ERROR_NOT_ENOUGH_QUOTA;
    case result::no_memory:
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    return ERROR_INVALID_PARAMETER;
}

int post_to_all(const kernel::message& content) noexcept
try {
    for (const auto& each : top_level_windows()) {
        (void)post_one(*each, content);
    }
    return 0;
} catch (const std::bad_alloc&) {
    return ERROR_NOT_ENOUGH_MEMORY;
}

}  // namespace

bool is_hung(const kernel::window& target) noexcept
{
    return kernel::clock::now() - target.queue->last_look() > hung_after;
}

void receive_sent(kernel::message_queue& own)
{
    while (kernel::sent_message* const sent = own.begin_sent()) {
        const acting_on acting(own, *sent);
        sent->reply(sent->act(sent->what, sent->wide));
    }
}

int send_to_window(kernel::window& target, const kernel::message& what, const sending& how, LRESULT& result)
{
    kernel::message_queue* own = kernel::current_message_queue();
    if (own == nullptr) {
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    if (target.queue.get() == own) {
        result = how.act != nullptr ? how.act(what, how.wide)
                                    : call_window(target, what.id, what.wparam, what.lparam, how.wide);
        return 0;
    }
    const auto sent = make_sent(what, how.wide, how.act, own);
    if (!sent) {
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    if (!target.queue->send(*sent, &target.alive)) {
        return ERROR_INVALID_WINDOW_HANDLE;
    }
    const int error = wait_for_reply(target, {*sent, *own, how.block}, how);
    result = sent->result();
    return error;
}

int notify_window(kernel::window& target, const kernel::message& what, bool wide)
{
    if (target.queue.get() == kernel::current_message_queue()) {
        call_window(target, what.id, what.wparam, what.lparam, wide);
        return 0;
    }
    if (must_be_sent(what.id)) {
        return ERROR_MESSAGE_SYNC_ONLY;
    }
    const auto sent = make_sent(what, wide, nullptr, nullptr);
    if (!sent) {
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    return target.queue->send(*sent, &target.alive) ? 0 : ERROR_INVALID_WINDOW_HANDLE;
}

int post_to_window(HWND window, UINT message, WPARAM wparam, LPARAM lparam) noexcept
{
    if (must_be_sent(message)) {
        return ERROR_MESSAGE_SYNC_ONLY;
    }
    const kernel::message content{0, message, wparam, lparam, GetTickCount()};
    if (window == HWND_BROADCAST) {
        return post_to_all(content);
    }
    const auto target = window_of(window);
    return target ? post_one(*target, content) : ERROR_INVALID_WINDOW_HANDLE;
}

bool must_be_sent(UINT message) noexcept
{
    static constexpr std::array<UINT, 7> with_pointers{
        WM_CREATE, WM_SETTEXT, WM_GETTEXT, WM_COPYDATA, WM_NCCREATE, WM_STYLECHANGING, WM_STYLECHANGED};
    return std::find(with_pointers.begin(), with_pointers.end(), message) != with_pointers.end();
}

std::vector<kernel::object_ref<kernel::window>> top_level_windows()
{
    auto windows = kernel::all_windows();
    std::erase_if(windows, [](const auto& each) {
        return each->description.message_only || each->description.parent != 0;
    });
    return windows;
}

}  // namespace spindle::host
