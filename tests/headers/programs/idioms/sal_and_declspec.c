/* Annotations, declspecs, calling conventions, widths and packing. */
#include <windows.h>
#include <specstrings.h>
#include <intrin.h>
#include <malloc.h>
#include <crtdbg.h>

#ifdef __cplusplus
extern "C"
#endif
__declspec(dllexport) int __stdcall exported(_In_ int value, _Out_opt_ int *result);

#include <pshpack1.h>
typedef struct packet {
    unsigned __int8 kind;
    unsigned __int32 length;
    __int64 stamp;
} packet;
#include <poppack.h>

__declspec(align(16)) static char aligned_buffer[64];
static __declspec(thread) int per_thread;

__forceinline static DWORD FAR PASCAL swap(DWORD value)
{
    return _byteswap_ulong(value);
}

_Success_(return != 0) __declspec(noinline) int __stdcall
    exported(_In_ int value, _Out_opt_ int *result)
{
    unsigned char *scratch = (unsigned char *)_alloca(32);
    ULONG index = 0;
    scratch[0] = (unsigned char)value;
    _ASSERTE(value > 0);
    __assume(value > 0);
    if (_BitScanForward(&index, (ULONG)value) && result != NULL) {
        *result = (int)(swap(index) + scratch[0]);
    }
    _ReadWriteBarrier();
    return sizeof(packet) == 13;
}

int main(void)
{
    void *block = _aligned_malloc(64, 32);
    int result = 0;
    YieldProcessor();
    per_thread = exported(4, &result);
    _aligned_free(block);
    _CrtSetDbgFlag(_CRTDBG_ALLOC_MEM_DF | _CRTDBG_LEAK_CHECK_DF);
    return max(per_thread, aligned_buffer[0]) - 1;
}
