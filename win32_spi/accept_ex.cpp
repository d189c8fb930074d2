// AcceptEx and GetAcceptExSockaddrs: arguments, the layout of the output buffer, and the form of the refusals (ACX-1 to
// ACX-18). What an accept request does is core's.
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

    [[nodiscard]] void* local() const noexcept { return data + data_size; }
    [[nodiscard]] void* remote() const noexcept { return data + data_size + local_size; }
};

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
        if (output_.local_size != 0) {
            accept_buffer::write(output_.local(), local.data(), static_cast<std::uint32_t>(local.size()));
        }
        accept_buffer::write(output_.remote(), peer.data(), static_cast<std::uint32_t>(peer.size()));
    }

private:
    output_layout output_;
};

void read_block(void* block, DWORD room, sockaddr** address, LPINT length) noexcept
{
    std::int32_t size = 0;
    void* found = accept_buffer::read(block, room, size);
    if (address != nullptr) {
        store(address, static_cast<sockaddr*>(found));
    }
    if (length != nullptr) {
        store(length, size);
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
    if (dwLocalAddressLength > accept_buffer::header_size) {
        read_block(output.local(), dwLocalAddressLength, LocalSockaddr, LocalSockaddrLength);
    }
    if (dwRemoteAddressLength > accept_buffer::header_size) {
        read_block(output.remote(), dwRemoteAddressLength, RemoteSockaddr, RemoteSockaddrLength);
    }
}

}  // namespace spindle::spi
