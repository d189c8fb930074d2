// The transport's front: opening sockets and handing the rest to the shared context.
#include "asio/asio_transport.hpp"

#include <new>
#include <utility>

#include "asio/asio_poll_set.hpp"
#include "asio/asio_socket.hpp"
#include "asio/native.hpp"
#include "asio/port_loop.hpp"
#include "asio/socket_sharing.hpp"

namespace spindle {

asio_transport::asio_transport() : context_{std::make_shared<asio_context>()} {}

asio_transport::~asio_transport()
{
    stop();
}

result<native::handle> asio_transport::open_socket(const socket_kind& kind, bool inheritable) noexcept
{
    if (const auto spare = context_->spares.take(kind, inheritable); spare != native::no_handle) {
        return spare;
    }
    auto opened = native::open(kind, inheritable);
    // Spare ones of another kind must not be what is missing.
    return opened || !context_->spares.clear() ? opened : native::open(kind, inheritable);
}

result<std::unique_ptr<lower_socket>> asio_transport::open(const socket_kind& kind, bool inheritable)
{
    if (auto begun = context_->session.begin(); !begun) {
        return begun.error();
    }
    return take(open_socket(kind, inheritable), kind, inheritable);
}

result<std::unique_ptr<lower_socket>> asio_transport::take(const result<native::handle>& opened,
                                                           const socket_kind& kind, bool inheritable)
{
    if (!opened) {
        return opened.error();
    }
    try {
        return std::unique_ptr<lower_socket>{
            std::make_unique<asio_socket>(context_, kind, *opened, inheritable, false)};
    } catch (...) {
        native::close(*opened);
        return errc::no_buffer_space;
    }
}

result<std::vector<network_interface>> asio_transport::interfaces()
{
    if (auto begun = context_->session.begin(); !begun) {
        return begun.error();
    }
    return native::interfaces();
}

result<std::unique_ptr<lower_socket>> asio_transport::open_change_source(bool routes)
{
    return take(native::open_change_source(routes), {address_family::unspecified, socket_type::raw, 0}, false);
}

result<std::unique_ptr<socket_share>> asio_transport::share(lower_socket& socket)
{
    auto made = make_share();
    if (made) {
        static_cast<asio_socket&>(socket).begin_sharing();
    }
    return made;
}

result<std::unique_ptr<socket_offer>> asio_transport::offer(lower_socket& socket, socket_share& share,
                                                            std::uint32_t process, std::uint32_t token, task taken)
{
    return make_offer(context_, static_cast<asio_socket&>(socket).number(), share, process, token, std::move(taken));
}

result<received_socket> asio_transport::take_offer(std::uint32_t token, bool inheritable)
{
    auto taken = spindle::take_offer(token, inheritable);
    if (!taken) {
        return taken.error();
    }
    auto socket = take(taken->socket, taken->kind, inheritable);
    if (!socket) {
        return socket.error();
    }
    static_cast<asio_socket&>(**socket).begin_sharing();
    return received_socket{taken->kind, std::move(socket).value(), std::move(taken->share)};
}

std::unique_ptr<interrupter> asio_transport::make_interrupter()
{
    return context_->session.begin() ? native::make_interrupter() : nullptr;
}

std::unique_ptr<poll_set> asio_transport::make_poll_set()
{
    return std::make_unique<asio_poll_set>();
}

result<void> asio_transport::post(task work)
{
    return context_->post(std::move(work));
}

result<void> asio_transport::after(std::chrono::milliseconds delay, task work)
{
    return context_->after(delay, std::move(work));
}

void asio_transport::stop() noexcept
{
    context_->stop();
    context_->spares.clear();
}

bool asio_transport::on_service_thread() const noexcept
{
    return context_->on_service_thread();
}

std::shared_ptr<event_loop> asio_transport::make_loop(std::function<void()> unattended)
try {
    return make_port_loop(context_, std::move(unattended));
} catch (const std::bad_alloc&) {
    return nullptr;
}

std::shared_ptr<event_loop> asio_transport::make_attended_loop()
try {
    return spindle::make_attended_loop(context_);
} catch (...) {
    return nullptr;  // no memory, or no thread
}

std::unique_ptr<transport> make_system_transport()
{
    return std::make_unique<asio_transport>();
}

}  // namespace spindle
