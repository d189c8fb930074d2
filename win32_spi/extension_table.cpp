// See the header. A function that is not in the table is not offered (CTL: WSAEINVAL).
#include "extension_table.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "extension_functions.hpp"
#include "thread_error.hpp"

namespace spindle::spi {

namespace {

struct extension_row {
    GUID identifier;
    void* function;
};

template <class Function>
void* pointer_to(Function* function) noexcept
{
    return reinterpret_cast<void*>(function);
}

const extension_row extensions[] = {
    {WSAID_ACCEPTEX, pointer_to(&AcceptEx)},
    {WSAID_GETACCEPTEXSOCKADDRS, pointer_to(&GetAcceptExSockaddrs)},
    {WSAID_CONNECTEX, pointer_to(&ConnectEx)},
    {WSAID_DISCONNECTEX, pointer_to(&DisconnectEx)},
    {WSAID_TRANSMITFILE, pointer_to(&TransmitFile)},
    {WSAID_TRANSMITPACKETS, pointer_to(&TransmitPackets)},
    {WSAID_WSASENDMSG, pointer_to(&WSASendMsg)},
    {WSAID_WSARECVMSG, pointer_to(&WSARecvMsg)},
    {WSAID_WSAPOLL, pointer_to(&WSAPoll)},
};

}  // namespace

void* extension_function(const GUID& identifier) noexcept
{
    const auto row = std::find_if(std::begin(extensions), std::end(extensions), [&](const extension_row& each) {
        return std::memcmp(&each.identifier, &identifier, sizeof identifier) == 0;
    });
    return row == std::end(extensions) ? nullptr : row->function;
}

void set_last_error(int code) noexcept
{
    if (const auto* host = host_kernel()) {
        host->set_last_error(static_cast<std::uint32_t>(code));
    } else {
        set_system_last_error(code);
    }
}

}  // namespace spindle::spi
