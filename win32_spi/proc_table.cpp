// The 30 entries in documented order (Winsock SPI: WSPPROC_TABLE). The designated initialisers prove the
// names and the types, the assertions prove the order: a header that sorted the table otherwise would not
// compile.
#include "proc_table.hpp"

#include <cstddef>

#include "thunks.hpp"

namespace spindle::spi {

namespace {

constexpr std::size_t slot = sizeof(void (*)());

static_assert(sizeof(WSPPROC_TABLE) == 30 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPAccept) == 0 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPAddressToString) == 1 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPAsyncSelect) == 2 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPBind) == 3 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPCancelBlockingCall) == 4 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPCleanup) == 5 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPCloseSocket) == 6 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPConnect) == 7 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPDuplicateSocket) == 8 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPEnumNetworkEvents) == 9 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPEventSelect) == 10 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPGetOverlappedResult) == 11 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPGetPeerName) == 12 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPGetSockName) == 13 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPGetSockOpt) == 14 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPGetQOSByName) == 15 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPIoctl) == 16 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPJoinLeaf) == 17 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPListen) == 18 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPRecv) == 19 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPRecvDisconnect) == 20 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPRecvFrom) == 21 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPSelect) == 22 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPSend) == 23 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPSendDisconnect) == 24 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPSendTo) == 25 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPSetSockOpt) == 26 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPShutdown) == 27 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPSocket) == 28 * slot);
static_assert(offsetof(WSPPROC_TABLE, lpWSPStringToAddress) == 29 * slot);

constexpr WSPPROC_TABLE table{
    .lpWSPAccept = WSPAccept,
    .lpWSPAddressToString = WSPAddressToString,
    .lpWSPAsyncSelect = WSPAsyncSelect,
    .lpWSPBind = WSPBind,
    .lpWSPCancelBlockingCall = WSPCancelBlockingCall,
    .lpWSPCleanup = WSPCleanup,
    .lpWSPCloseSocket = WSPCloseSocket,
    .lpWSPConnect = WSPConnect,
    .lpWSPDuplicateSocket = WSPDuplicateSocket,
    .lpWSPEnumNetworkEvents = WSPEnumNetworkEvents,
    .lpWSPEventSelect = WSPEventSelect,
    .lpWSPGetOverlappedResult = WSPGetOverlappedResult,
    .lpWSPGetPeerName = WSPGetPeerName,
    .lpWSPGetSockName = WSPGetSockName,
    .lpWSPGetSockOpt = WSPGetSockOpt,
    .lpWSPGetQOSByName = WSPGetQOSByName,
    .lpWSPIoctl = WSPIoctl,
    .lpWSPJoinLeaf = WSPJoinLeaf,
    .lpWSPListen = WSPListen,
    .lpWSPRecv = WSPRecv,
    .lpWSPRecvDisconnect = WSPRecvDisconnect,
    .lpWSPRecvFrom = WSPRecvFrom,
    .lpWSPSelect = WSPSelect,
    .lpWSPSend = WSPSend,
    .lpWSPSendDisconnect = WSPSendDisconnect,
    .lpWSPSendTo = WSPSendTo,
    .lpWSPSetSockOpt = WSPSetSockOpt,
    .lpWSPShutdown = WSPShutdown,
    .lpWSPSocket = WSPSocket,
    .lpWSPStringToAddress = WSPStringToAddress,
};

}  // namespace

const WSPPROC_TABLE& proc_table() noexcept
{
    return table;
}

}  // namespace spindle::spi
