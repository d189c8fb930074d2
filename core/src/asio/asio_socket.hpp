// lower_socket over the system's sockets: a thin object that adds to the native calls what they cannot know,
// namely which side ended a connection, and the pending waits. No Winsock state lives here.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "asio/asio_context.hpp"
#include "asio/native.hpp"
#include "asio/port_loop.hpp"
#include "asio/wait_node.hpp"
#include "spindle/transport.hpp"
#include "spindle/constant_mutex.hpp"

namespace spindle {

class asio_socket final : public lower_socket {
public:
    /// Takes over the handle. `connected`: it came from accept().
    asio_socket(std::shared_ptr<asio_context> context, const socket_kind& kind, native::handle socket,
                bool inheritable, bool connected) noexcept;
    ~asio_socket() override;

    result<void> bind(const socket_address& local) override;
    result<void> listen(int backlog) override;
    result<void> connect(const socket_address& peer) override;
    result<void> connect_result() override;
    result<void> disconnect() override;
    result<accepted_connection> accept() override;
    result<std::size_t> send(const_buffers buffers, transfer_flags flags, const socket_address* to) override;
    result<receive_outcome> receive(mutable_buffers buffers, transfer_flags flags,
                                    socket_address* from) override;
    result<std::size_t> send_file(file_source& file, std::uint64_t offset, std::size_t size) override;
    result<std::size_t> send_message(const_buffers buffers, transfer_flags flags, const socket_address* to,
                                     const message_control& control) override;
    result<receive_outcome> receive_message(mutable_buffers buffers, transfer_flags flags, socket_address* from,
                                            message_control& control) override;
    std::error_code take_error() noexcept override;
    result<void> shutdown(shutdown_direction direction) override;
    void abort() noexcept override;
    void close() noexcept override;
    result<void> renew() override;
    [[nodiscard]] result<socket_address> local_address() const override;
    [[nodiscard]] result<socket_address> peer_address() const override;
    [[nodiscard]] result<std::size_t> unacknowledged_bytes() const override;
    [[nodiscard]] result<std::size_t> readable_bytes() const override;
    [[nodiscard]] result<bool> at_urgent_mark() const override;
    result<void> set_option(lower_option option, int value) override;
    [[nodiscard]] result<int> get_option(lower_option option) const override;
    [[nodiscard]] readiness poll(readiness wanted) noexcept override;
    result<void> set_header_options(header_options which, std::span<const std::byte> bytes) override;
    result<void> change_group(const group_change& change) override;
    result<void> set_reception(const reception_rules& rules) override;
    [[nodiscard]] result<tcp_statistics> statistics() const override;
    readiness wait(readiness wanted, interrupter& wake, clock::time_point deadline) noexcept override;
    result<void> async_wait(readiness condition, wait_handler handler) override;
    void cancel_waits() noexcept override;
    result<void> join(std::shared_ptr<event_loop> loop, std::weak_ptr<readiness_sink> sink,
                      readiness interesting) override;
    void leave() noexcept override;
    result<void> adopt(accepted_connection& connection) override;
    void note_activity() noexcept override;

    [[nodiscard]] native::handle number() const noexcept { return socket_; }
    /// Another descriptor than ours may keep the system's socket open from now on.
    void begin_sharing() noexcept
    {
        shared_.store(true, std::memory_order_relaxed);
        touch();
    }

    /// The system's socket, or no_handle while nothing can happen on it.
    [[nodiscard]] native::handle watched() const noexcept
    {
        return active_.load(std::memory_order_acquire) ? socket_ : native::no_handle;
    }

private:
    /// The loop the socket joined; its ticket while it is registered there.
    struct membership {
        std::shared_ptr<port_loop> loop;
        std::weak_ptr<readiness_sink> sink;
        readiness interesting = readiness::none;
        std::optional<loop_ticket> ticket;
    };

    [[nodiscard]] bool is_stream() const noexcept { return kind_.type == socket_type::stream; }
    [[nodiscard]] std::error_code ended_by(std::error_code error) const noexcept;
    void prefer_dynamic_ports() noexcept;
    /// Where the system keeps the number nothing is written: a thread that waits for many sockets may be reading it.
    void replace_handle(native::handle fresh) noexcept
    {
        if (socket_ != fresh) {
            socket_ = fresh;
            in_port_ = false;
        }
    }
    void touch() noexcept { untouched_.store(false, std::memory_order_relaxed); }
    void activate() noexcept;
    result<void> enter_loop(membership& member) noexcept;
    void suspend_membership() noexcept;
    void end_membership(native::handle open) noexcept;

    std::shared_ptr<asio_context> context_;
    wait_node::slot waits_;  // guarded by the lock of shard_for(this)
    native::handle socket_;
    socket_kind kind_;
    std::atomic<int> connect_error_{0};  ///< an errc
    const bool inheritable_;
    bool in_port_ = false;  ///< see watched_socket; written while nothing waits, or with the shard's lock
    /// Streams: a connection or an attempt or a listener exists. Before that the system calls the socket hung
    /// up, which is no event in Winsock's sense, so nothing is waited for on it.
    std::atomic<bool> active_;
    std::atomic<bool> listens_{false};
    std::atomic<bool> named_;
    std::atomic<bool> untouched_;  ///< the system's socket is as it was opened
    std::atomic<bool> send_shut_{false};
    std::atomic<bool> aborted_{false};
    std::atomic<bool> shared_{false};
    constant_mutex membership_mutex_;
    std::unique_ptr<membership> membership_;  // under membership_mutex_; most sockets join none
};

}  // namespace spindle
