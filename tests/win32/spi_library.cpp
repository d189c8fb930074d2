// The host's side of the SPI; see spi_library.hpp.
#include "spi_library.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace win32_test {

namespace {

constexpr DWORD entry_id = 4711;

void set_error(LPINT error, int code) noexcept
{
    if (error != nullptr) {
        *error = code;
    }
}

SOCKET WSPAPI create_handle(DWORD entry, DWORD_PTR context, LPINT error)
{
    const SOCKET handle = upcalls().create(entry, context);
    if (handle == 0) {
        set_error(error, WSAENOBUFS);
        return ~SOCKET{0};
    }
    return handle;
}

int WSPAPI close_handle(SOCKET handle, LPINT error)
{
    if (upcalls().close(handle)) {
        return 0;
    }
    set_error(error, WSAENOTSOCK);
    return -1;
}

int WSPAPI query_context(SOCKET handle, PDWORD_PTR context, LPINT error)
{
    if (upcalls().query(handle, *context)) {
        return 0;
    }
    set_error(error, WSAENOTSOCK);
    return -1;
}

int WSPAPI query_hook(DWORD, LPBLOCKINGCALLBACK* function, PDWORD_PTR context, LPINT)
{
    *function = nullptr;
    *context = 0;
    return 0;
}

// The rest of the table: present, as a host owes it, and of no use to a provider without overlapped requests.
BOOL WSPAPI close_event(WSAEVENT, LPINT error)
{
    set_error(error, WSA_INVALID_HANDLE);
    return 0;
}
WSAEVENT WSPAPI create_event(LPINT error)
{
    set_error(error, WSA_NOT_ENOUGH_MEMORY);
    return nullptr;
}
int WSPAPI is_set(SOCKET, fd_set*)
{
    return 0;
}
int WSPAPI provider_path(LPGUID, WCHAR*, LPINT, LPINT error)
{
    set_error(error, WSAEINVAL);
    return -1;
}
SOCKET WSPAPI modify_handle(DWORD, SOCKET, LPINT error)
{
    set_error(error, WSAEINVAL);
    return ~SOCKET{0};
}
BOOL WSPAPI post_message(HWND, UINT, WPARAM, LPARAM)
{
    return 0;
}
int WSPAPI queue_apc(LPWSATHREADID, LPWSAUSERAPC, DWORD_PTR, LPINT error)
{
    set_error(error, WSAEFAULT);
    return -1;
}
int WSPAPI no_thread(LPWSATHREADID, LPINT error)
{
    set_error(error, WSANOTINITIALISED);
    return -1;
}

}  // namespace

WSPUPCALLTABLE upcall_record::table() noexcept
{
    WSPUPCALLTABLE table{};
    table.lpWPUCloseEvent = close_event;
    table.lpWPUCloseSocketHandle = close_handle;
    table.lpWPUCreateEvent = create_event;
    table.lpWPUCreateSocketHandle = create_handle;
    table.lpWPUFDIsSet = is_set;
    table.lpWPUGetProviderPath = provider_path;
    table.lpWPUModifyIFSHandle = modify_handle;
    table.lpWPUPostMessage = post_message;
    table.lpWPUQueryBlockingCallback = query_hook;
    table.lpWPUQuerySocketHandleContext = query_context;
    table.lpWPUQueueApc = queue_apc;
    table.lpWPUResetEvent = close_event;
    table.lpWPUSetEvent = close_event;
    table.lpWPUOpenCurrentThread = no_thread;
    table.lpWPUCloseThread = no_thread;
    return table;
}

SOCKET upcall_record::create(DWORD entry, DWORD_PTR context)
{
    const std::lock_guard lock(mutex_);
    if (entry != entry_id) {
        ++refused_;
        return 0;
    }
    ++created_;
    contexts_.emplace(next_, context);
    next_ += 4;
    return next_ - 4;
}

bool upcall_record::close(SOCKET handle)
{
    const std::lock_guard lock(mutex_);
    if (contexts_.erase(handle) == 0) {
        ++refused_;
        return false;
    }
    ++closed_;
    return true;
}

bool upcall_record::query(SOCKET handle, DWORD_PTR& context)
{
    const std::lock_guard lock(mutex_);
    const auto found = contexts_.find(handle);
    if (found == contexts_.end()) {
        return false;
    }
    context = found->second;
    return true;
}

std::size_t upcall_record::open()
{
    const std::lock_guard lock(mutex_);
    return contexts_.size();
}

void upcall_record::reset()
{
    const std::lock_guard lock(mutex_);
    contexts_.clear();
    created_ = closed_ = refused_ = 0;
}

upcall_record& upcalls()
{
    static upcall_record record;
    return record;
}

WSAPROTOCOL_INFOW tcp_entry()
{
    WSAPROTOCOL_INFOW entry{};
    entry.dwServiceFlags1 =
        XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE | XP1_EXPEDITED_DATA;
    entry.dwProviderFlags = PFL_MATCHES_PROTOCOL_ZERO;
    entry.dwCatalogEntryId = entry_id;
    entry.ProtocolChain.ChainLen = BASE_PROTOCOL;
    entry.iVersion = 2;
    entry.iAddressFamily = AF_INET;
    entry.iMaxSockAddr = entry.iMinSockAddr = static_cast<int>(sizeof(sockaddr_in));
    entry.iSocketType = SOCK_STREAM;
    entry.iProtocol = IPPROTO_TCP;
    const char name[] = "Spindle TCP/IP";
    std::copy(std::begin(name), std::end(name), std::begin(entry.szProtocol));
    return entry;
}

spi_library::spi_library(const char* path) : module_(LoadLibraryA(path))
{
    if (module_ != nullptr) {
        const FARPROC found = GetProcAddress(module_, "WSPStartup");
        static_assert(sizeof found == sizeof start_);
        std::memcpy(&start_, &found, sizeof start_);
    }
}

spi_library::~spi_library()
{
    if (module_ != nullptr) {
        FreeLibrary(module_);
    }
}

int spi_library::start(WORD requested, WSPDATA* out, WSAPROTOCOL_INFOW* entry, WSPPROC_TABLE* table) const
{
    return start_(requested, out, entry, upcall_record::table(), table);
}

int spi_library::start()
{
    WSAPROTOCOL_INFOW entry = tcp_entry();
    return start(MAKEWORD(2, 2), &data, &entry, &calls);
}

}  // namespace win32_test
