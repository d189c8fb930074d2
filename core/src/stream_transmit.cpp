// Stream sockets: transmissions (pages "TransmitFile", "TransmitPackets"). They take their place in the line of senders like
// every overlapped send; here is what the system is given of one request, of either kind. Contract TXF-1 to TXF-8, LNX-20.
#include <algorithm>
#include <array>

#include "provider_life.hpp"
#include "stream_socket.hpp"
#include "transmission.hpp"

namespace spindle {
namespace {

/// A peer that reads as fast as a file is sent must not keep the thread from its other sockets.
constexpr std::size_t most_in_a_row = std::size_t{8} * 1024 * 1024;
constexpr std::size_t staging_size = std::size_t{32} * 1024;

const_buffers as_const(mutable_buffers buffers) noexcept
{
    // The two structures have one layout (buffer.hpp); the send only reads.
    static_assert(sizeof(const_buffer) == sizeof(mutable_buffer));
    return {reinterpret_cast<const const_buffer*>(buffers.data()), buffers.size()};
}

}  // namespace

errc stream_socket::start_transmit(transmit_request& request, io_outcome& outcome)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    if (const auto code = check_send(request.flags); code != errc::success) {
        return code;
    }
    if (request.reuse && !request.disconnect) {
        return errc::invalid_argument;
    }
    if (const auto settled = transmission::settle(request.parts); !settled) {
        return to_errc(settled.error());
    }
    request.work_ = io_request::work::transmit;
    request_list finished;
    const auto code = start_send_in_line(request, outcome, finished);
    tell(finished);
    return code;
}

std::size_t stream_socket::size_of(const io_request& request) noexcept
{
    return request.work_ == io_request::work::transmit
               ? transmission::total(static_cast<const transmit_request&>(request).parts)
               : total_size(request.buffers());
}

bool stream_socket::disconnects(const io_request& request) noexcept
{
    return request.work_ == io_request::work::transmit &&
           static_cast<const transmit_request&>(request).disconnect;
}

// Gives the system what it takes of the request; what it has of it then. Under send_mutex_.
result<std::size_t> stream_socket::push_request(io_request& request)
{
    if (request.work_ == io_request::work::transmit) {
        return push_parts(static_cast<transmit_request&>(request));
    }
    return push(as_const(request.buffers()), request.done_, (request.flags & message_flag::out_of_band) != 0);
}

result<std::size_t> stream_socket::push_parts(transmit_request& request)
{
    std::size_t done = request.done_;
    const std::size_t pause_at = done + most_in_a_row;
    for (;;) {
        const auto at = transmission::locate(request.parts, done);
        if (at.part == request.parts.size() || (done >= pause_at && post_output())) {
            return done;
        }
        auto& part = request.parts[at.part];
        auto file_failure = errc::success;
        const auto sent = push_part(part, at.within, file_failure);
        if (!sent && is_would_block(sent.error())) {
            return done;
        }
        if (!sent) {
            const auto code = file_failure != errc::success ? file_failure : note_send_failure(sent.error());
            if (done > 0 && !has(state::broken)) {
                tear_message();
            }
            return code;
        }
        if (*sent == 0) {
            part.length = at.within;  // the file has become shorter meanwhile
        }
        done += *sent;
    }
}

// 0 bytes: the file ends here. A failure to read is told apart from one of the connection.
result<std::size_t> stream_socket::push_part(const transmit_part& part, std::size_t within,
                                             errc& file_failure)
{
    const std::size_t rest = part.length - within;
    if (!part.file) {
        const const_buffer memory{static_cast<const std::byte*>(part.memory.data) + within, rest};
        return lower().send({&memory, 1}, transfer_flags::none, nullptr);
    }
    const std::uint64_t offset = *part.offset + within;
    auto sent = lower().send_file(*part.file, offset, rest);
    if (sent || sent.error() != make_error_code(errc::operation_not_supported)) {
        return sent;
    }
    std::array<std::byte, staging_size> staging;
    const auto got = part.file->read_at(offset, {staging.data(), std::min(staging.size(), rest)});
    if (!got) {
        file_failure = to_errc(got.error());
        return got;
    }
    if (*got == 0) {
        return got;
    }
    const const_buffer read{staging.data(), *got};
    return lower().send({&read, 1}, transfer_flags::none, nullptr);
}

}  // namespace spindle
