// A catalog entry of the recording provider, or of a broken one, in front of the built-in ones while it
// lives. Tests that use it are programs of their own: the catalog belongs to the process.
#pragma once

#include "api/recording_provider.hpp"
#include "host/testing.hpp"
#include "support/api_fixture.hpp"
#include "support/catch.hpp"
#include "support/process_probe.hpp"

namespace spindle::test {

/// Protocol numbers nobody else serves.
inline constexpr int recorded_protocol = 200;
inline constexpr DWORD recorded_entry_id = 7001;

inline WSAPROTOCOL_INFOW entry_for(int protocol, DWORD id)
{
    WSAPROTOCOL_INFOW info{};
    info.dwServiceFlags1 = XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER;
    info.ProviderId = {static_cast<DWORD>(protocol), 0x51, 0x52, {1, 2, 3, 4, 5, 6, 7, 8}};
    info.dwCatalogEntryId = id;
    info.ProtocolChain.ChainLen = BASE_PROTOCOL;
    info.iVersion = 2;
    info.iAddressFamily = AF_INET;
    info.iMaxSockAddr = sizeof(sockaddr_in);
    info.iMinSockAddr = sizeof(sockaddr_in);
    info.iSocketType = SOCK_STREAM;
    info.iProtocol = protocol;
    info.iNetworkByteOrder = BIGENDIAN;
    info.szProtocol[0] = 'r';
    return info;
}

/// Keeps the provider's library loaded, so that what it recorded outlives the host's own use of it.
class recorded_entry {
public:
    explicit recorded_entry(const char* path = RECORDING_PROVIDER, const char* catalog_path = nullptr)
        : library_(path), info_(entry_for(recorded_protocol, recorded_entry_id))
    {
        const auto function = reinterpret_cast<recorder_function>(library_.symbol(recorder_symbol));
        REQUIRE(function != nullptr);
        record_ = function();
        *record_ = recorder{};
        REQUIRE(spindle_test_add_provider(&info_, catalog_path != nullptr ? catalog_path : path) == 0);
    }
    ~recorded_entry() { spindle_test_remove_providers(); }
    recorded_entry(const recorded_entry&) = delete;
    recorded_entry& operator=(const recorded_entry&) = delete;

    recorder& record() { return *record_; }
    WSAPROTOCOL_INFOW& info() { return info_; }
    [[nodiscard]] unsigned long long argument(int index) const { return record_->arguments[index]; }

private:
    shared_library library_;
    WSAPROTOCOL_INFOW info_;
    recorder* record_ = nullptr;
};

inline unique_socket recorded_socket()
{
    unique_socket made{socket(AF_INET, SOCK_STREAM, recorded_protocol)};
    REQUIRE(error_of(made.get()) == 0);
    return made;
}

inline unsigned long long number_of(const void* pointer)
{
    return reinterpret_cast<ULONG_PTR>(pointer);
}

}  // namespace spindle::test
