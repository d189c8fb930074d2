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
    if (in.flag()) {
        WSADuplicateSocketW(source, in.flag() ? GetCurrentProcessId() : in.number<DWORD>(), &info);
        bytes[in.number<std::uint16_t>() % sizeof info] ^= in.byte();
    }
    const bool any_triple = in.flag();
    const SOCKET made =
        WSASocketW(any_triple ? in.byte() : FROM_PROTOCOL_INFO, any_triple ? in.byte() : FROM_PROTOCOL_INFO,
                   any_triple ? in.byte() : FROM_PROTOCOL_INFO, &info, 0, in.byte());
    if (made != INVALID_SOCKET) {
        closesocket(made);
    }
    SOCKADDR_STORAGE address{};
    address.ss_family = in.byte();
    char text[64];
    DWORD size = sizeof text;
    WSAPROTOCOL_INFOA narrow{};
    std::memcpy(&narrow, &info, sizeof narrow);
    WSAAddressToStringA(reinterpret_cast<sockaddr*>(&address), sizeof address, &narrow, text, &size);
}
