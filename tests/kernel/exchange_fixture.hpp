// A catalog entry whose provider agrees to the private exchange, and handles of its sockets.
#pragma once

#include <winsock2.h>

#include "api/recorded_entry.hpp"

#include "offered_exchange.hpp"
#include "port_handle.hpp"

namespace spindle::test {

class exchange_entry {
public:
    exchange_entry() : library_(EXCHANGE_PROVIDER), entry_(EXCHANGE_PROVIDER)
    {
        const auto function = reinterpret_cast<offered_function>(library_.symbol(offered_symbol));
        REQUIRE(function != nullptr);
        offered_ = function();
    }
    ~exchange_entry() { offered_->refuse_with = 0; }

    offered_exchange& operator*() const { return *offered_; }
    offered_exchange* operator->() const { return offered_; }

private:
    shared_library library_;
    recorded_entry entry_;
    offered_exchange* offered_ = nullptr;
};

inline HANDLE as_handle(SOCKET s)
{
    return reinterpret_cast<HANDLE>(s);
}

inline bool associate(SOCKET s, HANDLE port, ULONG_PTR key)
{
    return CreateIoCompletionPort(as_handle(s), port, key, 0) == port;
}

}  // namespace spindle::test
