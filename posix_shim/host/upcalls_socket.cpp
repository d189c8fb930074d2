// Upcalls on socket handles: minting, releasing, asking for the context, completing an overlapped request.
// Windows has no upcall that closes an IFS handle, since there the provider closes it in the kernel. Here the
// host is the kernel: WPUCloseSocketHandle on a handle from WPUModifyIFSHandle stands for that close. A
// provider that does not make it loses nothing for sockets closed by the program: the host drops the handle
// when WSPCloseSocket succeeds.
#include "host/kernel_objects.hpp"
#include "host/provider.hpp"
#include "host/request_end.hpp"
#include "host/request_status.hpp"
#include "host/upcalls.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

SOCKET handle_or_no_buffers(std::uint32_t handle, LPINT lpErrno) noexcept
{
    return handle != 0 ? SOCKET{handle} : upcall_failure(SOCKET{INVALID_SOCKET}, lpErrno, WSAENOBUFS);
}

}  // namespace

SOCKET WSPAPI WPUCreateSocketHandle(DWORD dwCatalogEntryId, DWORD_PTR dwContext, LPINT lpErrno)
{
    provider* owner = provider_of_entry(dwCatalogEntryId);
    return handle_or_no_buffers(
        owner == nullptr ? 0 : kernel::handles.add({owner, dwContext, dwCatalogEntryId, false}), lpErrno);
}

SOCKET WSPAPI WPUModifyIFSHandle(DWORD dwCatalogEntryId, SOCKET ProposedHandle, LPINT lpErrno)
{
    provider* owner = provider_of_entry(dwCatalogEntryId);
    if (owner == nullptr || ProposedHandle == 0 || ProposedHandle == INVALID_SOCKET) {
        return upcall_failure(SOCKET{INVALID_SOCKET}, lpErrno, WSAEINVAL);
    }
    const kernel::socket_entry entry{owner, ProposedHandle, dwCatalogEntryId, true};
    // A layer that takes over the handle of the provider below it: same value, routed to the layer from now
    // on. What a provider proposes otherwise is a number of its own making that may look like one of its
    // handles.
    kernel::socket_entry taken_over;
    if (kernel::handles.find_socket(ProposedHandle, taken_over) && taken_over.owner != owner &&
        kernel::handles.retarget(ProposedHandle, entry)) {
        owner->takes_over_from(*static_cast<provider*>(taken_over.owner));
        return ProposedHandle;
    }
    return handle_or_no_buffers(kernel::handles.add(entry), lpErrno);
}

int WSPAPI WPUCloseSocketHandle(SOCKET s, LPINT lpErrno)
{
    return kernel::handles.remove(s, kernel::object_kind::socket)
               ? 0
               : upcall_failure(SOCKET_ERROR, lpErrno, WSAENOTSOCK);
}

int WSPAPI WPUQuerySocketHandleContext(SOCKET s, PDWORD_PTR lpContext, LPINT lpErrno)
{
    kernel::socket_entry entry;
    if (!kernel::handles.find_socket(s, entry) || entry.ifs) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAENOTSOCK);
    }
    if (lpContext == nullptr) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAEFAULT);
    }
    *lpContext = entry.context;
    return 0;
}

// Exported, not part of the table (UP-7). The provider has stored flags and error in Offset and OffsetHigh
// (UP-11); Internal may be any value but pending (OVL-9).
int WSPAPI WPUCompleteOverlappedRequest(SOCKET s, LPWSAOVERLAPPED lpOverlapped, DWORD dwError,
                                        DWORD cbTransferred, LPINT lpErrno)
{
    kernel::socket_entry entry;
    const bool known = kernel::handles.find_socket(s, entry) || kernel::handles.find_hidden_socket(s, entry);
    if (lpOverlapped == nullptr || !known || entry.ifs) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAEINVAL);
    }
    const auto file = kernel::handles.file_of(s);
    complete_request(file.get(), reinterpret_cast<OVERLAPPED&>(*lpOverlapped),
                     status_of_winsock(static_cast<int>(dwError)), cbTransferred, spindle::exchange::notify::normal);
    return 0;
}
