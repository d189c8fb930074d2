// How a socket goes to another process: whoever offers it listens at an abstract AF_UNIX name that follows from the
// target's process id and the token, looks at who comes (SO_PEERCRED, unix(7)), and hands over two descriptors, the
// socket and a part in its memory, once. Needs no right over the other process.
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include "asio/asio_socket.hpp"
#include "asio/posix/memory_share.hpp"
#include "asio/socket_sharing.hpp"
#include "system.hpp"

namespace spindle {
namespace {

using posix::restarted;
using posix::scoped_descriptor;

constexpr int patience_ms = 5000;

/// The two that go over, in this order.
using handed_over = std::array<int, 2>;

struct meeting_place {
    sockaddr_un name{};
    socklen_t size = 0;

    meeting_place(std::uint32_t process, std::uint32_t token) noexcept
    {
        name.sun_family = AF_UNIX;
        char text[sizeof name.sun_path - 1];
        const int length = std::snprintf(text, sizeof text, "spindle-socket-%u-%08x", process, token);
        std::memcpy(name.sun_path + 1, text, static_cast<std::size_t>(length));
        size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + static_cast<std::size_t>(length));
    }
    [[nodiscard]] const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&name); }
};

result<ucred> other_end(int connection) noexcept
{
    ucred who{};
    socklen_t size = sizeof who;
    return ::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 ? result<ucred>(who)
                                                                              : errc_from_errno(errno);
}

/// A message of one byte with room for the two descriptors.
struct message {
    char byte = 0;
    iovec data{&byte, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(handed_over))> control{};
    msghdr header{};

    message() noexcept
    {
        header.msg_iov = &data;
        header.msg_iovlen = 1;
        header.msg_control = control.data();
        header.msg_controllen = control.size();
    }
    message(const message&) = delete;
    message& operator=(const message&) = delete;
};

bool send_descriptors(int connection, const handed_over& both) noexcept
{
    message sent;
    cmsghdr* head = CMSG_FIRSTHDR(&sent.header);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof both);
    std::memcpy(CMSG_DATA(head), both.data(), sizeof both);
    return restarted([&] { return ::sendmsg(connection, &sent.header, MSG_NOSIGNAL | MSG_DONTWAIT); }) == 1;
}

/// Empty numbers (-1) when the other end closed without handing anything over.
handed_over receive_descriptors(int connection) noexcept
{
    handed_over both{-1, -1};
    message got;
    if (restarted([&] { return ::recvmsg(connection, &got.header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT); }) != 1) {
        return both;
    }
    const cmsghdr* head = CMSG_FIRSTHDR(&got.header);
    if (head != nullptr && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
        head->cmsg_len == CMSG_LEN(sizeof both)) {
        std::memcpy(both.data(), CMSG_DATA(head), sizeof both);
    }
    return both;
}

/// What the service thread has of an offer.
class open_offer final : public std::enable_shared_from_this<open_offer> {
public:
    open_offer(int socket, int part, std::uint32_t process, std::unique_ptr<lower_socket> door, native::handle door_number,
               transport::task taken) noexcept
        : socket_{socket}, part_{part}, process_{process}, door_number_{door_number}, door_{std::move(door)},
          taken_{std::move(taken)}
    {}

    result<void> watch()
    {
        const std::scoped_lock lock(mutex_);
        return watch_locked();
    }

    void withdraw() noexcept
    {
        {
            const std::scoped_lock lock(mutex_);
            over_ = true;
        }
        door_->cancel_waits();
        // A forked child may have a copy of the door; nobody is to wait there.
        ::shutdown(static_cast<int>(door_number_), SHUT_RDWR);
    }

private:
    result<void> watch_locked()
    {
        if (over_) {
            return {};
        }
        return door_->async_wait(readiness::readable, [weak = weak_from_this()](readiness seen) {
            if (const auto self = seen == readiness::none ? nullptr : weak.lock()) {
                self->serve();
            }
        });
    }

    void serve()
    {
        bool done = false;
        {
            const std::scoped_lock lock(mutex_);
            while (!over_) {
                const scoped_descriptor visitor{restarted([&] {
                    return ::accept4(static_cast<int>(door_number_), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
                })};
                if (visitor.get() == -1) {
                    break;
                }
                const auto who = other_end(visitor.get());
                over_ = done = who && static_cast<std::uint32_t>(who->pid) == process_ &&
                               send_descriptors(visitor.get(), {socket_.get(), part_.get()});
            }
            (void)watch_locked();
        }
        if (done) {
            taken_();
        }
    }

    scoped_descriptor socket_;
    scoped_descriptor part_;
    const std::uint32_t process_;
    const native::handle door_number_;
    const std::unique_ptr<lower_socket> door_;
    const transport::task taken_;
    std::mutex mutex_;
    bool over_ = false;  // taken or withdrawn; under mutex_
};

class offer_handle final : public socket_offer {
public:
    explicit offer_handle(std::shared_ptr<open_offer> made) noexcept : made_{std::move(made)} {}
    ~offer_handle() override { made_->withdraw(); }

private:
    const std::shared_ptr<open_offer> made_;
};

/// The family's number here, found by trying the few there are.
socket_kind kind_of(int socket) noexcept
{
    const auto number = [&](int name) {
        int value = 0;
        socklen_t size = sizeof value;
        return ::getsockopt(socket, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
    };
    socket_kind kind;
    const int domain = number(SO_DOMAIN);
    for (const auto family : {address_family::local, address_family::ipv4, address_family::ipv6}) {
        if (posix::domain_of(family) == domain) {
            kind.family = family;
        }
    }
    const int type = number(SO_TYPE);
    for (const auto each : {socket_type::stream, socket_type::datagram, socket_type::raw}) {
        if (posix::type_of(each) == type) {
            kind.type = each;
        }
    }
    kind.protocol = kind.family == address_family::local ? 0 : number(SO_PROTOCOL);
    return kind;
}

}  // namespace

result<std::unique_ptr<socket_offer>> make_offer(const std::shared_ptr<asio_context>& context, native::handle socket,
                                                 socket_share& share, std::uint32_t process, std::uint32_t token,
                                                 transport::task taken)
try {
    scoped_descriptor copy{::fcntl(static_cast<int>(socket), F_DUPFD_CLOEXEC, 0)};
    scoped_descriptor part{copy.get() == -1 ? -1 : static_cast<posix::memory_share&>(share).open_part()};
    scoped_descriptor door{part.get() == -1 ? -1
                                            : ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    const meeting_place place(process, token);
    if (door.get() == -1 || ::bind(door.get(), place.get(), place.size) == -1 || ::listen(door.get(), 4) == -1) {
        return errc_from_errno(errno);
    }
    const native::handle door_number = door.get();
    auto watched = std::make_unique<asio_socket>(
        context, socket_kind{address_family::local, socket_type::stream, 0}, door_number, false, true);
    door.release();
    auto made = std::make_shared<open_offer>(copy.get(), part.get(), process, std::move(watched), door_number,
                                             std::move(taken));
    copy.release();
    part.release();
    auto handle = std::make_unique<offer_handle>(made);
    if (auto watching = made->watch(); !watching) {
        return watching.error();
    }
    return std::unique_ptr<socket_offer>(std::move(handle));
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
}

result<taken_socket> take_offer(std::uint32_t token, bool inheritable)
{
    const scoped_descriptor connection{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (connection.get() == -1) {
        return errc_from_errno(errno);
    }
    const meeting_place place(system::process_id(), token);
    if (restarted([&] { return ::connect(connection.get(), place.get(), place.size); }) == -1) {
        return errc::invalid_argument;
    }
    // Names can be seen and taken by everybody: what another user offers is nothing that was offered to us.
    const auto who = other_end(connection.get());
    if (!who || (who->uid != ::geteuid() && who->uid != 0)) {
        return errc::invalid_argument;
    }
    pollfd answer{connection.get(), POLLIN, 0};
    if (restarted([&] { return ::poll(&answer, 1, patience_ms); }) != 1) {
        return errc::invalid_argument;
    }
    const auto both = receive_descriptors(connection.get());
    scoped_descriptor socket{both[0]};
    if (both[0] == -1 || both[1] == -1) {
        return errc::invalid_argument;
    }
    auto share = posix::memory_share::adopt(both[1]);
    if (!share) {
        return share.error();
    }
    const socket_kind kind = kind_of(socket.get());
    if (kind.family == address_family::unspecified) {
        return errc::invalid_argument;
    }
    if (inheritable) {
        ::fcntl(socket.get(), F_SETFD, 0);
    }
    return taken_socket{socket.release(), kind, std::move(share).value()};
}

}  // namespace spindle
