// A small layer with IFS handles: programs get the handles of the provider below, made known to the host as this layer's,
// and most entries are the lower provider's own. How it finds and loads what is below is the example layer's. Answers to
// the pages "Categorizing Layered Service Providers and Applications" and "WPUModifyIFSHandle" (clauses LSP-9, LSP-10).
#include "api/ifs_layer.hpp"
#include "layer/layer.hpp"

namespace layer {

const GUID provider_id = spindle::test::ifs_layer_id;

namespace {

spindle::test::ifs_layer_facts facts;
WSPPROC_TABLE below;
unsigned starts = 0;

SOCKET make_known(SOCKET lower, DWORD own_id, LPINT error)
{
    if (lower == INVALID_SOCKET) {
        return lower;
    }
    facts.proposed = lower;
    facts.own_id = own_id;
    facts.returned = facts.upcalls.lpWPUModifyIFSHandle(own_id, lower, error);
    if (facts.returned == INVALID_SOCKET) {
        int ignored = 0;
        below.lpWSPCloseSocket(lower, &ignored);
    }
    return facts.returned;
}

SOCKET WSPAPI on_socket_call(int family, int type, int protocol, LPWSAPROTOCOL_INFOW info, GROUP group,
                             DWORD flags, LPINT error)
{
    facts.socket_for = *info;
    const place* where = place_in(*info, error);
    if (where == nullptr) {
        return INVALID_SOCKET;
    }
    WSAPROTOCOL_INFOW passed = where->passed;
    passed.dwProviderReserved = info->dwProviderReserved;
    return make_known(where->below->table.lpWSPSocket(family, type, protocol, &passed, group, flags, error),
                      where->own_id, error);
}

SOCKET WSPAPI on_accept(SOCKET s, sockaddr* name, LPINT length, LPCONDITIONPROC condition, DWORD_PTR data,
                        LPINT error)
{
    return make_known(below.lpWSPAccept(s, name, length, condition, data, error), facts.own_id, error);
}

int WSPAPI on_recv(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD bytes, LPDWORD flags,
                   LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine,
                   LPWSATHREADID thread, LPINT error)
{
    facts.overlapped = overlapped;
    return below.lpWSPRecv(s, buffers, count, bytes, flags, overlapped, routine, thread, error);
}

int WSPAPI on_select(int count, fd_set* reading, fd_set* writing, fd_set* exceptions, select_timeout timeout,
                     LPINT error)
{
    ++facts.selects;
    return below.lpWSPSelect(count, reading, writing, exceptions, timeout, error);
}

// Called for sockets that this layer made, whose chain is the one of the last of them.
int WSPAPI on_get_option(SOCKET s, int level, int name, char* value, LPINT length, LPINT error)
{
    if (level != SOL_SOCKET || name != SO_PROTOCOL_INFOW ||
        *length < static_cast<int>(sizeof(WSAPROTOCOL_INFOW))) {
        return below.lpWSPGetSockOpt(s, level, name, value, length, error);
    }
    *length = sizeof(WSAPROTOCOL_INFOW);
    *reinterpret_cast<LPWSAPROTOCOL_INFOW>(value) = facts.socket_for;
    return 0;
}

// Addresses have no socket to say which provider below is meant.
template <class Call>
INT in_chain(const WSAPROTOCOL_INFOW& info, LPINT error, Call&& call)
{
    const place* where = place_in(info, error);
    if (where == nullptr) {
        return SOCKET_ERROR;
    }
    WSAPROTOCOL_INFOW passed = where->passed;
    return call(where->below->table, &passed);
}

INT WSPAPI on_address(LPSOCKADDR name, DWORD length, LPWSAPROTOCOL_INFOW info, LPWSTR text, LPDWORD size,
                      LPINT error)
{
    return in_chain(*info, error, [&](const WSPPROC_TABLE& table, LPWSAPROTOCOL_INFOW passed) {
        return table.lpWSPAddressToString(name, length, passed, text, size, error);
    });
}

INT WSPAPI on_text(LPWSTR text, INT family, LPWSAPROTOCOL_INFOW info, LPSOCKADDR name, LPINT length,
                   LPINT error)
{
    return in_chain(*info, error, [&](const WSPPROC_TABLE& table, LPWSAPROTOCOL_INFOW passed) {
        return table.lpWSPStringToAddress(text, family, passed, name, length, error);
    });
}

int WSPAPI on_cleanup(LPINT)
{
    ++facts.cleanups;
    if (--starts == 0) {
        release_lower_providers();
    }
    return 0;
}

}  // namespace

const WSPUPCALLTABLE& upcalls()
{
    return facts.upcalls;
}

}  // namespace layer

extern "C" __declspec(dllexport) spindle::test::ifs_layer_facts* spindle_test_ifs_layer()
{
    return &layer::facts;
}

extern "C" __declspec(dllexport) int WSPAPI
    WSPStartup(WORD wVersionRequested, LPWSPDATA lpWSPData, LPWSAPROTOCOL_INFOW lpProtocolInfo,
               WSPUPCALLTABLE UpcallTable, LPWSPPROC_TABLE lpProcTable)
{
    using namespace layer;
    if (wVersionRequested != MAKEWORD(2, 2)) {
        return WSAVERNOTSUPPORTED;
    }
    facts.started_for = *lpProtocolInfo;
    facts.upcalls = UpcallTable;
    int error = 0;
    const place* where = place_in(*lpProtocolInfo, &error);
    if (where == nullptr) {
        return error;
    }
    ++facts.startups;
    ++starts;
    below = where->below->table;
    *lpProcTable = below;
    lpProcTable->lpWSPAccept = on_accept;
    lpProcTable->lpWSPAddressToString = on_address;
    lpProcTable->lpWSPCleanup = on_cleanup;
    lpProcTable->lpWSPGetSockOpt = on_get_option;
    lpProcTable->lpWSPRecv = on_recv;
    lpProcTable->lpWSPSelect = on_select;
    lpProcTable->lpWSPSocket = on_socket_call;
    lpProcTable->lpWSPStringToAddress = on_text;
    facts.bind_below = below.lpWSPBind;
    facts.bind = lpProcTable->lpWSPBind;
    *lpWSPData = WSPDATA{};
    lpWSPData->wVersion = lpWSPData->wHighVersion = MAKEWORD(2, 2);
    return 0;
}
