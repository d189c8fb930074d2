// Ioctls with any code and any buffers.
#include "fuzz_target.hpp"

#include <mstcpip.h>
#include <mswsock.h>

using namespace spindle::fuzz;

namespace {

DWORD any_code(input& in)
{
    static constexpr DWORD codes[] = {FIONBIO,
                                      FIONREAD,
                                      SIOCATMARK,
                                      SIO_ASSOCIATE_HANDLE,
                                      SIO_ENABLE_CIRCULAR_QUEUEING,
                                      SIO_FIND_ROUTE,
                                      SIO_FLUSH,
                                      SIO_GET_BROADCAST_ADDRESS,
                                      SIO_GET_EXTENSION_FUNCTION_POINTER,
                                      SIO_GET_QOS,
                                      SIO_MULTIPOINT_LOOPBACK,
                                      SIO_MULTICAST_SCOPE,
                                      SIO_SET_QOS,
                                      SIO_TRANSLATE_HANDLE,
                                      SIO_ROUTING_INTERFACE_QUERY,
                                      SIO_ROUTING_INTERFACE_CHANGE,
                                      SIO_ADDRESS_LIST_QUERY,
                                      SIO_ADDRESS_LIST_CHANGE,
                                      SIO_QUERY_TARGET_PNP_HANDLE,
                                      SIO_GET_INTERFACE_LIST,
                                      SIO_GET_INTERFACE_LIST_EX,
                                      SIO_GET_MULTICAST_FILTER,
                                      SIO_SET_MULTICAST_FILTER,
                                      SIO_IDEAL_SEND_BACKLOG_QUERY,
                                      SIO_IDEAL_SEND_BACKLOG_CHANGE,
                                      SIO_RCVALL,
                                      SIO_KEEPALIVE_VALS,
                                      SIO_UDP_CONNRESET,
                                      SIO_BASE_HANDLE,
                                      SIO_BSP_HANDLE,
                                      SIO_BSP_HANDLE_SELECT,
                                      SIO_BSP_HANDLE_POLL,
                                      SIO_TCP_INFO};
    const std::uint8_t choice = in.byte();
    return choice < 224 ? codes[choice % (sizeof codes / sizeof codes[0])] : in.number<DWORD>();
}

// Buffers of this code hold pointers, which a fuzzer cannot make up.
bool holds_pointers(DWORD code) noexcept
{
    return code == SIO_ADDRESS_LIST_SORT;
}

}  // namespace

SPINDLE_FUZZ_TARGET(ioctls)
{
    any_socket s(in.byte());
    for (int turn = 0; turn < 4 && in.left() > 0; ++turn) {
        const DWORD code = any_code(in);
        if (holds_pointers(code)) {
            continue;
        }
        s.not_blocking();
        std::vector<char> given = in.bytes(in.byte());
        std::vector<char> room(in.byte());
        DWORD returned = 0;
        const int result = WSAIoctl(s, code, in.byte() < 8 ? nullptr : given.data(),
                                    static_cast<DWORD>(given.size()), in.byte() < 8 ? nullptr : room.data(),
                                    static_cast<DWORD>(room.size()), &returned, nullptr, nullptr);
        require(result != 0 || returned <= room.size());
    }
}
