// The private agreement between this project's provider and this project's host: what the kernel does for a base
// provider on Windows and what no upcall offers. The host asks for it right after WSPStartup by a vendor ioctl on no
// socket; a provider that refuses is served through the documented upcalls alone. A provider that a layered provider has
// started, which the host does not see, asks the host itself, see join_function. Plain types only. Answers to the pages
// "WSAOVERLAPPED", "I/O Completion Ports", "CancelIoEx" and contract clauses OVL-8, OVL-14, CP-3 to CP-11, CAN-5 to
// CAN-7, CAN-14.
#pragma once

#include <cstdint>

#include "spindle/blocked_call.hpp"

namespace spindle::exchange {

/// WSPIoctl(INVALID_SOCKET, ioctl_code, ...) with a host_functions as input and a provider_functions as output; both are
/// copied and hold until the provider's last cleanup has returned.
inline constexpr std::uint32_t ioctl_code = 0x98005350U;
inline constexpr std::uint32_t version = 4;

/// Of begin_alertable_wait: nothing falls due by itself.
inline constexpr std::int64_t no_timed_apc = INT64_MAX;

/// The host's object behind a socket handle: its signalled state, its port and key, its notification modes. Counted; a
/// pointer handed to the provider carries a reference that the provider gives back with release_file.
struct file;
/// The host's completion port, as the provider's loop knows it.
struct port;
/// The provider's event loop of one completion port.
struct loop;

/// How the end of a request is told, or not.
enum class notify : std::uint32_t {
    /// Event (unless its low bit only suppresses the packet), else the file's signalled state; packet if associated.
    normal,
    /// The call itself returned success: as normal, but FILE_SKIP_COMPLETION_PORT_ON_SUCCESS keeps the packet back.
    at_once,
    /// A completion routine or nothing at all: Internal and InternalHigh are stored, and that is all.
    settle_only,
};

/// Threads: every function from every thread, without the provider's locks held; none blocks.
struct host_functions {
    std::uint32_t version;

    /// The file object of a socket handle, made at the first call. Null: no such socket, or no memory.
    file* (*file_of)(std::uintptr_t socket);
    void (*release_file)(file* which);
    /// `further`, just made, is another handle of the socket behind `of`, and shares its file object.
    void (*share_file)(std::uintptr_t further, file* of);

    /// A request starts: Internal becomes STATUS_PENDING; unless a routine serves it, its event is reset or, without
    /// one, the file (may be null) becomes non-signalled. `overlapped` points to a WSAOVERLAPPED.
    void (*begin)(file* of, void* overlapped, bool has_routine);
    /// A request ends. Stores `bytes`, then `status` (an NTSTATUS), then notifies; from then on the memory behind
    /// `overlapped` is the client's. `of` may be null (no port, no signalled state).
    void (*complete)(file* of, void* overlapped, std::uint32_t status, std::uintptr_t bytes, notify how);

    /// PostQueuedCompletionStatus on a port HANDLE; false when it is none. For Registered I/O.
    bool (*post)(std::uintptr_t port_handle, std::uint32_t bytes, std::uintptr_t key, void* overlapped);
    /// The descriptor behind a file HANDLE of CreateFile, duplicated for the caller to close; -1 when it is none.
    int (*duplicate_descriptor)(std::uintptr_t file_handle);
    /// The loop has had requests and nobody inside for a while: wake a worker if packets wait. See `left`.
    void (*unattended)(port* which);

    /// The calling thread's last error, for functions without lpErrno (extension functions).
    void (*set_last_error)(std::uint32_t code);
    /// The calling thread is about to wait in a blocking call: until end_alertable_wait, an APC queued to it has
    /// poke(context) called, on any thread and under the host's locks (BLK-16). Returns the nanoseconds until a timer's
    /// APC falls due, of which nobody pokes; 0: some are queued already.
    std::int64_t (*begin_alertable_wait)(void (*poke)(void* context), void* context);
    void (*end_alertable_wait)();
    /// Runs the APCs that are queued to the calling thread, and those that are due.
    void (*run_apcs)();
    /// The calling thread is in this blocking call until end_blocking_call; the last one begun ends first. Meanwhile the
    /// host may have it cancelled.
    void (*begin_blocking_call)(blocked_call* call);
    void (*end_blocking_call)(blocked_call* call);
};

/// Threads: every function from every thread; `turn` of one loop from one thread at a time. After the host's last
/// cleanup began no function but close_loop may be called; close_loop must be called for every loop before WSPCleanup.
struct provider_functions {
    std::uint32_t version;

    /// A loop for the port; null when descriptors or memory are short.
    loop* (*open_loop)(port* which);
    /// Its sockets go on without it (requests complete from the provider's own thread). Nobody is inside.
    void (*close_loop)(loop* which);
    /// The socket's requests complete from this loop from now on, and `of` (one reference is handed over on success)
    /// is what complete() gets. Errors (a WSA code): WSAENOTSOCK, WSAEINVAL (not overlapped, or has a port).
    int (*associate)(std::uintptr_t socket, loop* with, file* of);
    /// Waits at most `timeout_ms` (-1: for ever) for readiness of the loop's sockets or wake(), then serves what became
    /// ready: completes requests on the calling thread. Returns true when it served or was woken, false on time-out.
    bool (*turn)(loop* which, std::int32_t timeout_ms);
    /// Ends the present turn, or the next one at once. Coalesces.
    void (*wake)(loop* which);
    /// The last thread has left the loop to run client code. If nobody has come back a short time (2 ms) later, the
    /// provider serves the loop from a thread of its own and calls unattended(). Cheap when called often.
    void (*left)(loop* which);
    /// Asks for cancellation of the socket's requests: the one with this OVERLAPPED, or all when null; `own_only`: only
    /// those that the calling thread issued. Returns how many were found; they complete with WSA_OPERATION_ABORTED.
    std::uint32_t (*cancel)(std::uintptr_t socket, const void* overlapped, bool own_only);
    /// For a thread that is about to wait for events: tells now what is new of sockets with network events, which the
    /// provider's own thread would tell a little later. Does not wait; next to nothing when there are no such sockets.
    void (*look)();
};

/// The host exports `spindle_exchange_join` and `spindle_exchange_leave`, of these types. `upcall` is the
/// lpWPUModifyIFSHandle of the provider's upcall table: a host agrees only with those that it serves. On true both tables
/// hold until the provider has called leave, which it does when its last cleanup begins; on return of that nobody is
/// inside the provider's functions, and every loop is closed.
using join_function = bool(std::uint32_t catalog_entry_id, const void* upcall, const provider_functions* offered,
                           host_functions* agreed);
using leave_function = void(std::uint32_t catalog_entry_id);

}  // namespace spindle::exchange
