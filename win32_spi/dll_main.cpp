// DllMain remembers the module and does nothing else (START-25): no thread, lock, socket or logger at load,
// nothing at detach, whatever the reason (CLEAN-23). Windows only.
#include "module.hpp"

namespace spindle::spi {

constinit HINSTANCE this_module = nullptr;

}  // namespace spindle::spi

extern "C" BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID)
{
    if (reason == DLL_PROCESS_ATTACH) {
        spindle::spi::this_module = module;
    }
    return TRUE;
}
