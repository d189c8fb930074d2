/* Calling conventions, declspecs and fixed-width keywords that Windows sources use and gcc/clang on Linux
 * lack. Everything here is a macro; no type or function lives in this file. It answers to the pages
 * "Calling conventions" and "__declspec" of the Visual C++ reference: on 64-bit targets there is one
 * convention, so the words vanish. */
#ifndef SPINDLE_WS_CONVENTIONS_H
#define SPINDLE_WS_CONVENTIONS_H

#ifndef SPINDLE_HEADERS_SHOW_WARNINGS
#pragma GCC system_header
#endif

#if __SIZEOF_POINTER__ == 8
#define SPINDLE_WS_64BIT 1
#else
#define SPINDLE_WS_64BIT 0
#endif

/* Helpers of our own headers: a function whose body is here, and the symbol a libc-named function really
 * has. */
#ifdef __cplusplus
#define SPINDLE_WS_INLINE inline
#define SPINDLE_WS_BEGIN extern "C" {
#define SPINDLE_WS_END }
#else
#define SPINDLE_WS_INLINE static __inline__ __attribute__((__unused__))
#define SPINDLE_WS_BEGIN
#define SPINDLE_WS_END
#endif
#define SPINDLE_WS_SYMBOL(name) __asm__(#name)

/* WCHAR is 16 bits: wide literals are L"" under -fshort-wchar and u"" otherwise. */
#if __SIZEOF_WCHAR_T__ == 2
#define SPINDLE_WS_WIDE_(text) L##text
#else
#define SPINDLE_WS_WIDE_(text) u##text
#endif
#define SPINDLE_WS_WIDE(text) SPINDLE_WS_WIDE_(text)

#ifndef __int64
#define __int8 char
#define __int16 short
#define __int32 int
#define __int64 long long
#endif

#ifndef __cdecl
#define __cdecl
#endif
#ifndef __stdcall
#define __stdcall
#endif
#ifndef __fastcall
#define __fastcall
#endif
#ifndef __thiscall
#define __thiscall
#endif
#ifndef __vectorcall
#define __vectorcall
#endif
#ifndef _cdecl
#define _cdecl
#endif
#ifndef _stdcall
#define _stdcall
#endif
#ifndef __pascal
#define __pascal
#endif
#ifndef __forceinline
#define __forceinline __inline__ __attribute__((__always_inline__))
#endif
#ifndef _int64
#define _int64 long long
#endif
#ifndef __assume
#define __assume(condition) ((condition) ? (void)0 : __builtin_unreachable())
#endif
#ifndef __debugbreak
#if defined(__x86_64__) || defined(__i386__)
#define __debugbreak() __asm__ __volatile__("int3")
#else
#define __debugbreak() __builtin_trap()
#endif
#endif
#ifndef __unaligned
#define __unaligned
#endif
#ifndef __ptr64
#define __ptr64
#define __ptr32
#endif
#ifndef __w64
#define __w64
#endif

/* __declspec(word) becomes the attribute of the same meaning; a word without one is a compile error that
 * names it. "thread", "restrict" and friends may be macros elsewhere, which pasting does not disturb. */
#ifndef __declspec
#define __declspec(word) SPINDLE_WS_DECLSPEC_##word
#endif
#define SPINDLE_WS_DECLSPEC_align(bytes) __attribute__((__aligned__(bytes)))
#define SPINDLE_WS_DECLSPEC_deprecated __attribute__((__deprecated__))
#define SPINDLE_WS_DECLSPEC_dllexport __attribute__((__visibility__("default")))
#define SPINDLE_WS_DECLSPEC_dllimport
#define SPINDLE_WS_DECLSPEC_naked __attribute__((__naked__))
#define SPINDLE_WS_DECLSPEC_noalias
#define SPINDLE_WS_DECLSPEC_noinline __attribute__((__noinline__))
#define SPINDLE_WS_DECLSPEC_noreturn __attribute__((__noreturn__))
#define SPINDLE_WS_DECLSPEC_nothrow __attribute__((__nothrow__))
#define SPINDLE_WS_DECLSPEC_novtable
#define SPINDLE_WS_DECLSPEC_restrict
#define SPINDLE_WS_DECLSPEC_selectany __attribute__((__weak__))
#define SPINDLE_WS_DECLSPEC_thread __thread
#define SPINDLE_WS_DECLSPEC_uuid(text)

#define WINAPI
#define WINAPIV
#define APIENTRY WINAPI
#define APIPRIVATE
#define CALLBACK
#define NTAPI
#define PASCAL
#define CDECL
#define WSAAPI
#define STDAPICALLTYPE
#define STDMETHODCALLTYPE
#ifndef FAR
#define FAR
#endif
#ifndef NEAR
#define NEAR
#endif
#ifndef CONST
#define CONST const
#endif
#ifndef IN
#define IN
#endif
#ifndef OUT
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
#endif

#ifdef __cplusplus
#define EXTERN_C extern "C"
#define EXTERN_C_START extern "C" {
#define EXTERN_C_END }
#else
#define EXTERN_C extern
#define EXTERN_C_START
#define EXTERN_C_END
#endif
#define DECLSPEC_IMPORT
#define DECLSPEC_EXPORT __declspec(dllexport)
#define DECLSPEC_NORETURN __declspec(noreturn)
#define DECLSPEC_NOINLINE __declspec(noinline)
#define DECLSPEC_ALIGN(bytes) __declspec(align(bytes))
#define DECLSPEC_SELECTANY __declspec(selectany)
#define FORCEINLINE __forceinline
#define WINBASEAPI
#define WINADVAPI
#define WINUSERAPI
#define NTSYSAPI
#ifndef WINSOCK_API_LINKAGE
#define WINSOCK_API_LINKAGE
#endif

#endif
