// AcceptEx and GetAcceptExSockaddrs: arguments, the layout of the output buffer, and the form of the refusals (ACX-1 to
// ACX-18). What an accept request does is core's.
#include <span>

#include "convert.hpp"
#include "extension_functions.hpp"
#include "extension_table.hpp"
#include "overlapped_call.hpp"
#include "spindle/accept_buffer.hpp"

namespace spindle::spi {

namespace {

constexpr std::uint32_t status_buffer_too_small = 0xC0000023;

struct output_layout {
    std::byte* data;
    DWORD data_size;
    DWORD local_size;
    DWORD remote_size;

    [[nodiscard]] std::span<std::byte> local() const noexcept { return {data + data_size, local_size}; }
    [[nodiscard]] std::span<std::byte> remote() const noexcept
    {
        return {data + data_size + local_size, remote_size};
    }
};

std::span<const std::byte> bytes_of(const socket_address& address) noexcept
{
    return {reinterpret_cast<const std::byte*>(address.data()), address.size()};
}

class accept_ex_request final : public owned_request<accept_request> {
public:
    explicit accept_ex_request(const output_layout& output) : output_(output)
    {
        const mutable_buffer whole{output.data, output.data_size};
        use_buffers(mutable_buffers{&whole, 1});
        local_room = output.local_size;
        peer_room = output.remote_size;
    }

    void write_back(io_outcome& outcome) noexcept override
    {
        if (outcome.code == errc::fault) {
            note.say_status(status_buffer_too_small);
        }
        if (outcome.code != errc::success) {
            return;
        }
        // The sizes were checked when the connection was taken (ACX-7).
        (void)accept_buffer::store(output_.local(), bytes_of(local));
        (void)accept_buffer::store(output_.remote(), bytes_of(peer));
    }

private:
    output_layout output_;
};

void read_block(std::span<std::byte> block, sockaddr** address, LPINT length) noexcept
{
    const auto found = accept_buffer::address_in(block);
    if (address != nullptr) {
        store(address, reinterpret_cast<sockaddr*>(found.data()));
    }
    if (length != nullptr) {
        store(length, static_cast<int>(found.size()));
    }
}

}  // namespace

BOOL PASCAL AcceptEx(SOCKET sListenSocket, SOCKET sAcceptSocket, PVOID lpOutputBuffer, DWORD dwReceiveDataLength,
                     DWORD dwLocalAddressLength, DWORD dwRemoteAddressLength, LPDWORD lpdwBytesReceived,
                     LPOVERLAPPED lpOverlapped) noexcept
{
    return extension_call(sListenSocket, [&](socket& listener) -> result<void> {
        if (lpOverlapped == nullptr) {
            return errc::invalid_parameter;
        }
        const auto target = the_provider().find(static_cast<socket_handle>(sAcceptSocket));
        if (!target) {
            return errc::not_socket;
        }
        if (lpOutputBuffer == nullptr || dwRemoteAddressLength == 0) {
            return errc::fault;
        }
        auto request = std::make_unique<accept_ex_request>(output_layout{
            static_cast<std::byte*>(lpOutputBuffer), dwReceiveDataLength, dwLocalAddressLength, dwRemoteAddressLength});
        request->target = target;
        if (auto prepared = request->note.prepare(listener, {lpOverlapped, nullptr, nullptr}); !prepared) {
            return prepared;
        }
        io_outcome outcome;
        auto started = run_overlapped(std::move(request), outcome, [&](accept_request& fresh, io_outcome& at_once) {
            return listener.start_accept(fresh, at_once);
        });
        if (started && lpdwBytesReceived != nullptr) {
            store(lpdwBytesReceived, static_cast<DWORD>(outcome.bytes));
        }
        return started;
    });
}

void PASCAL GetAcceptExSockaddrs(PVOID lpOutputBuffer, DWORD dwReceiveDataLength, DWORD dwLocalAddressLength,
                                 DWORD dwRemoteAddressLength, sockaddr** LocalSockaddr, LPINT LocalSockaddrLength,
                                 sockaddr** RemoteSockaddr, LPINT RemoteSockaddrLength) noexcept
{
    if (lpOutputBuffer == nullptr) {
        return;
    }
    const output_layout output{static_cast<std::byte*>(lpOutputBuffer), dwReceiveDataLength, dwLocalAddressLength,
                               dwRemoteAddressLength};
    if (dwLocalAddressLength != 0) {
        read_block(output.local(), LocalSockaddr, LocalSockaddrLength);
    }
    read_block(output.remote(), RemoteSockaddr, RemoteSockaddrLength);
}

}  // namespace spindle::spi
