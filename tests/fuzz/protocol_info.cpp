// WSAPROTOCOL_INFO as a program may hand it in: damaged, made up, or of another socket.
#include "fuzz_target.hpp"

using namespace spindle::fuzz;

namespace {

std::vector<WSAPROTOCOL_INFOW> catalog()
{
    DWORD size = 0;
    WSAEnumProtocolsW(nullptr, nullptr, &size);
    std::vector<WSAPROTOCOL_INFOW> entries(size / sizeof(WSAPROTOCOL_INFOW));
    require(WSAEnumProtocolsW(nullptr, entries.data(), &size) == static_cast<int>(entries.size()));
    return entries;
}

// A token lives until it is used (DUP-14): what was not used by the damaged copy is given back.
void use_up(WSAPROTOCOL_INFOW& intact)
{
    const SOCKET made = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &intact, 0, 0);
    if (made != INVALID_SOCKET) {
        closesocket(made);
    }
}

}  // namespace

SPINDLE_FUZZ_TARGET(protocol_info)
{
    static const std::vector<WSAPROTOCOL_INFOW> entries = catalog();
    WSAPROTOCOL_INFOW info = entries[in.byte() % entries.size()];
    auto* const bytes = reinterpret_cast<std::uint8_t*>(&info);
    const std::size_t changes = in.byte() % 16U;
    for (std::size_t change = 0; change < changes; ++change) {
        bytes[in.number<std::uint16_t>() % sizeof info] = in.byte();
    }
    const any_socket source(in.byte());
    bool issued = false;
    WSAPROTOCOL_INFOW intact{};
    if (in.flag()) {
        // Others are no process: what they get could not be given back.
        const DWORD process = in.flag() ? GetCurrentProcessId() : in.number<DWORD>() | 0x4000'0000U;
        issued = WSADuplicateSocketW(source, process, &info) == 0;
        intact = info;
        bytes[in.number<std::uint16_t>() % sizeof info] ^= in.byte();
    }
    const bool any_triple = in.flag();
    const SOCKET made =
        WSASocketW(any_triple ? in.byte() : FROM_PROTOCOL_INFO, any_triple ? in.byte() : FROM_PROTOCOL_INFO,
                   any_triple ? in.byte() : FROM_PROTOCOL_INFO, &info, 0, in.byte());
    if (made != INVALID_SOCKET) {
        closesocket(made);
    }
    if (issued) {
        use_up(intact);
    }
    SOCKADDR_STORAGE address{};
    address.ss_family = in.byte();
    char text[64];
    DWORD size = sizeof text;
    WSAPROTOCOL_INFOA narrow{};
    std::memcpy(&narrow, &info, sizeof narrow);
    WSAAddressToStringA(reinterpret_cast<sockaddr*>(&address), sizeof address, &narrow, text, &size);
}
