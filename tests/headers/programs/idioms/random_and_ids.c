/* Random numbers, identifiers, sleeping, macros of the message header. */
#define _CRT_RAND_S
#include <stdlib.h>
#include <Windows.h>
#include <WinCrypt.h>
#include <bcrypt.h>
#include <rpc.h>
#include <windowsx.h>

#pragma comment(lib, "advapi32.lib")
#pragma comment(lib, "bcrypt.lib")
#pragma comment(lib, "rpcrt4.lib")

int main(void)
{
    HCRYPTPROV provider = 0;
    BYTE bytes[16];
    UUID uuid;
    unsigned value = 0;
    if (!CryptAcquireContext(&provider, NULL, NULL, PROV_RSA_FULL, CRYPT_VERIFYCONTEXT | CRYPT_SILENT)) {
        return 1;
    }
    CryptGenRandom(provider, sizeof(bytes), bytes);
    CryptReleaseContext(provider, 0);
    if (!BCRYPT_SUCCESS(BCryptGenRandom(NULL, bytes, sizeof(bytes), BCRYPT_USE_SYSTEM_PREFERRED_RNG))) {
        return 2;
    }
    if (UuidCreate(&uuid) != RPC_S_OK || rand_s(&value) != 0) {
        return 3;
    }
    return GET_X_LPARAM(0) + (int)(bytes[0] & value & 0);
}
