// A catalog file as it may be found: cut off, damaged, made up. It is read or refused; what is read makes sense.
#include "fuzz_target.hpp"

#include <algorithm>
#include <iterator>

#include <sys/mman.h>
#include <unistd.h>
#include <ws2spi.h>

using namespace spindle::fuzz;

namespace {

using enumerate_function = int(WSPAPI*)(LPINT, LPWSAPROTOCOL_INFOW, LPDWORD, LPINT);

/// The catalog of this process for the length of a call, in memory.
class file_in_memory {
public:
    explicit file_in_memory(const std::vector<char>& content) : descriptor_(memfd_create("catalog", MFD_CLOEXEC))
    {
        const std::string path = "/proc/self/fd/" + std::to_string(descriptor_);
        require(descriptor_ >= 0 && setenv("SPINDLE_CATALOG", path.c_str(), 1) == 0);
        require(write(descriptor_, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    }
    file_in_memory(const file_in_memory&) = delete;
    file_in_memory& operator=(const file_in_memory&) = delete;
    ~file_in_memory()
    {
        unsetenv("SPINDLE_CATALOG");
        close(descriptor_);
    }

private:
    int descriptor_;
};

bool makes_sense(const WSAPROTOCOL_INFOW& info)
{
    return info.ProtocolChain.ChainLen >= 0 && info.ProtocolChain.ChainLen <= MAX_PROTOCOL_CHAIN &&
           std::find(std::begin(info.szProtocol), std::end(info.szProtocol), WCHAR{0}) != std::end(info.szProtocol);
}

void read_catalog(enumerate_function enumerate)
{
    DWORD size = 0;
    int error = 0;
    int count = enumerate(nullptr, nullptr, &size, &error);
    if (count == SOCKET_ERROR && error == WSAENOBUFS) {
        std::vector<WSAPROTOCOL_INFOW> entries(size / sizeof(WSAPROTOCOL_INFOW));
        count = enumerate(nullptr, entries.data(), &size, &error);
        require(count == static_cast<int>(entries.size()) && std::all_of(entries.begin(), entries.end(), &makes_sense));
        WCHAR path[16];
        int length = 16;
        WSCGetProviderPath(&entries[0].ProviderId, path, &length, &error);
        return;
    }
    require(count == 0 || error == WSANO_RECOVERY);
}

}  // namespace

SPINDLE_FUZZ_TARGET(catalog_file)
{
    const file_in_memory file(in.bytes(in.left()));
    read_catalog(&WSCEnumProtocols);
    read_catalog(&WSCEnumProtocols32);
}
