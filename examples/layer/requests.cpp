// Overlapped requests: the provider below gets an OVERLAPPED of the layer's own and completes it on the layer's
// completion port; a thread takes it from there, counts, and completes the program's. An event or a port of the
// program's is the host's to serve (WPUCompleteOverlappedRequest), a completion routine goes to the program's thread
// (WPUQueueApc). Answers to the pages of these two, "WSAOVERLAPPED" and "LPWSPSEND".
#include "layer.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <list>
#include <thread>

namespace layer {

namespace {

constexpr auto patience = std::chrono::seconds(10);

// A routine on its way to the program's thread.
struct queued_routine {
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    LPWSAOVERLAPPED overlapped;
    DWORD error;
    DWORD bytes;
    DWORD flags;
};

struct request_state {
    std::mutex mutex;
    std::condition_variable changed;
    HANDLE port = nullptr;
    std::thread worker;
    unsigned sends = 0;
    unsigned all = 0;
    std::list<queued_routine> routines;
};

request_state& state()
{
    static request_state it;
    return it;
}

struct outcome {
    DWORD error;
    DWORD bytes;
    DWORD flags;
};

// What the port says in Win32's words of a request whose socket is closed, so that its provider cannot be asked.
DWORD winsock_code(DWORD error)
{
    static const struct {
        DWORD system;
        DWORD winsock;
    } table[] = {{ERROR_NETNAME_DELETED, WSAECONNRESET},      {ERROR_CONNECTION_ABORTED, WSAECONNABORTED},
                 {ERROR_CONNECTION_REFUSED, WSAECONNREFUSED}, {ERROR_MORE_DATA, WSAEMSGSIZE},
                 {ERROR_SEM_TIMEOUT, WSAETIMEDOUT},           {ERROR_PORT_UNREACHABLE, WSAECONNRESET}};
    const auto* const found = std::find_if(std::begin(table), std::end(table),
                                           [error](const auto& row) { return row.system == error; });
    return found != std::end(table) ? found->winsock : error;
}

outcome outcome_of(request& ended, DWORD system_error, DWORD bytes)
{
    outcome result{system_error, bytes, 0};
    if (system_error == 0 && ended.sends) {
        return result;
    }
    int error = 0;
    const BOOL told = ended.socket->table().lpWSPGetOverlappedResult(
        ended.socket->below, reinterpret_cast<LPWSAOVERLAPPED>(&ended.lower), &result.bytes, FALSE,
        &result.flags, &error);
    if (told == FALSE) {
        result.error = error == WSAENOTSOCK ? winsock_code(system_error) : static_cast<DWORD>(error);
        result.bytes = error == WSAENOTSOCK ? bytes : result.bytes;
    }
    return result;
}

void CALLBACK run_routine(DWORD_PTR context)
{
    queued_routine call{};
    {
        const std::lock_guard<std::mutex> lock(state().mutex);
        auto& routines = state().routines;
        const auto found =
            std::find_if(routines.begin(), routines.end(), [context](const queued_routine& each) {
                return reinterpret_cast<DWORD_PTR>(&each) == context;
            });
        if (found == routines.end()) {
            return;
        }
        call = *found;
        routines.erase(found);
    }
    call.routine(call.error, call.bytes, call.overlapped, call.flags);
}

// Flags and error are the layer's to store, and after the notification nothing is.
void settle(const request& ended, const outcome& how, bool tell)
{
    const LPWSAOVERLAPPED above = ended.above.overlapped;
    const SOCKET s = ended.socket->above;
    int error = 0;
    above->Offset = how.flags;
    above->OffsetHigh = how.error;
    if (tell && ended.above.routine == nullptr &&
        WPUCompleteOverlappedRequest(s, above, how.error, how.bytes, &error) == 0) {
        return;
    }
    above->InternalHigh = how.bytes;
    // As the system spells a code of Win32 or Winsock in a status.
    const ULONG_PTR status = how.error == 0 ? 0 : 0xC0070000U | how.error;
    std::atomic_ref(above->Internal).store(status, std::memory_order_release);
    if (!tell || ended.above.routine == nullptr) {
        return;
    }
    queued_routine* queued = nullptr;
    {
        const std::lock_guard<std::mutex> lock(state().mutex);
        state().routines.push_back({ended.above.routine, above, how.error, how.bytes, how.flags});
        queued = &state().routines.back();
    }
    WSATHREADID thread = ended.thread;
    if (upcalls().lpWPUQueueApc(&thread, run_routine, reinterpret_cast<DWORD_PTR>(queued), &error) != 0) {
        const std::lock_guard<std::mutex> lock(state().mutex);  // that thread is gone
        state().routines.remove_if([queued](const queued_routine& each) { return &each == queued; });
    }
}

void forget(request& ended)
{
    if (ended.own_thread_id) {
        int ignored = 0;
        upcalls().lpWPUCloseThread(&ended.thread, &ignored);
    }
    end_request(*ended.socket);
    const std::lock_guard<std::mutex> lock(state().mutex);
    state().sends -= ended.sends ? 1U : 0U;
    --state().all;
    state().changed.notify_all();
}

// At the last cleanup nobody is told, and the structures say how it came out all the same.
void finish(std::unique_ptr<request> ended, DWORD system_error, DWORD bytes)
{
    const outcome how = outcome_of(*ended, system_error, bytes);
    if (how.error == 0 && ended->counter != nullptr) {
        *ended->counter += how.bytes;
    }
    settle(*ended, how, !is_stopping());
    forget(*ended);
}

void serve(HANDLE port)
{
    for (;;) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED* lower = nullptr;
        const BOOL good = GetQueuedCompletionStatus(port, &bytes, &key, &lower, INFINITE);
        const DWORD error = good != FALSE ? 0 : GetLastError();
        if (lower == nullptr) {
            return;
        }
        finish(std::unique_ptr<request>(reinterpret_cast<request*>(lower)), error, bytes);
    }
}

// Returns 0 or why the socket cannot have the port.
int join_port(socket_context& context)
{
    {
        const std::lock_guard<std::mutex> lock(state().mutex);
        if (state().port == nullptr) {
            state().port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0);
            if (state().port == nullptr) {
                return WSAENOBUFS;
            }
            state().worker = std::thread(serve, state().port);
        }
    }
    const std::lock_guard<std::mutex> lock(context.mutex);
    if (!context.associated &&
        CreateIoCompletionPort(reinterpret_cast<HANDLE>(context.below), state().port, 0, 0) == nullptr &&
        !(context.duplicate &&
          GetLastError() == ERROR_INVALID_PARAMETER)) {  // the first handle has joined it
        return WSAENOBUFS;
    }
    context.associated = true;
    return 0;
}

// A caller that is no host may leave the thread out.
bool keep_thread(request& made)
{
    int error = 0;
    if (made.above.thread != nullptr) {
        made.thread = *made.above.thread;
        return true;
    }
    made.own_thread_id = upcalls().lpWPUOpenCurrentThread(&made.thread, &error) == 0;
    return made.own_thread_id;
}

}  // namespace

std::unique_ptr<request> begin_request(socket_context& context, const overlapped_arguments& arguments,
                                       direction which, int* error)
{
    *error = join_port(context);
    auto made = *error == 0 ? std::make_unique<request>() : nullptr;
    if (!made) {
        return nullptr;
    }
    made->socket = find_socket(context.above);
    made->above = arguments;
    if (made->socket == nullptr || (arguments.routine != nullptr && !keep_thread(*made))) {
        *error = made->socket == nullptr ? WSAENOTSOCK : WSAENOBUFS;
        return nullptr;
    }
    int ignored = 0;
    const auto event = reinterpret_cast<ULONG_PTR>(arguments.overlapped->hEvent) & ~ULONG_PTR{1};
    if (arguments.routine == nullptr && event != 0) {
        upcalls().lpWPUResetEvent(reinterpret_cast<WSAEVENT>(event), &ignored);
    }
    made->before = arguments.overlapped->Internal;
    std::atomic_ref(arguments.overlapped->Internal)
        .store(WSS_OPERATION_IN_PROGRESS, std::memory_order_release);
    {
        const std::lock_guard<std::mutex> lock(context.mutex);
        ++context.requests;
    }
    made->sends = which == direction::out;
    made->counter = which == direction::out  ? &context.sent
                    : which == direction::in ? &context.received
                                             : nullptr;
    const std::lock_guard<std::mutex> lock(state().mutex);
    ++state().all;
    state().sends += made->sends ? 1U : 0U;
    return made;
}

int issued(std::unique_ptr<request> made, int result, LPINT lpErrno)
{
    if (result == 0 || *lpErrno == WSA_IO_PENDING) {
        (void)made.release();  // the port's thread has it
        *lpErrno = WSA_IO_PENDING;
        return SOCKET_ERROR;
    }
    made->above.overlapped->Internal = made->before;
    forget(*made);
    return SOCKET_ERROR;
}

void wait_for_sends()
{
    std::unique_lock<std::mutex> lock(state().mutex);
    while (state().sends != 0) {
        const unsigned before = state().sends;
        if (!state().changed.wait_for(lock, patience, [before] { return state().sends != before; })) {
            return;
        }
    }
}

void wait_for_requests()
{
    std::unique_lock<std::mutex> lock(state().mutex);
    state().changed.wait(lock, [] { return state().all == 0; });
}

void stop_port()
{
    HANDLE port = nullptr;
    {
        const std::lock_guard<std::mutex> lock(state().mutex);
        std::swap(port, state().port);
    }
    if (port == nullptr) {
        return;
    }
    PostQueuedCompletionStatus(port, 0, 0, nullptr);
    state().worker.join();
    CloseHandle(port);
    const std::lock_guard<std::mutex> lock(state().mutex);
    state().routines.clear();  // of threads that did not come to run them
}

}  // namespace layer
