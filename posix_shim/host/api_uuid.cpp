// Universally unique identifiers. Answers to the pages "UuidCreate", "UuidToStringW", "UuidFromStringW", "RpcStringFreeW".
#pragma GCC visibility push(default)
#include <rpc.h>
#pragma GCC visibility pop

#include "host/text_arguments.hpp"

#include <array>
#include <cstring>
#include <sys/random.h>

using namespace spindle::host;

namespace {

constexpr std::size_t text_length = 36;  // 8-4-4-4-12 digits

// The bytes in the order in which they are written.
using written_bytes = std::array<unsigned char, 16>;

written_bytes bytes_of(const UUID& uuid) noexcept
{
    written_bytes bytes{};
    for (unsigned index = 0; index < 4; ++index) {
        bytes[index] = static_cast<unsigned char>(uuid.Data1 >> (24 - 8 * index));
    }
    for (unsigned index = 0; index < 2; ++index) {
        bytes[4 + index] = static_cast<unsigned char>(uuid.Data2 >> (8 - 8 * index));
        bytes[6 + index] = static_cast<unsigned char>(uuid.Data3 >> (8 - 8 * index));
    }
    std::memcpy(bytes.data() + 8, uuid.Data4, 8);
    return bytes;
}

UUID uuid_of(const written_bytes& bytes) noexcept
{
    UUID uuid{};
    uuid.Data1 = static_cast<ULONG>(bytes[0]) << 24 | static_cast<ULONG>(bytes[1]) << 16 |
                 static_cast<ULONG>(bytes[2]) << 8 | bytes[3];
    uuid.Data2 = static_cast<USHORT>(bytes[4] << 8 | bytes[5]);
    uuid.Data3 = static_cast<USHORT>(bytes[6] << 8 | bytes[7]);
    std::memcpy(uuid.Data4, bytes.data() + 8, 8);
    return uuid;
}

bool dash_before(std::size_t byte) noexcept
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

template <class Char, class String>
RPC_STATUS print(const UUID* uuid, String* target) noexcept
{
    if (target == nullptr) {
        return RPC_S_OUT_OF_MEMORY;
    }
    const UUID nil{};
    auto* text = static_cast<Char*>(std::malloc((text_length + 1) * sizeof(Char)));
    if (text == nullptr) {
        return RPC_S_OUT_OF_MEMORY;
    }
    const written_bytes bytes = bytes_of(uuid != nullptr ? *uuid : nil);
    Char* next = text;
    for (std::size_t index = 0; index < bytes.size(); ++index) {
        if (dash_before(index)) {
            *next++ = '-';
        }
        *next++ = static_cast<Char>("0123456789abcdef"[bytes[index] >> 4]);
        *next++ = static_cast<Char>("0123456789abcdef"[bytes[index] & 15]);
    }
    *next = 0;
    *target = reinterpret_cast<String>(text);
    return RPC_S_OK;
}

template <class Char>
int digit_of(Char letter) noexcept
{
    const auto code = static_cast<unsigned>(letter);
    if (code - '0' < 10) {
        return static_cast<int>(code - '0');
    }
    const unsigned folded = code | 0x20;
    return folded >= 'a' && folded <= 'f' ? static_cast<int>(folded - 'a' + 10) : -1;
}

template <class Char>
RPC_STATUS parse(const Char* text, UUID* uuid) noexcept
{
    written_bytes bytes{};
    for (std::size_t index = 0; text != nullptr && index < bytes.size(); ++index) {
        if (dash_before(index) && *text++ != '-') {
            return RPC_S_INVALID_STRING_UUID;
        }
        const int high = digit_of(text[0]);
        const int low = high >= 0 ? digit_of(text[1]) : -1;
        if (low < 0) {
            return RPC_S_INVALID_STRING_UUID;
        }
        bytes[index] = static_cast<unsigned char>(high << 4 | low);
        text += 2;
    }
    if (text != nullptr && *text != 0) {
        return RPC_S_INVALID_STRING_UUID;
    }
    *uuid = uuid_of(bytes);  // no text is the nil UUID
    return RPC_S_OK;
}

template <class String>
RPC_STATUS free_text(String* text) noexcept
{
    if (text != nullptr) {
        std::free(*text);
        *text = nullptr;
    }
    return RPC_S_OK;
}

}  // namespace

// Version 4: all random but the marks that say so.
RPC_STATUS RPC_ENTRY UuidCreate(UUID* Uuid)
{
    written_bytes bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        return RPC_S_UUID_NO_ADDRESS;
    }
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
    *Uuid = uuid_of(bytes);
    return RPC_S_OK;
}

RPC_STATUS RPC_ENTRY UuidCreateNil(UUID* NilUuid)
{
    *NilUuid = UUID{};
    return RPC_S_OK;
}

RPC_STATUS RPC_ENTRY UuidToStringA(const UUID* Uuid, RPC_CSTR* StringUuid)
{
    return print<char>(Uuid, StringUuid);
}

RPC_STATUS RPC_ENTRY UuidToStringW(const UUID* Uuid, RPC_WSTR* StringUuid)
{
    return print<WCHAR>(Uuid, StringUuid);
}

RPC_STATUS RPC_ENTRY UuidFromStringA(RPC_CSTR StringUuid, UUID* Uuid)
{
    return parse(StringUuid, Uuid);
}

RPC_STATUS RPC_ENTRY UuidFromStringW(RPC_WSTR StringUuid, UUID* Uuid)
{
    return parse(StringUuid, Uuid);
}

RPC_STATUS RPC_ENTRY RpcStringFreeA(RPC_CSTR* String)
{
    return free_text(String);
}

RPC_STATUS RPC_ENTRY RpcStringFreeW(RPC_WSTR* String)
{
    return free_text(String);
}
