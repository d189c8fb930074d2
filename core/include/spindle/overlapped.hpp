// Overlapped requests: operations that a socket goes on with after the call has returned. A request belongs to whoever
// starts it (in the SPI layer: one WSAOVERLAPPED) and is lent to the socket until it has finished, exactly once.
// Answers to the pages "Overlapped I/O", WSPSend, WSPRecv, CancelIoEx; contract OVL, CAN.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "spindle/address.hpp"
#include "spindle/buffer.hpp"
#include "spindle/error.hpp"
#include "spindle/file_source.hpp"
#include "spindle/message.hpp"

namespace spindle {

struct io_outcome {
    errc code = errc::success;  ///< message_size comes with the bytes that were copied
    std::size_t bytes = 0;
    unsigned flags = 0;   ///< of a receive: what it returns of message_flag
    bool silent = false;  ///< settled by the last cleanup: nobody is told (CLEAN-5)
};

/// Tells threads apart for as long as they live; never null.
[[nodiscard]] const void* this_thread_token() noexcept;

/// One request. The owner fills it in, starts it through the socket and, if the call said io_pending, keeps it and the
/// memory behind its buffers untouched until finish().
class io_request {
public:
    io_request() noexcept : issuer(this_thread_token()) {}
    io_request(const io_request&) = delete;
    io_request& operator=(const io_request&) = delete;

    /// The end of a pending request: called exactly once, by any thread, without locks. The last thing that core does with
    /// the object, which may destroy itself.
    virtual void finish(const io_outcome& outcome) noexcept = 0;

    /// The buffers in their order; the array is copied, the memory is lent. Const data for sends. Throws bad_alloc.
    template <class Buffer>
    void use_buffers(std::span<const Buffer> buffers)
    {
        mutable_buffer* target = few_.data();
        if (buffers.size() > few_.size()) {
            many_ = std::make_unique<mutable_buffer[]>(buffers.size());
            target = many_.get();
        }
        std::transform(buffers.begin(), buffers.end(), target, [](const Buffer& buffer) {
            return mutable_buffer{const_cast<void*>(static_cast<const void*>(buffer.data)), buffer.size};
        });
        count_ = buffers.size();
    }
    [[nodiscard]] mutable_buffers buffers() const noexcept
    {
        return {many_ ? many_.get() : few_.data(), count_};
    }

    unsigned flags = 0;  ///< message_flag
    /// Sends of datagrams: where to, null for the default peer. Receives of datagrams: where the sender's address goes
    /// before finish(), null if nobody asks.
    socket_address* address = nullptr;
    /// Datagrams only: the control information to be sent, or where that of a received one goes before finish(), null if
    /// nobody asks. See socket::send_message() and receive_message().
    message_control* control = nullptr;
    /// Never finishes at once while the ends of earlier requests are still being told: its owner relies on their order.
    bool in_order = false;
    /// The starting thread is inside a provider::call of its own for as long as the start takes.
    bool counted = false;
    const void* key = nullptr;  ///< what the client knows the request by (its WSAOVERLAPPED), for cancel()
    const void* issuer;         ///< the thread that made the request

    /// A finished request becomes as good as new, the calling thread's; its buffers and what is above are the owner's to set.
    void renew() noexcept
    {
        issuer = this_thread_token();
        done_ = 0;
    }

protected:
    ~io_request() = default;

    /// What the socket is to do; the start functions set it.
    enum class work : unsigned char { transfer, accept, connect, disconnect, transmit };

private:
    work work_ = work::transfer;
    friend class request_list;
    friend class basic_socket;
    friend class stream_socket;
    friend class datagram_socket;

    io_request* next_ = nullptr;
    std::size_t done_ = 0;  // bytes so far: MSG_WAITALL, sends taken in parts
    io_outcome outcome_;    // between the decision and finish()
    std::array<mutable_buffer, 2> few_{};
    std::unique_ptr<mutable_buffer[]> many_;
    std::size_t count_ = 0;
};

class socket;

/// A connection to be accepted onto a socket that exists (page "AcceptEx"). The buffers take the first data; without room
/// for any the request finishes as soon as the connection is there.
class accept_request : public io_request {
public:
    std::shared_ptr<socket> target;  ///< unbound, of the listener's kind
    /// Bytes the client has for each address; a connection whose addresses do not fit stays queued and the request fails
    /// with fault. 0 for the local one: not wanted.
    std::size_t local_room = 0;
    std::size_t peer_room = 0;
    socket_address local;  ///< of the connection, before finish()
    socket_address peer;

protected:
    ~accept_request() = default;

private:
    friend class stream_socket;
    bool connected_ = false;
};

/// A connection to be made (page "ConnectEx"). The buffers, which are copied, are sent first thing.
class connect_request : public io_request {
public:
    socket_address peer;

protected:
    ~connect_request() = default;

private:
    friend class stream_socket;
    std::unique_ptr<std::byte[]> first_data_;
    errc failed_at_once_ = errc::success;
};

/// A piece of a transmission: memory, which is lent, or a part of a file.
struct transmit_part {
    const_buffer memory{};                  ///< when there is no file
    std::shared_ptr<file_source> file;
    std::optional<std::uint64_t> offset;    ///< in the file; nothing: its position, which moves behind the part
    std::size_t length = 0;                 ///< of the file's part; 0: to the end. The end of the file ends it in any case
    bool ends_message = false;              ///< datagrams: the message ends with this part
};

/// Pieces to be sent one after the other as one send (pages "TransmitFile", "TransmitPackets"). The buffers of the base
/// are not used.
class transmit_request : public io_request {
public:
    std::vector<transmit_part> parts;
    std::size_t message_limit = 0;  ///< datagrams: longer messages are divided; 0: none is
    bool disconnect = false;        ///< streams: then as start_disconnect(), and finished with that
    bool reuse = false;             ///< ditto

protected:
    ~transmit_request() = default;

private:
    friend class datagram_socket;
    std::size_t next_part_ = 0;  // datagrams: where the next message begins
    std::size_t within_ = 0;
};

}  // namespace spindle
