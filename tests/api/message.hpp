// What the tests of WSASendMsg and WSARecvMsg share: a WSAMSG with everything it points to, and a pair of sockets.
#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include "support/extension.hpp"

namespace spindle::test {

inline constexpr ULONG truncated = 0x100;
inline constexpr int control_truncated = 0x200;
inline constexpr int as_broadcast = 0x400;

/// A WSAMSG with everything it points to.
struct message {
    explicit message(std::size_t data_room = 64, std::size_t control_room = 256)
        : data(data_room, '\0'), control(control_room, '\0')
    {
        name.length = sizeof name.storage;
        reset();
    }
    message(const message&) = delete;
    message& operator=(const message&) = delete;

    void reset()
    {
        buffer = {static_cast<ULONG>(data.size()), data.data()};
        all.name = name.get();
        all.namelen = sizeof name.storage;
        all.lpBuffers = &buffer;
        all.dwBufferCount = 1;
        all.Control = {static_cast<ULONG>(control.size()), control.empty() ? nullptr : control.data()};
        all.dwFlags = 0;
    }

    /// For sending.
    void say(const std::string& text, const endpoint* to)
    {
        data = text;
        buffer = {static_cast<ULONG>(data.size()), data.data()};
        if (to != nullptr) {
            name = *to;
        }
        all.name = to != nullptr ? name.get() : nullptr;
        all.namelen = to != nullptr ? name.length : 0;
        all.Control = {};
    }
    template <class Value>
    void add(int level, int type, const Value& value)
    {
        const auto at = static_cast<std::size_t>(all.Control.len);
        const std::size_t space = WSA_CMSG_SPACE(sizeof value);
        control.resize(std::max(control.size(), at + space));
        WSACMSGHDR header{};
        header.cmsg_len = WSA_CMSG_LEN(sizeof value);
        header.cmsg_level = level;
        header.cmsg_type = type;
        std::memcpy(control.data() + at, &header, sizeof header);
        std::memcpy(control.data() + at + WSA_CMSG_LEN(0), &value, sizeof value);
        all.Control = {static_cast<ULONG>(at + space), control.data()};
    }

    /// The value of a received header, if it is there with exactly this size.
    template <class Value>
    std::optional<Value> value(int level, int type)
    {
        for (auto* header = WSA_CMSG_FIRSTHDR(&all); header != nullptr;
             header = WSA_CMSG_NXTHDR(&all, header)) {
            if (header->cmsg_level == level && header->cmsg_type == type) {
                CHECK(header->cmsg_len == WSA_CMSG_LEN(sizeof(Value)));
                Value found{};
                std::memcpy(&found, WSA_CMSG_DATA(header), sizeof found);
                return found;
            }
        }
        return std::nullopt;
    }
    std::size_t headers()
    {
        std::size_t found = 0;
        for (auto* header = WSA_CMSG_FIRSTHDR(&all); header != nullptr;
             header = WSA_CMSG_NXTHDR(&all, header)) {
            ++found;
        }
        return found;
    }
    std::string text() const { return data.substr(0, count); }

    int send(SOCKET s, DWORD flags = 0)
    {
        return error_of(WSASendMsg(s, &all, flags, &count, nullptr, nullptr));
    }
    /// Blocking calls have a time-out in these tests.
    int receive(SOCKET s)
    {
        const auto receive_message = extension<LPFN_WSARECVMSG>(s, WSAID_WSARECVMSG);
        return error_of(receive_message(s, &all, &count, nullptr, nullptr));
    }

    std::string data;
    std::string control;
    endpoint name;
    WSABUF buffer{};
    WSAMSG all{};
    DWORD count = 0xFFFF;
};

/// A bound receiver and a bound sender of one family.
struct datagram_pair {
    explicit datagram_pair(int of_family = AF_INET)
        : family(of_family), receiver(bound_udp(of_family)), sender(bound_udp(of_family))
    {
        set_option(receiver, SOL_SOCKET, SO_RCVTIMEO, 10'000);
        where = local_of(receiver);
    }
    void send(const std::string& text = "hello") const
    {
        REQUIRE(error_of(sendto(sender, text.data(), static_cast<int>(text.size()), 0, where.get(),
                                where.length)) == 0);
    }

    int family;
    unique_socket receiver;
    unique_socket sender;
    endpoint where;
};

inline int recvmsg_error(SOCKET s, LPWSAMSG all, LPDWORD count, LPWSAOVERLAPPED overlapped = nullptr)
{
    return error_of(extension<LPFN_WSARECVMSG>(s, WSAID_WSARECVMSG)(s, all, count, overlapped, nullptr));
}

inline bool is_bound(SOCKET s)
{
    endpoint name;
    name.length = sizeof name.storage;
    return error_of(getsockname(s, name.get(), &name.length)) == 0;
}

inline IN_ADDR loopback4()
{
    IN_ADDR address{};
    address.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// The index of the interface that ::1 is on, as a received datagram tells it.
inline ULONG loopback_index()
{
    const datagram_pair pair(AF_INET6);
    set_option(pair.receiver, IPPROTO_IPV6, IPV6_PKTINFO, 1);
    pair.send();
    message got;
    REQUIRE(got.receive(pair.receiver) == 0);
    const auto info = got.value<IN6_PKTINFO>(IPPROTO_IPV6, IPV6_PKTINFO);
    REQUIRE(info);
    return info->ipi6_ifindex;
}

}  // namespace spindle::test
