/* Random numbers of the classic crypto API; pages "CryptAcquireContextW", "CryptGenRandom", "CryptReleaseContext". There is
 * no key store: a context has to ask for none (CRYPT_VERIFYCONTEXT). Keys, hashes and certificates are not here. */
#ifndef __WINCRYPT_H__
#define __WINCRYPT_H__

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#include "minwindef.h"
#include "winerror.h"

#ifndef SPINDLE_WS_HCRYPTPROV
#define SPINDLE_WS_HCRYPTPROV
typedef ULONG_PTR HCRYPTPROV;
#endif

#define PROV_RSA_FULL 1
#define PROV_RSA_AES 24
#define CRYPT_VERIFYCONTEXT 0xF0000000
#define CRYPT_NEWKEYSET 0x00000008
#define CRYPT_DELETEKEYSET 0x00000010
#define CRYPT_MACHINE_KEYSET 0x00000020
#define CRYPT_SILENT 0x00000040
#define NTE_BAD_UID ((HRESULT)0x80090001)
#define NTE_BAD_FLAGS ((HRESULT)0x80090009)
#define NTE_PROV_TYPE_NOT_DEF ((HRESULT)0x80090017)
#define NTE_BAD_KEYSET ((HRESULT)0x80090016)
#define NTE_FAIL ((HRESULT)0x80090020)
#define MS_DEF_PROV_A "Microsoft Base Cryptographic Provider v1.0"
#define MS_ENHANCED_PROV_A "Microsoft Enhanced Cryptographic Provider v1.0"
#define MS_ENH_RSA_AES_PROV_A "Microsoft Enhanced RSA and AES Cryptographic Provider"
#define MS_DEF_PROV_W SPINDLE_WS_WIDE("Microsoft Base Cryptographic Provider v1.0")
#define MS_ENHANCED_PROV_W SPINDLE_WS_WIDE("Microsoft Enhanced Cryptographic Provider v1.0")
#define MS_ENH_RSA_AES_PROV_W SPINDLE_WS_WIDE("Microsoft Enhanced RSA and AES Cryptographic Provider")

SPINDLE_WS_BEGIN
BOOL WINAPI CryptAcquireContextA(HCRYPTPROV *phProv, LPCSTR szContainer, LPCSTR szProvider, DWORD dwProvType,
                                 DWORD dwFlags);
BOOL WINAPI CryptAcquireContextW(HCRYPTPROV *phProv, LPCWSTR szContainer, LPCWSTR szProvider, DWORD dwProvType,
                                 DWORD dwFlags);
BOOL WINAPI CryptGenRandom(HCRYPTPROV hProv, DWORD dwLen, BYTE *pbBuffer);
BOOL WINAPI CryptReleaseContext(HCRYPTPROV hProv, DWORD dwFlags);
SPINDLE_WS_END

#ifdef UNICODE
#define CryptAcquireContext CryptAcquireContextW
#define MS_DEF_PROV MS_DEF_PROV_W
#define MS_ENHANCED_PROV MS_ENHANCED_PROV_W
#define MS_ENH_RSA_AES_PROV MS_ENH_RSA_AES_PROV_W
#else
#define CryptAcquireContext CryptAcquireContextA
#define MS_DEF_PROV MS_DEF_PROV_A
#define MS_ENHANCED_PROV MS_ENHANCED_PROV_A
#define MS_ENH_RSA_AES_PROV MS_ENH_RSA_AES_PROV_A
#endif

#endif
