// ConnectEx and DisconnectEx: arguments and refusals (CNX-1 to CNX-8, DCX-1 to DCX-4).
#include "convert.hpp"
#include "extension_functions.hpp"
#include "extension_table.hpp"
#include "overlapped_call.hpp"

namespace spindle::spi {

namespace {

constexpr DWORD reuse_socket = 2;  // TF_REUSE_SOCKET

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
            waited_request<io_request> waited;
            return waited.run(it, [&](io_request& fresh, io_outcome&) { return it.start_disconnect(fresh, reuse); });
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
