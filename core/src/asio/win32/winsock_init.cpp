// Tells Asio that it must not call WSAStartup. Its headers do so from a static constructor, which in a
// library that ws2_32 itself loads would run under the loader's lock; the count is taken by native::session
// instead. This object only raises Asio's counter, before the other static objects of the library.
// (asio/detail/winsock_init.hpp)
#include <asio/detail/winsock_init.hpp>

#include "winsock.hpp"

#if defined(_MSC_VER)
#pragma warning(disable : 4073)
#pragma init_seg(lib)
static asio::detail::winsock_init<>::manual manual_winsock_init;
#else
__attribute__((init_priority(101))) static asio::detail::winsock_init<>::manual manual_winsock_init;
#endif

void spindle::win32::keep_asio_from_winsock() noexcept {}
