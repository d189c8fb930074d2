// A transport provider whose thirty entries do nothing but write down that they were called. With a macro it
// is one of the broken providers that a host has to refuse: BROKEN_VERSION, BROKEN_SLOT, BROKEN_START; or one that
// agrees to the private exchange with the host: OFFERS_EXCHANGE.
// Answers to "WSPStartup function".
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <type_traits>

#include "api/recording_provider.hpp"
#if defined(OFFERS_EXCHANGE)
#include "kernel/offered_exchange.hpp"
#endif

using spindle::test::recorder;
using spindle::test::slot;

namespace {

recorder state;
WSPUPCALLTABLE upcalls;
DWORD entry_id = 0;

template <class Value>
unsigned long long as_number(Value value)
{
    if constexpr (std::is_pointer_v<Value>) {
        return reinterpret_cast<std::uintptr_t>(value);
    } else {
        return static_cast<unsigned long long>(value);
    }
}

template <class Result, class... Arguments>
Result note(slot which, Result success, Result failure, LPINT error, Arguments... arguments)
{
    ++state.calls;
    state.last = which;
    state.argument_count = 0;
    ((state.arguments[state.argument_count++] = as_number(arguments)), ...);
    if (error == nullptr) {
        ++state.missing_errno;
    }
    if (state.fail_with != 0) {
        if (error != nullptr) {
            *error = state.fail_with;
        }
        return failure;
    }
    return success;
}

template <class... Arguments>
int note_int(slot which, LPINT error, Arguments... arguments)
{
    return note(which, 0, int{SOCKET_ERROR}, error, arguments...);
}

void note_buffer(LPWSABUF buffers, DWORD count)
{
    state.first_buffer = buffers != nullptr && count > 0 ? *buffers : WSABUF{};
}

SOCKET new_handle(LPINT error)
{
    return upcalls.lpWPUCreateSocketHandle(entry_id, 0x1234, error);
}

SOCKET WSPAPI on_accept(SOCKET s, sockaddr* name, LPINT length, LPCONDITIONPROC condition, DWORD_PTR data,
                        LPINT error)
{
    const bool good = note_int(slot::accept, error, s, name, length, condition, data) == 0;
    return good ? new_handle(error) : INVALID_SOCKET;
}
INT WSPAPI on_address_to_string(LPSOCKADDR name, DWORD length, LPWSAPROTOCOL_INFOW info, LPWSTR text,
                                LPDWORD size, LPINT error)
{
    state.info = info != nullptr ? *info : WSAPROTOCOL_INFOW{};
    const int result = note_int(slot::address_to_string, error, name, length, info, text, size);
    if (result == 0 && text != nullptr && size != nullptr && *size > 1) {
        text[0] = 'r';
        text[1] = 0;
        *size = 2;
    }
    return result;
}
int WSPAPI on_async_select(SOCKET s, HWND window, unsigned int message, long events, LPINT error)
{
    return note_int(slot::async_select, error, s, window, message, events);
}
int WSPAPI on_bind(SOCKET s, const sockaddr* name, int length, LPINT error)
{
    return note_int(slot::bind, error, s, name, length);
}
int WSPAPI on_cancel(LPINT error)
{
    return note_int(slot::cancel_blocking_call, error);
}
int WSPAPI on_cleanup(LPINT error)
{
    ++state.cleanups;
    return note_int(slot::cleanup, error);
}
int WSPAPI on_close(SOCKET s, LPINT error)
{
    const int result = note_int(slot::close_socket, error, s);
    int ignored = 0;
    return result == 0 ? upcalls.lpWPUCloseSocketHandle(s, &ignored) : result;
}
int WSPAPI on_connect(SOCKET s, const sockaddr* name, int length, LPWSABUF caller, LPWSABUF callee, LPQOS qos,
                      LPQOS group_qos, LPINT error)
{
    return note_int(slot::connect, error, s, name, length, caller, callee, qos, group_qos);
}
int WSPAPI on_duplicate(SOCKET s, DWORD process, LPWSAPROTOCOL_INFOW info, LPINT error)
{
    if (info != nullptr) {
        *info = WSAPROTOCOL_INFOW{};
        info->dwProviderReserved = 77;
        info->szProtocol[0] = 'd';
    }
    return note_int(slot::duplicate_socket, error, s, process, info);
}
int WSPAPI on_enum_events(SOCKET s, WSAEVENT event, LPWSANETWORKEVENTS events, LPINT error)
{
    return note_int(slot::enum_network_events, error, s, event, events);
}
int WSPAPI on_event_select(SOCKET s, WSAEVENT event, long events, LPINT error)
{
    return note_int(slot::event_select, error, s, event, events);
}
BOOL WSPAPI on_overlapped_result(SOCKET s, LPWSAOVERLAPPED overlapped, LPDWORD bytes, BOOL wait,
                                 LPDWORD flags, LPINT error)
{
    return note(slot::get_overlapped_result, BOOL{TRUE}, BOOL{FALSE}, error, s, overlapped, bytes, wait,
                flags);
}
int WSPAPI on_peer_name(SOCKET s, sockaddr* name, LPINT length, LPINT error)
{
    return note_int(slot::get_peer_name, error, s, name, length);
}
int WSPAPI on_sock_name(SOCKET s, sockaddr* name, LPINT length, LPINT error)
{
    return note_int(slot::get_sock_name, error, s, name, length);
}
int WSPAPI on_get_option(SOCKET s, int level, int name, char* value, LPINT length, LPINT error)
{
    return note_int(slot::get_sock_opt, error, s, level, name, value, length);
}
BOOL WSPAPI on_qos_by_name(SOCKET s, LPWSABUF name, LPQOS qos, LPINT error)
{
    return note(slot::get_qos_by_name, BOOL{TRUE}, BOOL{FALSE}, error, s, name, qos);
}
int WSPAPI on_ioctl(SOCKET s, DWORD code, LPVOID in, DWORD in_size, LPVOID out, DWORD out_size, LPDWORD bytes,
                    LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine,
                    LPWSATHREADID thread, LPINT error)
{
#if defined(OFFERS_EXCHANGE)
    if (spindle::test::offered.answer(s, code, in, in_size, out, out_size, bytes)) {
        return 0;
    }
#endif
    return note_int(slot::ioctl, error, s, code, in, in_size, out, out_size, bytes, overlapped, routine,
                    thread);
}
SOCKET WSPAPI on_join_leaf(SOCKET s, const sockaddr* name, int length, LPWSABUF caller, LPWSABUF callee,
                           LPQOS qos, LPQOS group_qos, DWORD flags, LPINT error)
{
    return note_int(slot::join_leaf, error, s, name, length, caller, callee, qos, group_qos, flags) == 0
               ? s
               : INVALID_SOCKET;
}
int WSPAPI on_listen(SOCKET s, int backlog, LPINT error)
{
    return note_int(slot::listen, error, s, backlog);
}
int WSPAPI on_recv(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD bytes, LPDWORD flags,
                   LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine,
                   LPWSATHREADID thread, LPINT error)
{
    note_buffer(buffers, count);
    const auto given = flags != nullptr ? *flags : 0;
    const int result =
        note_int(slot::recv, error, s, buffers, count, bytes, given, overlapped, routine, thread);
    LPBLOCKINGCALLBACK hook = nullptr;
    DWORD_PTR context = 0;
    int ignored = 0;
    if (state.run_hook && upcalls.lpWPUQueryBlockingCallback(entry_id, &hook, &context, &ignored) == 0 &&
        hook != nullptr && hook(context) == FALSE) {
        *error = WSAEINTR;
        return SOCKET_ERROR;
    }
    if (result == 0 && bytes != nullptr) {
        *bytes = 3;
    }
    return result;
}
int WSPAPI on_recv_disconnect(SOCKET s, LPWSABUF data, LPINT error)
{
    return note_int(slot::recv_disconnect, error, s, data);
}
int WSPAPI on_recv_from(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD bytes, LPDWORD flags, sockaddr* from,
                        LPINT from_length, LPWSAOVERLAPPED overlapped,
                        LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, LPWSATHREADID thread, LPINT error)
{
    note_buffer(buffers, count);
    const auto given = flags != nullptr ? *flags : 0;
    const int result = note_int(slot::recv_from, error, s, buffers, count, bytes, given, from, from_length,
                                overlapped, routine, thread);
    if (result == 0 && bytes != nullptr) {
        *bytes = 4;
    }
    return result;
}
int WSPAPI on_select(int count, fd_set* readable, fd_set* writable, fd_set* except, const timeval* timeout,
                     LPINT error)
{
    return note_int(slot::select, error, count, readable, writable, except, timeout);
}
int WSPAPI on_send(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD bytes, DWORD flags,
                   LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine,
                   LPWSATHREADID thread, LPINT error)
{
    note_buffer(buffers, count);
    const int result =
        note_int(slot::send, error, s, buffers, count, bytes, flags, overlapped, routine, thread);
    if (result == 0 && bytes != nullptr) {
        *bytes = 5;
    }
    return result;
}
int WSPAPI on_send_disconnect(SOCKET s, LPWSABUF data, LPINT error)
{
    return note_int(slot::send_disconnect, error, s, data);
}
int WSPAPI on_send_to(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD bytes, DWORD flags, const sockaddr* to,
                      int to_length, LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine,
                      LPWSATHREADID thread, LPINT error)
{
    note_buffer(buffers, count);
    const int result = note_int(slot::send_to, error, s, buffers, count, bytes, flags, to, to_length,
                                overlapped, routine, thread);
    if (result == 0 && bytes != nullptr) {
        *bytes = 6;
    }
    return result;
}
int WSPAPI on_set_option(SOCKET s, int level, int name, const char* value, int length, LPINT error)
{
    return note_int(slot::set_sock_opt, error, s, level, name, value, length);
}
int WSPAPI on_shutdown(SOCKET s, int how, LPINT error)
{
    return note_int(slot::shutdown, error, s, how);
}
SOCKET WSPAPI on_socket(int family, int type, int protocol, LPWSAPROTOCOL_INFOW info, GROUP group,
                        DWORD flags, LPINT error)
{
    state.info = info != nullptr ? *info : WSAPROTOCOL_INFOW{};
    const bool good = note_int(slot::socket, error, family, type, protocol, info, group, flags) == 0;
    return good ? new_handle(error) : INVALID_SOCKET;
}
INT WSPAPI on_string_to_address(LPWSTR text, INT family, LPWSAPROTOCOL_INFOW info, LPSOCKADDR name,
                                LPINT length, LPINT error)
{
    state.info = info != nullptr ? *info : WSAPROTOCOL_INFOW{};
    return note_int(slot::string_to_address, error, text, family, info, name, length);
}

constexpr WSPPROC_TABLE table{
    on_accept,          on_address_to_string, on_async_select, on_bind,
    on_cancel,          on_cleanup,           on_close,        on_connect,
    on_duplicate,       on_enum_events,       on_event_select, on_overlapped_result,
    on_peer_name,       on_sock_name,         on_get_option,   on_qos_by_name,
    on_ioctl,           on_join_leaf,         on_listen,       on_recv,
    on_recv_disconnect, on_recv_from,         on_select,       on_send,
    on_send_disconnect, on_send_to,           on_set_option,   on_shutdown,
    on_socket,          on_string_to_address,
};

}  // namespace

extern "C" {
#pragma GCC visibility push(default)

recorder* spindle_test_recorder()
{
    return &state;
}

#if defined(OFFERS_EXCHANGE)
spindle::test::offered_exchange* spindle_test_offered()
{
    return &spindle::test::offered;
}
#endif

int WSPAPI WSPStartup(WORD version, LPWSPDATA data, LPWSAPROTOCOL_INFOW info, WSPUPCALLTABLE given,
                      LPWSPPROC_TABLE out)
{
    ++state.startups;
    state.version_asked = version;
#if defined(BROKEN_START)
    return WSASYSNOTREADY;
#endif
    *data = WSPDATA{};
    data->wVersion = MAKEWORD(2, 2);
    data->wHighVersion = MAKEWORD(2, 2);
#if defined(BROKEN_VERSION)
    data->wVersion = MAKEWORD(1, 1);
    data->wHighVersion = MAKEWORD(1, 1);
#endif
    upcalls = given;
    void* members[sizeof given / sizeof(void*)];
    std::memcpy(members, &given, sizeof given);
    state.upcalls_missing = static_cast<int>(std::count(std::begin(members), std::end(members), nullptr));
    entry_id = info->dwCatalogEntryId;
    *out = table;
#if defined(BROKEN_SLOT)
    out->lpWSPGetQOSByName = nullptr;
#endif
    return 0;
}

#pragma GCC visibility pop
}
