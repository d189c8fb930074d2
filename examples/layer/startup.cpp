// WSPStartup, the layer's one export, and WSPCleanup. The order of the last cleanup: new calls are refused, sends in
// progress go out, sockets are closed, threads end, and only then the provider below is cleaned up and unloaded, which
// flushes what it has accepted. Answers to the pages "WSPStartup" and "LPWSPCLEANUP".
#include "layer.hpp"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <thread>

#if !defined(COUNTING_LAYER_ID)
#define COUNTING_LAYER_ID                                                                                    \
    0x6b1a4f0e, 0x52c7, 0x4f0b,                                                                              \
    {                                                                                                        \
        0x9d, 0x35, 0x1c, 0x77, 0x0e, 0xa2, 0x44, 0x18                                                       \
    }
#endif

namespace layer {

const GUID provider_id = {COUNTING_LAYER_ID};

namespace {

struct process_state {
    std::mutex mutex;
    unsigned starts = 0;
    WSPUPCALLTABLE upcalls{};
    std::atomic<bool> running{false};
    std::atomic<bool> stopping{false};
    std::atomic<unsigned> calls{0};
};

process_state& state()
{
    static process_state it;
    return it;
}

thread_local const lower_provider* this_thread_is_in = nullptr;

WSPPROC_TABLE own_table()
{
    WSPPROC_TABLE table{};
    table.lpWSPAccept = spi::WSPAccept;
    table.lpWSPAddressToString = spi::WSPAddressToString;
    table.lpWSPAsyncSelect = spi::WSPAsyncSelect;
    table.lpWSPBind = spi::WSPBind;
    table.lpWSPCancelBlockingCall = spi::WSPCancelBlockingCall;
    table.lpWSPCleanup = spi::WSPCleanup;
    table.lpWSPCloseSocket = spi::WSPCloseSocket;
    table.lpWSPConnect = spi::WSPConnect;
    table.lpWSPDuplicateSocket = spi::WSPDuplicateSocket;
    table.lpWSPEnumNetworkEvents = spi::WSPEnumNetworkEvents;
    table.lpWSPEventSelect = spi::WSPEventSelect;
    table.lpWSPGetOverlappedResult = spi::WSPGetOverlappedResult;
    table.lpWSPGetPeerName = spi::WSPGetPeerName;
    table.lpWSPGetSockName = spi::WSPGetSockName;
    table.lpWSPGetSockOpt = spi::WSPGetSockOpt;
    table.lpWSPGetQOSByName = spi::WSPGetQOSByName;
    table.lpWSPIoctl = spi::WSPIoctl;
    table.lpWSPJoinLeaf = spi::WSPJoinLeaf;
    table.lpWSPListen = spi::WSPListen;
    table.lpWSPRecv = spi::WSPRecv;
    table.lpWSPRecvDisconnect = spi::WSPRecvDisconnect;
    table.lpWSPRecvFrom = spi::WSPRecvFrom;
    table.lpWSPSelect = spi::WSPSelect;
    table.lpWSPSend = spi::WSPSend;
    table.lpWSPSendDisconnect = spi::WSPSendDisconnect;
    table.lpWSPSendTo = spi::WSPSendTo;
    table.lpWSPSetSockOpt = spi::WSPSetSockOpt;
    table.lpWSPShutdown = spi::WSPShutdown;
    table.lpWSPSocket = spi::WSPSocket;
    table.lpWSPStringToAddress = spi::WSPStringToAddress;
    return table;
}

void tear_down()
{
    wait_for_sends();
    close_all_sockets();
    wait_for_calls();
    wait_for_requests();
    stop_window();
    stop_port();
    return_all_handles();
    release_lower_providers();
}

}  // namespace

const WSPUPCALLTABLE& upcalls()
{
    return state().upcalls;
}

bool is_stopping()
{
    return state().stopping;
}

void write_log(const char* format, ...)
{
    const char* name = std::getenv("COUNTING_LAYER_LOG");
    std::FILE* file = name != nullptr ? std::fopen(name, "a") : nullptr;
    if (file != nullptr) {
        va_list arguments;
        va_start(arguments, format);
        std::vfprintf(file, format, arguments);
        va_end(arguments);
        std::fclose(file);
    }
}

call_in_progress::call_in_progress()
{
    ++state().calls;
    entered_ = state().running && !state().stopping;
    if (!entered_) {
        --state().calls;
    }
}

call_in_progress::~call_in_progress()
{
    if (entered_) {
        --state().calls;
    }
}

void wait_for_calls()
{
    while (state().calls != 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        close_all_sockets();  // one that was being made as the cleanup began
    }
}

blocked_in::blocked_in(const lower_provider& below) : outer_(this_thread_is_in)
{
    this_thread_is_in = &below;
}

blocked_in::~blocked_in()
{
    this_thread_is_in = outer_;
}

const lower_provider* blocked_in::innermost()
{
    return this_thread_is_in;
}

}  // namespace layer

using namespace layer;

int WSPAPI layer::spi::WSPCleanup(LPINT lpErrno)
{
    {
        const std::lock_guard<std::mutex> lock(layer::state().mutex);
        if (layer::state().starts == 0) {
            *lpErrno = WSANOTINITIALISED;
            return SOCKET_ERROR;
        }
        if (--layer::state().starts > 0) {
            return 0;
        }
        layer::state().stopping = true;
    }
    tear_down();
    write_log("cleaned up\n");
    const std::lock_guard<std::mutex> lock(layer::state().mutex);
    layer::state().running = false;
    layer::state().stopping = false;
    return 0;
}

extern "C" __declspec(dllexport) int WSPAPI
    WSPStartup(WORD wVersionRequested, LPWSPDATA lpWSPData, LPWSAPROTOCOL_INFOW lpProtocolInfo,
               WSPUPCALLTABLE UpcallTable, LPWSPPROC_TABLE lpProcTable)
{
    if (LOBYTE(wVersionRequested) < 2 || (LOBYTE(wVersionRequested) == 2 && HIBYTE(wVersionRequested) < 2)) {
        return WSAVERNOTSUPPORTED;
    }
    if (lpWSPData == nullptr || lpProtocolInfo == nullptr || lpProcTable == nullptr) {
        return WSAEFAULT;
    }
    auto& it = layer::state();
    const std::lock_guard<std::mutex> lock(it.mutex);
    it.upcalls = UpcallTable;
    // The provider below is started now; those of other chains when their first socket is made.
    int error = 0;
    if (place_in(*lpProtocolInfo, &error) == nullptr) {
        if (it.starts == 0) {
            release_lower_providers();
        }
        return error;
    }
    ++it.starts;
    it.running = true;
    *lpWSPData = WSPDATA{};
    lpWSPData->wVersion = lpWSPData->wHighVersion = MAKEWORD(2, 2);
    const char description[] = "Counting layer";
    for (std::size_t index = 0; index + 1 < sizeof description; ++index) {
        lpWSPData->szDescription[index] = static_cast<WCHAR>(description[index]);
    }
    *lpProcTable = own_table();
    write_log("started for chain %u\n", static_cast<unsigned>(lpProtocolInfo->dwCatalogEntryId));
    return 0;
}
