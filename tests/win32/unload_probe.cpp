// A library whose DllMain calls back when the library is unloaded: what runs then runs under the loader's lock.
#include <windows.h>

extern "C" {

__declspec(dllexport) void (*unload_hook)() = nullptr;

BOOL WINAPI DllMain(HINSTANCE, DWORD reason, LPVOID at_exit)
{
    if (reason == DLL_PROCESS_DETACH && at_exit == nullptr && unload_hook != nullptr) {
        unload_hook();
    }
    return TRUE;
}
}
