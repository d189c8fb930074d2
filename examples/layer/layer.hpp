// A layered provider to start from: it stands between the programs' sockets and the provider below, counts what goes
// through, and otherwise behaves as if it were not there. It makes socket handles of its own (a layer without IFS
// handles), so that it sees every call and every completion. What the parts share: where the layer stands in a chain,
// what it keeps of a socket, an overlapped request in progress. Plain Winsock, for Linux and Windows; answers to the
// pages "Layered Service Providers", "WSPStartup" and "Upcalls Exposed by Windows Sockets 2 DLL".
#pragma once

#include <winsock2.h>

#include <mswsock.h>
#include <windows.h>
#include <ws2spi.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace layer {

/// Who this provider is: make a new one for a layer of your own (uuidgen), and install it under that.
extern const GUID provider_id;

// --- chain.cpp: the catalog and the provider below ---

struct lower_provider {
    GUID id{};
    HMODULE library = nullptr;
    WSPPROC_TABLE table{};
};

/// The layer's place in one protocol chain.
struct place {
    /// The element of the chain that is this layer: what the layer's upcalls name.
    DWORD own_id = 0;
    lower_provider* below = nullptr;
    /// What the program's sockets are said to be.
    WSAPROTOCOL_INFOW chain{};
    /// What goes down: the same to a layer, its own entry to a base provider.
    WSAPROTOCOL_INFOW passed{};
};

/// The place in the chain that an information structure describes; the provider below is loaded and started if need be.
/// Null: *error says why.
const place* place_in(const WSAPROTOCOL_INFOW& info, int* error);
/// WSPCleanup and unloading of everything below.
void release_lower_providers();

// --- startup.cpp ---

const WSPUPCALLTABLE& upcalls();
/// The last WSPCleanup has begun.
bool is_stopping();
/// Where a line of text goes: the file that COUNTING_LAYER_LOG names, or nowhere.
void write_log(const char* format, ...);

/// Counts a call in, so that the last WSPCleanup can wait for it. False: not started, or stopping.
class call_in_progress {
public:
    call_in_progress();
    ~call_in_progress();
    call_in_progress(const call_in_progress&) = delete;
    call_in_progress& operator=(const call_in_progress&) = delete;
    explicit operator bool() const { return entered_; }

private:
    bool entered_;
};
void wait_for_calls();

/// The thread is in this provider's function: WSPCancelBlockingCall has to go there.
class blocked_in {
public:
    explicit blocked_in(const lower_provider& below);
    ~blocked_in();
    blocked_in(const blocked_in&) = delete;
    blocked_in& operator=(const blocked_in&) = delete;
    /// Of the calling thread; null when it is in none.
    static const lower_provider* innermost();

private:
    const lower_provider* outer_;
};

// --- sockets.cpp: what the layer keeps of a socket ---

struct socket_context {
    SOCKET above = INVALID_SOCKET;  // the program's
    SOCKET below = INVALID_SOCKET;  // the lower provider's
    const place* where = nullptr;
    bool overlapped = false;
    std::atomic<std::uint64_t> sent{0};
    std::atomic<std::uint64_t> received{0};

    std::mutex mutex;  // the rest
    bool associated = false;
    bool duplicate = false;
    bool closed = false;
    unsigned requests = 0;  // not yet completed above
    HWND window = nullptr;  // of WSAAsyncSelect
    unsigned message = 0;

    const WSPPROC_TABLE& table() const { return where->below->table; }
};
using context_ptr = std::shared_ptr<socket_context>;

/// Empty: no socket of this layer.
context_ptr find_socket(SOCKET above);
context_ptr find_by_lower(SOCKET below);
/// A handle of the program's for a socket that the provider below has made; `like` is the one whose properties it has.
/// On failure that socket is closed, *error is why, and the result is INVALID_SOCKET.
SOCKET adopt(SOCKET below, const place& where, bool overlapped, const socket_context* like, int* error,
             bool duplicate = false);
/// One request fewer; the program's handle goes with the last one of a closed socket.
void end_request(socket_context& context);
/// All sockets that the program left open: what they have accepted for sending goes out, requests end.
void close_all_sockets();
void return_all_handles();

/// Runs `call(context, table)` for a socket of the program. Its failure while the last WSPCleanup runs is WSAEINTR: the
/// socket was closed underneath.
template <class Result, class Call>
Result on_socket(SOCKET s, Result failure, LPINT lpErrno, Call&& call)
{
    const call_in_progress entered;
    const context_ptr context = entered ? find_socket(s) : nullptr;
    if (!context) {
        *lpErrno = entered ? WSAENOTSOCK : WSANOTINITIALISED;
        return failure;
    }
    const blocked_in mark(*context->where->below);
    const Result result = call(*context, context->table());
    if (result == failure && is_stopping()) {
        *lpErrno = WSAEINTR;
    }
    return result;
}

// --- requests.cpp: overlapped requests, on a port of the layer's own ---

/// What the program gave an overlapped call.
struct overlapped_arguments {
    LPWSAOVERLAPPED overlapped = nullptr;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine = nullptr;
    LPWSATHREADID thread = nullptr;
};

struct request {
    OVERLAPPED lower{};  // first: what the port gives back
    context_ptr socket;
    overlapped_arguments above;
    WSATHREADID thread{};
    bool own_thread_id = false;
    std::atomic<std::uint64_t>* counter = nullptr;
    ULONG_PTR before = 0;  // what stood in Internal
    DWORD flags = 0;
    bool sends = false;
};

enum class direction { in, out, neither };

/// The record of a request that is about to be made; null: *error says why.
std::unique_ptr<request> begin_request(socket_context& context, const overlapped_arguments& arguments, direction which,
                                       int* error);
/// After the call below: what the program's call returns. A request that was accepted is told of later, even if it is
/// done already: SOCKET_ERROR and WSA_IO_PENDING.
int issued(std::unique_ptr<request> made, int result, LPINT lpErrno);
/// Until the sends in progress are through, or nothing has moved for a while.
void wait_for_sends();
void wait_for_requests();
void stop_port();

// --- readiness.cpp ---

void stop_window();
/// Messages for a socket that came before its context did.
void deliver_early_messages(SOCKET below);

// --- extensions.cpp ---

/// This layer's function of that id; null: there is none.
void* extension_function(const GUID& id);

}  // namespace layer

namespace layer {

// Headers of Windows differ in whether WSPSelect's timeout is constant.
template <class Function>
struct fifth_parameter;
template <class Result, class A, class B, class C, class D, class E, class F>
struct fifth_parameter<Result(WSPAPI*)(A, B, C, D, E, F)> {
    using type = E;
};
using select_timeout = fifth_parameter<LPWSPSELECT>::type;

}  // namespace layer

// The thirty functions, in calls.cpp, readiness.cpp, sockets.cpp, startup.cpp and transfer.cpp.
namespace layer::spi {
SOCKET WSPAPI WSPAccept(SOCKET, sockaddr*, LPINT, LPCONDITIONPROC, DWORD_PTR, LPINT);
INT WSPAPI WSPAddressToString(LPSOCKADDR, DWORD, LPWSAPROTOCOL_INFOW, LPWSTR, LPDWORD, LPINT);
int WSPAPI WSPAsyncSelect(SOCKET, HWND, unsigned int, long, LPINT);
int WSPAPI WSPBind(SOCKET, const sockaddr*, int, LPINT);
int WSPAPI WSPCancelBlockingCall(LPINT);
int WSPAPI WSPCleanup(LPINT);
int WSPAPI WSPCloseSocket(SOCKET, LPINT);
int WSPAPI WSPConnect(SOCKET, const sockaddr*, int, LPWSABUF, LPWSABUF, LPQOS, LPQOS, LPINT);
int WSPAPI WSPDuplicateSocket(SOCKET, DWORD, LPWSAPROTOCOL_INFOW, LPINT);
int WSPAPI WSPEnumNetworkEvents(SOCKET, WSAEVENT, LPWSANETWORKEVENTS, LPINT);
int WSPAPI WSPEventSelect(SOCKET, WSAEVENT, long, LPINT);
BOOL WSPAPI WSPGetOverlappedResult(SOCKET, LPWSAOVERLAPPED, LPDWORD, BOOL, LPDWORD, LPINT);
int WSPAPI WSPGetPeerName(SOCKET, sockaddr*, LPINT, LPINT);
int WSPAPI WSPGetSockName(SOCKET, sockaddr*, LPINT, LPINT);
int WSPAPI WSPGetSockOpt(SOCKET, int, int, char*, LPINT, LPINT);
BOOL WSPAPI WSPGetQOSByName(SOCKET, LPWSABUF, LPQOS, LPINT);
int WSPAPI WSPIoctl(SOCKET, DWORD, LPVOID, DWORD, LPVOID, DWORD, LPDWORD, LPWSAOVERLAPPED,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE, LPWSATHREADID, LPINT);
SOCKET WSPAPI WSPJoinLeaf(SOCKET, const sockaddr*, int, LPWSABUF, LPWSABUF, LPQOS, LPQOS, DWORD, LPINT);
int WSPAPI WSPListen(SOCKET, int, LPINT);
int WSPAPI WSPRecv(SOCKET, LPWSABUF, DWORD, LPDWORD, LPDWORD, LPWSAOVERLAPPED, LPWSAOVERLAPPED_COMPLETION_ROUTINE,
                   LPWSATHREADID, LPINT);
int WSPAPI WSPRecvDisconnect(SOCKET, LPWSABUF, LPINT);
int WSPAPI WSPRecvFrom(SOCKET, LPWSABUF, DWORD, LPDWORD, LPDWORD, sockaddr*, LPINT, LPWSAOVERLAPPED,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE, LPWSATHREADID, LPINT);
int WSPAPI WSPSelect(int, fd_set*, fd_set*, fd_set*, select_timeout, LPINT);
int WSPAPI WSPSend(SOCKET, LPWSABUF, DWORD, LPDWORD, DWORD, LPWSAOVERLAPPED, LPWSAOVERLAPPED_COMPLETION_ROUTINE,
                   LPWSATHREADID, LPINT);
int WSPAPI WSPSendDisconnect(SOCKET, LPWSABUF, LPINT);
int WSPAPI WSPSendTo(SOCKET, LPWSABUF, DWORD, LPDWORD, DWORD, const sockaddr*, int, LPWSAOVERLAPPED,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE, LPWSATHREADID, LPINT);
int WSPAPI WSPSetSockOpt(SOCKET, int, int, const char*, int, LPINT);
int WSPAPI WSPShutdown(SOCKET, int, LPINT);
SOCKET WSPAPI WSPSocket(int, int, int, LPWSAPROTOCOL_INFOW, GROUP, DWORD, LPINT);
INT WSPAPI WSPStringToAddress(LPWSTR, INT, LPWSAPROTOCOL_INFOW, LPSOCKADDR, LPINT, LPINT);
}  // namespace layer::spi
