// Registration of a socket's event with the system's wait threads. Pages: "WSAEventSelect",
// "RegisterWaitForSingleObject", "UnregisterWaitEx".
#include "event_source.hpp"

#include <asio/post.hpp>
#include <utility>

#include "spindle/trace.hpp"
#include "winsock.hpp"

namespace spindle {
namespace {

// A wait that lasts longer is looked at and begun again: at times an event never comes under Wine 8, in some runs of a
// hundred on a busy machine. Why is not known.
constexpr ULONG longest_wait_ms = 4000;

constexpr long all_events = FD_READ | FD_WRITE | FD_OOB | FD_ACCEPT | FD_CONNECT | FD_CLOSE;

}  // namespace

bool event_source::select_events() noexcept
{
    if (signal_ == WSA_INVALID_EVENT) {
        signal_ = ::WSACreateEvent();
    }
    // Asked again each time: the call signals conditions that hold already, of which no further event would
    // come.
    return signal_ != WSA_INVALID_EVENT &&
           ::WSAEventSelect(win32::to_socket(socket_), signal_, all_events) != SOCKET_ERROR;
}

bool event_source::arm(readiness condition, wait_event event) noexcept
{
    end_wait();
    if (!select_events()) {
        return false;
    }
    // A socket that failed or was writable before the selection may not signal again.
    if (native::poll(socket_, condition) != readiness::none) {
        ::WSASetEvent(signal_);
    }
    event_.emplace(std::move(event));
    if (::RegisterWaitForSingleObject(&wait_, signal_, &event_source::on_signal, this, longest_wait_ms,
                                      WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD) == FALSE) {
        wait_ = nullptr;
        event_.reset();
        return false;
    }
    return true;
}

void CALLBACK event_source::on_signal(void* self, BOOLEAN) noexcept
{
    // The loop and this object outlive the callback, because end_wait() waits for it. No lock may be taken
    // here for the same reason.
    auto& source = *static_cast<event_source*>(self);
    try {
        asio::post(source.loop_, std::move(*source.event_));
    } catch (...) {
        trace::write(trace::level::critical, "a readiness event was lost for lack of memory");
    }
}

void event_source::acknowledge() noexcept
{
    WSANETWORKEVENTS ignored{};
    ::WSAEnumNetworkEvents(win32::to_socket(socket_), signal_, &ignored);
}

void event_source::end_wait() noexcept
{
    if (wait_ != nullptr) {
        ::UnregisterWaitEx(std::exchange(wait_, nullptr), INVALID_HANDLE_VALUE);
    }
    event_.reset();
}

void event_source::release() noexcept
{
    end_wait();
    if (signal_ != WSA_INVALID_EVENT) {
        ::WSAEventSelect(win32::to_socket(socket_), nullptr, 0);
        ::WSACloseEvent(std::exchange(signal_, WSA_INVALID_EVENT));
    }
}

}  // namespace spindle
