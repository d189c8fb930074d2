// Names are no provider's matter and stay with Windows' own ws2_32, which has to be started for them. See
// host/surroundings.hpp.
#include "host/surroundings.hpp"

#include "host/winsock.hpp"

#include <utility>

namespace spindle::host {

namespace {

constinit HMODULE system_winsock = nullptr;  // in between first start and last cleanup

// By address: the functions of these names here are this library's own.
template <class Function>
Function* system_function(const char* name) noexcept
{
    return reinterpret_cast<Function*>(reinterpret_cast<void*>(GetProcAddress(system_winsock, name)));
}

}  // namespace

int prepare_surroundings() noexcept
{
    system_winsock = LoadLibraryW(L"ws2_32.dll");
    if (system_winsock == nullptr) {
        return WSASYSNOTREADY;
    }
    WSADATA data{};
    return system_function<decltype(WSAStartup)>("WSAStartup")(MAKEWORD(2, 2), &data);
}

// Look-ups of the system's end with the system's clean-up.
void interrupt_waits() noexcept {}

void end_surroundings() noexcept
{
    system_function<decltype(WSACleanup)>("WSACleanup")();
    FreeLibrary(std::exchange(system_winsock, nullptr));
}

}  // namespace spindle::host
