// ConnectEx and DisconnectEx: arguments and refusals (CNX-1 to CNX-8, DCX-1 to DCX-4).
#include <thread>

#include "convert.hpp"
#include "extension_functions.hpp"
#include "extension_table.hpp"
#include "overlapped_call.hpp"

namespace spindle::spi {

namespace {

constexpr DWORD reuse_socket = 2;  // TF_REUSE_SOCKET

/// DisconnectEx without an OVERLAPPED: the caller waits.
class waited_disconnect final : public io_request {
public:
    void finish(const io_outcome& outcome) noexcept override
    {
        code.store(outcome.code, std::memory_order_relaxed);
        done.store(true, std::memory_order_release);
    }

    std::atomic<errc> code{errc::success};
    std::atomic<bool> done{false};
};

result<void> disconnect_and_wait(socket& it, bool reuse)
{
    waited_disconnect request;
    if (const auto code = it.start_disconnect(request, reuse); code != errc::io_pending) {
        return code;
    }
    const auto waited = it.wait_for_requests([&] { return request.done.load(std::memory_order_acquire); });
    if (!waited) {
        // The request lives on this stack: it must have finished before the return.
        it.cancel([&](const io_request& each) { return &each == &request; });
        while (!request.done.load(std::memory_order_acquire)) {
            std::this_thread::yield();  // another thread is in the middle of finish()
        }
        return waited;
    }
    return request.code.load(std::memory_order_relaxed);
}

}  // namespace

BOOL PASCAL ConnectEx(SOCKET s, const sockaddr* name, int namelen, PVOID lpSendBuffer, DWORD dwSendDataLength,
                      LPDWORD lpdwBytesSent, LPOVERLAPPED lpOverlapped) noexcept
{
    return extension_call(s, [&](socket& it) -> result<void> {
        if (lpOverlapped == nullptr) {
            return errc::invalid_parameter;
        }
        const auto peer = read_address(name, namelen);
        if (!peer) {
            return peer.error();
        }
        auto request = std::make_unique<owned_request<connect_request>>();
        request->peer = *peer;
        if (lpSendBuffer != nullptr) {
            const const_buffer whole{lpSendBuffer, dwSendDataLength};
            request->use_buffers(const_buffers{&whole, 1});
        }
        if (auto prepared = request->note.prepare(it, {lpOverlapped, nullptr, nullptr}); !prepared) {
            return prepared;
        }
        io_outcome outcome;
        auto started = run_overlapped(std::move(request), outcome,
                                      [&](connect_request& fresh, io_outcome&) { return it.start_connect(fresh); });
        if (started && lpdwBytesSent != nullptr) {
            store(lpdwBytesSent, static_cast<DWORD>(outcome.bytes));
        }
        return started;
    });
}

BOOL PASCAL DisconnectEx(SOCKET s, LPOVERLAPPED lpOverlapped, DWORD dwFlags, DWORD dwReserved) noexcept
{
    return extension_call(s, [&](socket& it) -> result<void> {
        if (dwReserved != 0 || (dwFlags & ~reuse_socket) != 0) {
            return errc::invalid_argument;
        }
        const bool reuse = (dwFlags & reuse_socket) != 0;
        if (lpOverlapped == nullptr) {
            return disconnect_and_wait(it, reuse);
        }
        auto request = std::make_unique<overlapped_request>();
        if (auto prepared = request->note.prepare(it, {lpOverlapped, nullptr, nullptr}); !prepared) {
            return prepared;
        }
        io_outcome outcome;
        return run_overlapped(std::move(request), outcome, [&](io_request& fresh, io_outcome&) {
            return it.start_disconnect(fresh, reuse);
        });
    });
}

}  // namespace spindle::spi
