// The look-ups of Winsock 1.1 that end with a window message. Answers to the pages "WSAAsyncGetHostByName",
// "WSAAsyncGetHostByAddr", "WSAAsyncGetServByName", "WSAAsyncGetServByPort", "WSAAsyncGetProtoByName",
// "WSAAsyncGetProtoByNumber", "WSACancelAsyncRequest".
#include "host/classic_records.hpp"
#include "host/name_request.hpp"
#include "host/runtime.hpp"
#include "host/window_calls.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

// `error`: what else is wrong with the arguments.
HANDLE begin(const name_reply& reply, int error, find_record find) noexcept
{
    if (!started()) {
        return fail(HANDLE{nullptr}, WSANOTINITIALISED);
    }
    if (!window_of(reply.window)) {
        return fail(HANDLE{nullptr}, WSAEINVAL);
    }
    if (error == 0 && reply.buffer == nullptr) {
        error = WSAEFAULT;
    }
    if (error != 0) {
        return fail(HANDLE{nullptr}, error);
    }
    const std::uintptr_t number = begin_name_request(reply, std::move(find));
    return number != 0 ? reinterpret_cast<HANDLE>(number) : fail(HANDLE{nullptr}, WSAEWOULDBLOCK);
}

// The program's texts need not outlive the call. Throws std::bad_alloc.
std::string kept(const char* text)
{
    return text == nullptr ? std::string() : text;
}

int missing(const void* pointer) noexcept
{
    return pointer == nullptr ? WSAEFAULT : 0;
}

template <class Key>
HANDLE begin_for_service(const name_reply& reply, int error, const Key& key, const char* protocol)
{
    const bool any = protocol == nullptr;
    return begin(reply, error, [key, any, protocol = kept(protocol)](resolver::record& found) {
        const char* const wanted = any ? nullptr : protocol.c_str();
        if constexpr (std::is_same_v<Key, int>) {
            return find_service(key, wanted, found);
        } else {
            return find_service(key.c_str(), wanted, found);
        }
    });
}

template <class Begin>
HANDLE checked(Begin begin_it) noexcept
try {
    return begin_it();
} catch (const std::bad_alloc&) {
    return fail(HANDLE{nullptr}, WSAENOBUFS);
}

}  // namespace

HANDLE WSAAPI WSAAsyncGetHostByName(HWND hWnd, u_int wMsg, const char* name, char* buf, int buflen)
{
    return checked([&] {
        return begin({record_kind::host, hWnd, wMsg, buf, buflen}, missing(name),
                     [name = kept(name)](resolver::record& found) { return find_host(name.c_str(), found); });
    });
}

HANDLE WSAAPI WSAAsyncGetHostByAddr(HWND hWnd, u_int wMsg, const char* addr, int len, int type, char* buf,
                                    int buflen)
{
    return checked([&] {
        resolver::address where;
        const int error = read_address(addr, len, type, where);
        return begin({record_kind::host, hWnd, wMsg, buf, buflen}, error, [where](resolver::record& found) {
            return code_of(resolver::host_by_address(where, found));
        });
    });
}

HANDLE WSAAPI WSAAsyncGetServByName(HWND hWnd, u_int wMsg, const char* name, const char* proto, char* buf,
                                    int buflen)
{
    return checked([&] {
        return begin_for_service({record_kind::service, hWnd, wMsg, buf, buflen}, missing(name), kept(name),
                                 proto);
    });
}

HANDLE WSAAPI WSAAsyncGetServByPort(HWND hWnd, u_int wMsg, int port, const char* proto, char* buf, int buflen)
{
    return checked([&] {
        return begin_for_service({record_kind::service, hWnd, wMsg, buf, buflen}, 0, port, proto);
    });
}

HANDLE WSAAPI WSAAsyncGetProtoByName(HWND hWnd, u_int wMsg, const char* name, char* buf, int buflen)
{
    return checked([&] {
        return begin(
            {record_kind::protocol, hWnd, wMsg, buf, buflen}, missing(name),
            [name = kept(name)](resolver::record& found) { return find_protocol(name.c_str(), found); });
    });
}

HANDLE WSAAPI WSAAsyncGetProtoByNumber(HWND hWnd, u_int wMsg, int number, char* buf, int buflen)
{
    return checked([&] {
        return begin({record_kind::protocol, hWnd, wMsg, buf, buflen}, 0,
                     [number](resolver::record& found) { return find_protocol(number, found); });
    });
}

int WSAAPI WSACancelAsyncRequest(HANDLE hAsyncTaskHandle)
{
    if (!started()) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    const int error = cancel_name_request(reinterpret_cast<std::uintptr_t>(hAsyncTaskHandle));
    return error == 0 ? 0 : fail(SOCKET_ERROR, error);
}
