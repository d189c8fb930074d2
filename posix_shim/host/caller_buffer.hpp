// Structures, texts and addresses packed into one buffer of the caller's: WSAQUERYSET, WSANAMESPACE_INFO, the lists of
// the IP helper. Whoever packs runs the same code twice: without memory, to learn the size, and then for good.
#pragma once

#include "host/sockaddr_text.hpp"
#include "host/text_arguments.hpp"

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace spindle::host {

class caller_buffer {
public:
    /// Counts only.
    caller_buffer() = default;
    explicit caller_buffer(void* memory) noexcept : memory_(static_cast<std::byte*>(memory)) {}

    /// Room for that many, cleared and aligned to 8 bytes; scratch memory as long as only sizes are counted.
    template <class Type>
    Type* make(std::size_t count = 1)
    {
        void* const place = take(sizeof(Type) * count);
        return static_cast<Type*>(std::uninitialized_value_construct_n(static_cast<Type*>(place), count) -
                                  count);
    }

    template <class Char>
    Char* text(const std::string& utf8)
    {
        const auto converted = text_in<Char>(utf8);
        Char* const place = make<Char>(converted.size() + 1);
        copy_terminated<Char>(converted, place, converted.size() + 1);
        return place;
    }

    [[nodiscard]] std::size_t size() const noexcept { return used_; }

private:
    void* take(std::size_t bytes)
    {
        const std::size_t offset = used_;
        used_ += (bytes + 7) & ~std::size_t{7};
        if (memory_ != nullptr) {
            return memory_ + offset;
        }
        scratch_.push_back(std::make_unique<std::byte[]>(bytes));
        return scratch_.back().get();
    }

    std::byte* memory_ = nullptr;
    std::size_t used_ = 0;
    std::vector<std::unique_ptr<std::byte[]>> scratch_;
};

/// The address in Winsock's structure, which goes into the buffer too.
inline SOCKET_ADDRESS pack_address(const resolver::address& where, caller_buffer& target)
{
    SOCKADDR_STORAGE address;
    const std::size_t length = store_address(where, address);
    auto* const place = target.make<char>(length);
    std::memcpy(place, &address, length);
    return {reinterpret_cast<LPSOCKADDR>(place), static_cast<INT>(length)};
}

/// Packs with `pack(caller_buffer&)` when the buffer is large enough. Returns the size that is needed.
template <class Pack>
std::size_t pack_into(void* buffer, std::size_t room, Pack&& pack)
{
    caller_buffer counted;
    pack(counted);
    if (buffer != nullptr && counted.size() <= room) {
        caller_buffer target(buffer);
        pack(target);
    }
    return counted.size();
}

}  // namespace spindle::host
