// Network events: WSPAsyncSelect, WSPEventSelect, WSPEnumNetworkEvents. Arguments and what is written back; which events
// there are, and when, is core's.
#include "thunk.hpp"
#include "thunks.hpp"
#include "upcall_host.hpp"

namespace spindle::spi {

namespace {

network_event_target told_by(network_event_target::form form, void* object, SOCKET s, UINT message = 0) noexcept
{
    return {form, reinterpret_cast<std::uintptr_t>(object), message, static_cast<std::uintptr_t>(s)};
}

}  // namespace

// Whether hWnd is a window only the host knows (ASY-1).
int WSPAPI WSPAsyncSelect(SOCKET s, HWND hWnd, unsigned int wMsg, long lEvent, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) {
        return it.select_network_events(told_by(network_event_target::form::message, hWnd, s, wMsg),
                                        static_cast<unsigned>(lEvent));
    });
}

int WSPAPI WSPEventSelect(SOCKET s, WSAEVENT hEventObject, long lNetworkEvents, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) {
        return it.select_network_events(told_by(network_event_target::form::event, hEventObject, s),
                                        static_cast<unsigned>(lNetworkEvents));
    });
}

int WSPAPI WSPEnumNetworkEvents(SOCKET s, WSAEVENT hEventObject, LPWSANETWORKEVENTS lpNetworkEvents,
                                LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) -> result<void> {
        if (lpNetworkEvents == nullptr) {
            return errc::fault;
        }
        const auto taken = hEventObject == nullptr ? it.take_network_events({}) : it.take_network_events([&] {
            return upcalls_of_provider()->reset_event(hEventObject);
        });
        if (!taken) {
            return taken.error();
        }
        store(&lpNetworkEvents->lNetworkEvents, static_cast<LONG>(taken->events));
        for (std::size_t bit = 0; bit < network_event::count; ++bit) {
            if ((taken->events >> bit & 1U) != 0) {
                store(&lpNetworkEvents->iErrorCode[0] + bit, static_cast<int>(taken->errors[bit]));  // EVT-43
            }
        }
        return {};
    });
}

}  // namespace spindle::spi
