// Receives of no bytes, and the registration of a socket's event with the system's wait threads. Pages: "WSARecv",
// "WSAEventSelect", "RegisterWaitForSingleObject", "UnregisterWaitEx".
#include "event_source.hpp"

#include <algorithm>
#include <utility>

#include <asio/post.hpp>
#include <asio/windows/overlapped_ptr.hpp>

#include "spindle/trace.hpp"
#include "winsock.hpp"

namespace spindle {
namespace {

// A wait that lasts longer is looked at again: at times an event never comes under Wine 8, in some runs of a hundred on a
// busy machine. Why is not known.
constexpr ULONG longest_wait_ms = 4000;

constexpr std::array<readiness, event_source::slot_count> slots{readiness::readable, readiness::writable,
                                                                readiness::urgent};
constexpr std::size_t input_slot = 0;

constexpr long connection_events = FD_READ | FD_WRITE | FD_OOB | FD_ACCEPT | FD_CONNECT | FD_CLOSE;
// Accepted connections inherit the selection (page "WSAEventSelect"); of this one nothing happens on them.
constexpr long listener_events = FD_ACCEPT;

}  // namespace

std::size_t event_source::slot_of(readiness condition) noexcept
{
    return static_cast<std::size_t>(std::find(slots.begin(), slots.end() - 1, condition) - slots.begin());
}

bool event_source::arm(readiness condition, wait_event event) noexcept
{
    if (condition == readiness::readable && receive_nothing(event)) {
        return true;
    }
    if (!begin_wait()) {
        return false;
    }
    auto& mine = outstanding_[event.source_slot];
    mine.event.emplace(std::move(event));
    mine.armed.store(true, std::memory_order_release);  // before the selection, which may signal at once
    if (!select_events() && mine.armed.exchange(false, std::memory_order_acq_rel)) {
        mine.event.reset();
        return false;
    }
    // A socket that failed or was writable before the selection may not signal again.
    if (!socket_.is_listener() && native::poll(socket_.handle, condition) != readiness::none) {
        ::SetEvent(signal_);
    }
    return true;
}

// A receive of no bytes ends when there is something to receive, an end or an error, and takes none of it. False where there
// can be no such receive: on what is no connection, or not yet.
bool event_source::receive_nothing(const wait_event& event) noexcept
try {
    if (socket_.in_port == nullptr || socket_.is_listener()) {
        return false;
    }
    const auto socket = win32::to_socket(socket_.handle);
    if (!*socket_.in_port) {
        auto& port = asio::use_service<asio::detail::win_iocp_io_context>(loop_);
        asio::error_code error;
        port.register_handle(reinterpret_cast<HANDLE>(socket), error);
        if (error) {
            return false;
        }
        *socket_.in_port = true;
    }
    asio::windows::overlapped_ptr request(loop_, wait_event(event));
    WSABUF nothing{0, nullptr};
    DWORD bytes = 0;
    DWORD flags = 0;
    receive_ = request.get();
    if (::WSARecv(socket, &nothing, 1, &bytes, &flags, receive_, nullptr) == SOCKET_ERROR &&
        ::WSAGetLastError() != WSA_IO_PENDING) {
        receive_ = nullptr;
        return false;
    }
    request.release();
    return true;
} catch (const std::bad_alloc&) {
    return false;
}

void event_source::acknowledge(std::size_t slot) noexcept
{
    if (slot == input_slot) {
        receive_ = nullptr;
    }
}

// One registration serves all waits of the node: to make one, and to end it, costs more than a wait.
bool event_source::begin_wait() noexcept
{
    if (signal_ == nullptr) {
        signal_ = ::CreateEventW(nullptr, FALSE, FALSE, nullptr);
    }
    if (signal_ != nullptr && wait_ == nullptr &&
        ::RegisterWaitForSingleObject(&wait_, signal_, &event_source::on_signal, this, longest_wait_ms,
                                      WT_EXECUTEINWAITTHREAD) == FALSE) {
        wait_ = nullptr;
    }
    return wait_ != nullptr;
}

// Each time: the call signals conditions that hold already, of which no further event would come.
bool event_source::select_events() noexcept
{
    return ::WSAEventSelect(win32::to_socket(socket_.handle), signal_,
                            socket_.is_listener() ? listener_events : connection_events) != SOCKET_ERROR;
}

void CALLBACK event_source::on_signal(void* self, BOOLEAN) noexcept
{
    // The loop and this object outlive the callback, because release() waits for it. No lock may be taken
    // here for the same reason.
    auto& source = *static_cast<event_source*>(self);
    for (auto& each : source.outstanding_) {
        if (!each.armed.exchange(false, std::memory_order_acq_rel)) {
            continue;
        }
        try {
            asio::post(source.loop_, std::move(*each.event));
        } catch (...) {
            trace::write(trace::level::critical, "a readiness event was lost for lack of memory");
        }
    }
}

readiness event_source::look(readiness wanted) noexcept
{
    if (!socket_.is_listener()) {
        return native::poll(socket_.handle, wanted);
    }
    WSAPOLLFD state{win32::to_socket(socket_.handle), win32::to_events(wanted), 0};
    return ::WSAPoll(&state, 1, 0) > 0 ? win32::from_events(state.revents) : readiness::none;
}

void event_source::release() noexcept
{
    if (receive_ != nullptr) {
        ::CancelIoEx(reinterpret_cast<HANDLE>(win32::to_socket(socket_.handle)), std::exchange(receive_, nullptr));
    }
    if (wait_ != nullptr) {
        ::UnregisterWaitEx(std::exchange(wait_, nullptr), INVALID_HANDLE_VALUE);
    }
    for (auto& each : outstanding_) {
        each.armed.store(false, std::memory_order_relaxed);
        each.event.reset();
    }
    if (signal_ != nullptr) {
        ::WSAEventSelect(win32::to_socket(socket_.handle), nullptr, 0);
        ::CloseHandle(std::exchange(signal_, nullptr));
    }
}

}  // namespace spindle
