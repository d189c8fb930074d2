// TransmitFile and TransmitPackets: arguments as parts of one transmission (TXF-1 to TXF-9). How the parts are sent is core's.
#include "convert.hpp"
#include "extension_functions.hpp"
#include "extension_table.hpp"
#include "host_file.hpp"
#include "overlapped_call.hpp"

namespace spindle::spi {

namespace {

constexpr DWORD flag_disconnect = 0x1;
constexpr DWORD flag_reuse_socket = 0x2;
constexpr DWORD ignored_flags = 0x4 | 0x10 | 0x20;  // how Windows' threads share the work
constexpr DWORD most_file_bytes = 2147483646;       // TXF-5

constexpr ULONG element_memory = 1;
constexpr ULONG element_file = 2;
constexpr ULONG element_ends_message = 4;
constexpr std::int64_t at_file_position = -1;
constexpr DWORD only_marked_messages = 0xFFFFFFFF;

using parts_list = std::vector<transmit_part>;

/// Errors: fault.
result<void> add_memory(parts_list& parts, const void* data, DWORD length, bool ends_message)
{
    WSABUF memory{};
    memory.buf = const_cast<char*>(static_cast<const char*>(data));
    memory.len = length;
    if (!is_plausible(memory)) {
        return errc::fault;
    }
    transmit_part part;
    part.memory = {data, length};
    part.ends_message = ends_message;
    parts.push_back(std::move(part));
    return {};
}

/// Errors: invalid_handle.
result<void> add_file(parts_list& parts, HANDLE file, std::optional<std::uint64_t> offset, DWORD length,
                      bool ends_message)
{
    auto opened = open_host_file(file);
    if (!opened) {
        return opened.error();
    }
    transmit_part part;
    part.file = std::move(opened).value();
    part.offset = offset;
    part.length = length;
    part.ends_message = ends_message;
    parts.push_back(std::move(part));
    return {};
}

/// TXF-4: an OVERLAPPED says where to begin, also with 0.
std::optional<std::uint64_t> offset_of(const OVERLAPPED* overlapped) noexcept
{
    if (overlapped == nullptr) {
        return std::nullopt;
    }
    return std::uint64_t{overlapped->OffsetHigh} << 32U | overlapped->Offset;
}

/// Head, file, tail; each may be missing (TXF-2, TXF-3).
result<void> list_file_parts(parts_list& parts, HANDLE file, DWORD length, const OVERLAPPED* overlapped,
                             const TRANSMIT_FILE_BUFFERS* around)
{
    const TRANSMIT_FILE_BUFFERS buffers = around == nullptr ? TRANSMIT_FILE_BUFFERS{} : load(around);
    if (length > most_file_bytes) {
        return errc::invalid_argument;
    }
    if (auto head = add_memory(parts, buffers.Head, buffers.HeadLength, false); !head) {
        return head;
    }
    if (file != nullptr) {
        if (auto added = add_file(parts, file, offset_of(overlapped), length, false); !added) {
            return added;
        }
    }
    return add_memory(parts, buffers.Tail, buffers.TailLength, false);
}

result<void> add_element(parts_list& parts, const TRANSMIT_PACKETS_ELEMENT& element)
{
    const bool ends_message = (element.dwElFlags & element_ends_message) != 0;
    switch (element.dwElFlags & ~element_ends_message) {
    case element_memory:
        return add_memory(parts, element.pBuffer, element.cLength, ends_message);
    case element_file: {
        const std::int64_t offset = element.nFileOffset.QuadPart;
        if (offset < at_file_position) {
            return errc::invalid_argument;
        }
        const auto from =
            offset == at_file_position ? std::nullopt : std::optional(static_cast<std::uint64_t>(offset));
        return add_file(parts, element.hFile, from, element.cLength, ends_message);
    }
    default:
        return errc::invalid_argument;
    }
}

result<void> list_elements(parts_list& parts, const TRANSMIT_PACKETS_ELEMENT* elements, DWORD count)
{
    if (elements == nullptr && count != 0) {
        return errc::fault;
    }
    for (DWORD index = 0; index < count; ++index) {
        if (auto added = add_element(parts, load(elements + index)); !added) {
            return added;
        }
    }
    return {};
}

result<void> take_flags(transmit_request& request, DWORD flags) noexcept
{
    request.disconnect = (flags & flag_disconnect) != 0;
    request.reuse = (flags & flag_reuse_socket) != 0;
    const bool known = (flags & ~(flag_disconnect | flag_reuse_socket | ignored_flags)) == 0;
    return known ? result<void>() : result<void>(errc::invalid_argument);
}

/// Fills the request by fill(request) and sends it: without an OVERLAPPED the caller waits (TXF-4).
template <class Fill>
result<void> transmit(socket& it, LPOVERLAPPED overlapped, Fill&& fill)
{
    const auto start = [&](transmit_request& fresh, io_outcome& at_once) {
        return it.start_transmit(fresh, at_once);
    };
    if (overlapped == nullptr) {
        waited_request<transmit_request> waited;
        const result<void> filled = fill(waited);
        return filled ? waited.run(it, start) : filled;
    }
    auto request = std::make_unique<owned_request<transmit_request>>();
    if (const result<void> filled = fill(*request); !filled) {
        return filled;
    }
    if (auto prepared = request->note.prepare(it, {overlapped, nullptr, nullptr}); !prepared) {
        return prepared;
    }
    io_outcome outcome;
    return run_overlapped(std::move(request), outcome, start);
}

}  // namespace

BOOL PASCAL TransmitFile(SOCKET hSocket, HANDLE hFile, DWORD nNumberOfBytesToWrite, DWORD,
                         LPOVERLAPPED lpOverlapped, LPTRANSMIT_FILE_BUFFERS lpTransmitBuffers,
                         DWORD dwReserved) noexcept
{
    return extension_call(hSocket, [&](socket& it) -> result<void> {
        if (it.kind().type != socket_type::stream) {
            return errc::not_connected;  // TXF-1, decision D-17
        }
        return transmit(it, lpOverlapped, [&](transmit_request& request) -> result<void> {
            if (auto known = take_flags(request, dwReserved); !known) {
                return known;
            }
            return list_file_parts(request.parts, hFile, nNumberOfBytesToWrite, lpOverlapped,
                                   lpTransmitBuffers);
        });
    });
}

BOOL PASCAL TransmitPackets(SOCKET hSocket, LPTRANSMIT_PACKETS_ELEMENT lpPacketArray, DWORD nElementCount,
                            DWORD nSendSize, LPOVERLAPPED lpOverlapped, DWORD dwFlags) noexcept
{
    return extension_call(hSocket, [&](socket& it) -> result<void> {
        return transmit(it, lpOverlapped, [&](transmit_request& request) -> result<void> {
            if (auto known = take_flags(request, dwFlags); !known) {
                return known;
            }
            request.message_limit = nSendSize == only_marked_messages ? 0 : nSendSize;
            return list_elements(request.parts, lpPacketArray, nElementCount);
        });
    });
}

}  // namespace spindle::spi
