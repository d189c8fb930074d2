// Multicast memberships and what else of a network's traffic a socket takes. The latter is a small program in the kernel
// (socket(7), "SO_ATTACH_FILTER"), so that unwanted datagrams cost nobody a call. Contract MCS-2, LNX-36.
#include <array>
#include <cstring>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <new>
#include <vector>

#include "asio/posix/descriptor.hpp"

namespace spindle::posix {
namespace {

/// A filter with jumps to names; the instructions of a name follow where mark() was called.
class filter_program {
public:
    enum class label : unsigned char { next, listed, ipv6, multicast, single, accept, drop };

    void load_word(std::uint32_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset); }
    void load_byte(std::uint32_t offset) { add(BPF_LD | BPF_B | BPF_ABS, offset); }
    void mask(std::uint32_t bits) { add(BPF_ALU | BPF_AND | BPF_K, bits); }
    void shift_right(std::uint32_t bits) { add(BPF_ALU | BPF_RSH | BPF_K, bits); }
    void jump_if_equal(std::uint32_t value, label yes, label no)
    {
        add(BPF_JMP | BPF_JEQ | BPF_K, value);
        targets_.back() = {yes, no};
    }
    void leave(bool taken) { add(BPF_RET | BPF_K, taken ? 0xFFFFFFFFU : 0U); }
    void mark(label here) { places_[static_cast<std::size_t>(here)] = steps_.size(); }

    /// The program with its jumps resolved, or nothing when one is too far for the kernel's eight bits.
    bool finish()
    {
        for (std::size_t at = 0; at < steps_.size(); ++at) {
            if (!resolve(at, targets_[at].yes, steps_[at].jt) || !resolve(at, targets_[at].no, steps_[at].jf)) {
                return false;
            }
        }
        return true;
    }
    [[nodiscard]] sock_fprog view() noexcept { return {static_cast<unsigned short>(steps_.size()), steps_.data()}; }

private:
    struct jump {
        label yes = label::next;
        label no = label::next;
    };

    void add(int code, std::uint32_t value)
    {
        steps_.push_back({static_cast<__u16>(code), 0, 0, value});
        targets_.emplace_back();
    }
    bool resolve(std::size_t at, label target, __u8& distance) const noexcept
    {
        const std::size_t steps = target == label::next ? 0 : places_[static_cast<std::size_t>(target)] - at - 1;
        distance = static_cast<__u8>(steps);
        return steps <= 255;
    }

    std::vector<sock_filter> steps_;
    std::vector<jump> targets_;
    std::array<std::size_t, 7> places_{};
};

constexpr auto of_packet(int what) noexcept
{
    return static_cast<std::uint32_t>(SKF_AD_OFF + what);
}
constexpr auto in_header(int offset) noexcept
{
    return static_cast<std::uint32_t>(SKF_NET_OFF + offset);
}

using label = filter_program::label;

/// Datagrams to groups. Those sent on this machine come back marked, or by the loopback interface.
void judge_multicasts(filter_program& program, const reception_rules& rules)
{
    program.mark(label::multicast);
    if (!rules.local_multicasts) {
        program.load_word(of_packet(SKF_AD_PKTTYPE));
        program.jump_if_equal(PACKET_LOOPBACK, label::drop, label::next);
        program.load_word(of_packet(SKF_AD_HATYPE));
        program.jump_if_equal(ARPHRD_LOOPBACK, label::drop, label::next);
    }
    program.leave(true);
}

void judge_the_rest(filter_program& program, const reception_rules& rules)
{
    constexpr std::uint32_t limited_broadcast = INADDR_BROADCAST;
    constexpr std::uint32_t loopback_broadcast = 0x7FFFFFFF;
    program.mark(label::single);
    if (rules.only_multicasts) {
        program.leave(false);
    }
    if (!rules.broadcasts) {
        program.load_word(of_packet(SKF_AD_PKTTYPE));
        program.jump_if_equal(PACKET_BROADCAST, label::drop, label::next);
        program.jump_if_equal(PACKET_LOOPBACK, label::drop, label::next);
        program.load_byte(in_header(0));
        program.shift_right(4);
        program.jump_if_equal(4, label::next, label::accept);
        program.load_word(in_header(16));
        program.jump_if_equal(limited_broadcast, label::drop, label::next);
        program.jump_if_equal(loopback_broadcast, label::drop, label::next);
    }
    program.mark(label::accept);
    program.leave(true);
    program.mark(label::drop);
    program.leave(false);
}

/// To a group or not; by the address, because the link layer's mark is missing on some interfaces.
void tell_multicasts(filter_program& program)
{
    program.load_byte(in_header(0));
    program.shift_right(4);
    program.jump_if_equal(4, label::next, label::ipv6);
    program.load_byte(in_header(16));
    program.mask(0xF0);
    program.jump_if_equal(0xE0, label::multicast, label::single);
    program.mark(label::ipv6);
    program.load_byte(in_header(24));
    program.jump_if_equal(0xFF, label::multicast, label::single);
}

filter_program build(const reception_rules& rules)
{
    filter_program program;
    if (rules.only_listed) {
        program.load_word(of_packet(SKF_AD_IFINDEX));
        for (const auto index : rules.interfaces) {
            program.jump_if_equal(index, label::listed, label::next);
        }
        program.leave(false);
        program.mark(label::listed);
    }
    tell_multicasts(program);
    judge_multicasts(program, rules);
    judge_the_rest(program, rules);
    return program;
}

constexpr std::array group_options{MCAST_JOIN_GROUP,    MCAST_LEAVE_GROUP,      MCAST_BLOCK_SOURCE,
                                   MCAST_UNBLOCK_SOURCE, MCAST_JOIN_SOURCE_GROUP, MCAST_LEAVE_SOURCE_GROUP};

void put(sockaddr_storage& to, const socket_address& from) noexcept
{
    const kernel_address address{from};
    std::memcpy(&to, address.data(), address.size);
}

}  // namespace
}  // namespace spindle::posix

namespace spindle::native {

result<void> change_group(handle socket, const socket_kind& kind, const group_change& change) noexcept
{
    const int level = kind.family == address_family::ipv6 ? IPPROTO_IPV6 : IPPROTO_IP;
    const int option = posix::group_options[static_cast<std::size_t>(change.action)];
    const int number = posix::descriptor(socket);
    if (change.action == group_action::join || change.action == group_action::leave) {
        group_req request{};
        request.gr_interface = change.interface_index;
        posix::put(request.gr_group, change.group);
        return posix::to_result(::setsockopt(number, level, option, &request, sizeof(request)));
    }
    group_source_req request{};
    request.gsr_interface = change.interface_index;
    posix::put(request.gsr_group, change.group);
    posix::put(request.gsr_source, change.source);
    return posix::to_result(::setsockopt(number, level, option, &request, sizeof(request)));
}

result<void> set_reception(handle socket, const socket_kind&, const reception_rules& rules) noexcept
try {
    const int number = posix::descriptor(socket);
    const bool everything =
        rules.local_multicasts && rules.broadcasts && !rules.only_multicasts && !rules.only_listed;
    if (everything) {
        const int unused = 0;
        if (::setsockopt(number, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof(unused)) == -1 && errno != ENOENT) {
            return errc_from_errno(errno);
        }
        return {};
    }
    auto program = posix::build(rules);
    if (!program.finish()) {
        return errc::no_buffer_space;
    }
    const auto view = program.view();
    return posix::to_result(::setsockopt(number, SOL_SOCKET, SO_ATTACH_FILTER, &view, sizeof(view)));
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
}

}  // namespace spindle::native
