// Reading and writing sockets as files, see socket_file_io.hpp.
#include "host/socket_file_io.hpp"

#include "host/dispatch.hpp"
#include "host/request_status.hpp"
#include "host/socket_handles.hpp"

namespace spindle::host {

namespace {

// `call(table, socket, buffer, bytes, overlapped, lpErrno)` as the WSP functions return.
template <class Call>
BOOL transfer(HANDLE file, LPVOID data, DWORD count, LPDWORD transferred, LPOVERLAPPED overlapped,
              Call&& call) noexcept
{
    call_scope scope;
    socket_reference socket;
    if (const int error = scope ? find_socket_by_handle(file, socket) : ERROR_INVALID_HANDLE; error != 0) {
        return fail(FALSE, error);
    }
    if (transferred == nullptr && overlapped == nullptr) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    if (const int error = socket.owner().ensure_started(socket.entry.catalog_entry_id); error != 0) {
        return fail(FALSE, static_cast<int>(error_of_winsock(error)));
    }
    scope.enter_provider(socket.owner());
    WSABUF buffer{};
    buffer.buf = static_cast<CHAR*>(data);
    buffer.len = count;
    DWORD bytes = 0;
    int error = WSASYSCALLFAILURE;
    const int result = call(socket.owner().table(), socket.socket, buffer, bytes,
                            reinterpret_cast<LPWSAOVERLAPPED>(overlapped), &error);
    if (transferred != nullptr) {
        *transferred = result == 0 ? bytes : 0;
    }
    return result == 0 ? TRUE : fail(FALSE, static_cast<int>(error_of_winsock(error)));
}

}  // namespace

BOOL read_socket(HANDLE file, LPVOID buffer, DWORD count, LPDWORD transferred,
                 LPOVERLAPPED overlapped) noexcept
{
    return transfer(file, buffer, count, transferred, overlapped,
                    [](const WSPPROC_TABLE& table, SOCKET s, WSABUF& data, DWORD& bytes,
                       LPWSAOVERLAPPED request, LPINT lpErrno) {
                        DWORD flags = 0;
                        return table.lpWSPRecv(s, &data, 1, &bytes, &flags, request, nullptr,
                                               thread_id_for(request), lpErrno);
                    });
}

BOOL write_socket(HANDLE file, LPCVOID buffer, DWORD count, LPDWORD transferred,
                  LPOVERLAPPED overlapped) noexcept
{
    return transfer(file, const_cast<LPVOID>(buffer), count, transferred, overlapped,
                    [](const WSPPROC_TABLE& table, SOCKET s, WSABUF& data, DWORD& bytes,
                       LPWSAOVERLAPPED request, LPINT lpErrno) {
                        return table.lpWSPSend(s, &data, 1, &bytes, 0, request, nullptr,
                                               thread_id_for(request), lpErrno);
                    });
}

}  // namespace spindle::host
