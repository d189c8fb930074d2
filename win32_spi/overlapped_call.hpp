// One call with a WSAOVERLAPPED: starting it, telling of its end by event, completion routine or port, and settling the
// structure, in the model of whoever made the socket's handle (decision D-8): the host as the kernel of IFS sockets, or
// WPUCompleteOverlappedRequest for others. Answers to the pages WSAOVERLAPPED, WPUCompleteOverlappedRequest, WPUQueueApc
// and "Summary of Overlapped Completion Indication Mechanisms in the SPI"; contract OVL, APC, UP-7 to UP-19.
#pragma once

#include <atomic>
#include <memory>

#include "exchange_provider.hpp"
#include "request_memory.hpp"
#include "spindle/overlapped.hpp"
#include "winsock.hpp"

namespace spindle::spi {

/// How the client wants to hear of the end.
struct overlapped_arguments {
    LPWSAOVERLAPPED overlapped = nullptr;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine = nullptr;
    LPWSATHREADID thread = nullptr;
};

/// The client's WSAOVERLAPPED and the ways to tell of its end. A part of every request of the SPI layer.
class notification {
public:
    /// Errors: invalid_argument: a routine on a socket that has a port (APC-10); fault: no structure, or no thread for
    /// the routine. Throws bad_alloc.
    result<void> prepare(socket& it, const overlapped_arguments& how);
    notification() = default;
    notification(const notification&) = delete;
    notification& operator=(const notification&) = delete;
    ~notification();

    /// The structure becomes pending, its event or the socket non-signalled (OVL-12).
    void begin() noexcept;
    /// Settles the structure and tells the client, once. `at_once`: the call itself returns the success.
    void end(const io_outcome& outcome, bool at_once) noexcept;
    /// The call failed: the structure says why, and nobody is told (UP-22).
    void settle_failure(const io_outcome& outcome) noexcept;
    /// Instead of the status that the outcome's code has in general.
    void say_status(std::uint32_t status) noexcept { status_ = status; }

    [[nodiscard]] LPWSAOVERLAPPED overlapped() const noexcept { return overlapped_; }
    [[nodiscard]] bool has_routine() const noexcept { return routine_ != nullptr; }

private:
    [[nodiscard]] std::uint32_t status_for(const io_outcome& outcome) const noexcept;
    void settle(const io_outcome& outcome, exchange::notify how) noexcept;
    void settle_for_upcall_host(const io_outcome& outcome, exchange::notify how) noexcept;
    void queue_routine(const io_outcome& outcome) noexcept;

    LPWSAOVERLAPPED overlapped_ = nullptr;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine_ = nullptr;
    WSATHREADID thread_{};
    bool own_thread_id_ = false;  // opened here, to be closed here (UP-19)
    exchange::file* file_ = nullptr;  // the socket record's reference
    SOCKET handle_ = 0;
    socket_type type_ = socket_type::stream;
    std::uint32_t status_ = 0;  // 0: by the code
};

/// A request that frees itself when it has finished. Derived classes may add what is to be written at the end.
template <class Request>
class owned_request : public Request {
public:
    virtual ~owned_request() = default;
    static void* operator new(std::size_t size) { return take_request_memory(size); }
    static void operator delete(void* memory, std::size_t size) noexcept { give_request_memory(memory, size); }
    void finish(const io_outcome& outcome) noexcept final
    {
        io_outcome told = outcome;
        write_back(told);
        note.end(told, false);
        delete this;
    }
    /// Writes what the call returns besides bytes, before the client is told; may turn a success into a failure.
    virtual void write_back(io_outcome&) noexcept {}

    notification note;
};
using overlapped_request = owned_request<io_request>;

/// A request without an OVERLAPPED, whose caller waits for its end. Lives on the caller's stack.
template <class Request>
class waited_request final : public Request {
public:
    void finish(const io_outcome& outcome) noexcept override
    {
        outcome_ = outcome;
        done_.store(true, std::memory_order_release);
    }

    /// Starts it by start(request, outcome) and returns when it has ended. Errors: those of the start and of the request; of
    /// the wait, if that was ended before.
    template <class Start>
    result<void> run(socket& it, Start&& start)
    {
        const errc code = start(*this, outcome_);
        if (code != errc::io_pending) {
            return code;
        }
        const auto waited = it.wait_or_cancel(*this, [this] { return done_.load(std::memory_order_acquire); });
        return waited ? result<void>(outcome_.code) : waited;
    }

private:
    io_outcome outcome_;
    std::atomic<bool> done_{false};
};

/// Starts the request by start(request, outcome), which is one of socket's start functions. On success outcome says what the
/// call returns at once. Inside a spi_call. Errors: io_pending and what the start says; message_size comes with outcome.bytes.
template <class Request, class Start>
result<void> run_overlapped(std::unique_ptr<Request> request, io_outcome& outcome, Start&& start)
{
    request->key = request->note.overlapped();
    request->counted = true;
    request->note.begin();
    // Whoever finishes the request frees it, at any moment once it was started.
    Request* started = request.release();
    errc code = start(*started, outcome);
    if (code == errc::io_pending) {
        return errc::io_pending;
    }
    request.reset(started);
    outcome.code = code;
    request->write_back(outcome);
    code = outcome.code;
    const bool told_later = request->note.has_routine() && code == errc::message_size;  // APC-9
    if (code == errc::success || told_later) {
        request->note.end(outcome, true);
        return told_later ? result<void>(errc::io_pending) : result<void>{};
    }
    request->note.settle_failure(outcome);
    return code;
}

/// What WSPGetOverlappedResult reads from a structure, in the model of its socket.
[[nodiscard]] bool is_pending(WSAOVERLAPPED& overlapped) noexcept;
[[nodiscard]] errc outcome_code(WSAOVERLAPPED& overlapped) noexcept;
[[nodiscard]] DWORD outcome_flags(const WSAOVERLAPPED& overlapped) noexcept;
/// Errors: io_incomplete (pending and not to wait), or why the wait ended before the request.
result<void> wait_until_settled(socket& it, WSAOVERLAPPED& overlapped, bool wait);

/// Routines that were queued and will not run any more, after the last cleanup (CLEAN-16).
void drop_queued_routines() noexcept;
void forget_queued_routines_after_fork() noexcept;

}  // namespace spindle::spi
