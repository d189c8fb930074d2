// The built-in transport: makes sockets of the system and owns the context they share.
#pragma once

#include <memory>

#include "asio/asio_context.hpp"
#include "spindle/transport.hpp"

namespace spindle {

class asio_transport final : public transport {
public:
    asio_transport();
    ~asio_transport() override;

    result<std::unique_ptr<lower_socket>> open(const socket_kind& kind, bool inheritable) override;
    [[nodiscard]] result<std::vector<network_interface>> interfaces() override;
    result<std::unique_ptr<lower_socket>> open_change_source(bool routes) override;
    result<std::unique_ptr<socket_share>> share(lower_socket& socket) override;
    result<std::unique_ptr<socket_offer>> offer(lower_socket& socket, socket_share& share, std::uint32_t process,
                                                std::uint32_t token, task taken) override;
    result<received_socket> take_offer(std::uint32_t token, bool inheritable) override;
    [[nodiscard]] std::unique_ptr<interrupter> make_interrupter() override;
    [[nodiscard]] std::unique_ptr<poll_set> make_poll_set() override;
    result<void> post(task work) override;
    result<void> after(std::chrono::milliseconds delay, task work) override;
    void stop() noexcept override;
    [[nodiscard]] bool on_service_thread() const noexcept override;
    [[nodiscard]] std::shared_ptr<event_loop> make_loop(std::function<void()> unattended) override;
    [[nodiscard]] std::shared_ptr<event_loop> make_attended_loop() override;

private:
    result<native::handle> open_socket(const socket_kind& kind, bool inheritable) noexcept;
    result<std::unique_ptr<lower_socket>> take(const result<native::handle>& opened, const socket_kind& kind,
                                               bool inheritable);

    std::shared_ptr<asio_context> context_;  // shared with the sockets, which may be destroyed later
};

}  // namespace spindle
