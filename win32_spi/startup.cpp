// WSPStartup, the library's one export, and WSPCleanup. Counting, setting up and the last cleanup are core's;
// here stand the version words, the pointer checks and what is written back (Winsock SPI: WSPStartup,
// LPWSPCLEANUP).
#include <algorithm>
#include <iterator>
#include <memory>
#include <string_view>

#include "entry_book.hpp"
#include "exchange_provider.hpp"
#include "instance.hpp"
#include "overlapped_call.hpp"
#include "proc_table.hpp"
#include "rio_state.hpp"
#include "thunk.hpp"
#include "thunks.hpp"
#include "upcall_host.hpp"

namespace spindle::spi {

namespace {

constexpr std::string_view description = "Spindle transport service provider";

version from_word(WORD word) noexcept
{
    return {static_cast<std::uint8_t>(word & 0xFFU), static_cast<std::uint8_t>(word >> 8U)};
}

WORD to_word(const version& value) noexcept
{
    return static_cast<WORD>(value.major | (value.minor << 8U));
}

void write_data(LPWSPDATA lpWSPData, const version& agreed) noexcept
{
    WSPDATA data{};
    data.wVersion = to_word(agreed);
    data.wHighVersion = to_word(version_range{}.highest);
    std::copy(description.begin(), description.end(), std::begin(data.szDescription));
    store(lpWSPData, data);
}

/// On success one startup is counted and *lpWSPData and *lpProcTable are written.
result<int> start(WORD wVersionRequested, LPWSPDATA lpWSPData, const WSAPROTOCOL_INFOW* lpProtocolInfo,
                  const WSPUPCALLTABLE& upcalls, LPWSPPROC_TABLE lpProcTable)
{
    // A bad version wins over bad pointers (START-14).
    const version requested = from_word(wVersionRequested);
    if (const auto agreed = negotiate(requested, version_range{}); !agreed) {
        return agreed.error();
    }
    if (lpWSPData == nullptr || lpProcTable == nullptr || lpProtocolInfo == nullptr) {
        return errc::fault;
    }
    provider::watch_forks(the_provider(), []() noexcept {
        forget_entries_after_fork();
        forget_host_kernel_after_fork();
        forget_queued_routines_after_fork();
        forget_request_memory_after_fork();
        forget_registered_io_after_fork();
    });
    const auto host = std::make_shared<upcall_host>(upcalls, load(lpProtocolInfo));
    const auto agreed = the_provider().startup(requested, host);
    if (!agreed) {
        return agreed.error();
    }
    set_upcalls_of_provider(host.get());
    write_data(lpWSPData, *agreed);
    store(lpProcTable, proc_table());
    return 0;
}

}  // namespace

int WSPAPI WSPCleanup(LPINT lpErrno) noexcept
{
    // Not counted as a call in progress: the last cleanup waits until there is none.
    return guarded_call(call_failed, lpErrno, [&]() -> result<int> {
        if (the_provider().startup_count() == 1) {
            leave_host();
        }
        const auto report = the_provider().cleanup();
        if (report && report->last) {
            leave_host();  // cleanups on two threads may both have seen the other one's startup
            drop_queued_routines();
            drop_request_memory();
            drop_registered_io();
            forget_host_kernel();
        }
        return report ? result<int>(0) : result<int>(report.error());
    });
}

}  // namespace spindle::spi

// Returns 0 or the error code itself; there is no lpErrno and the thread's last error is not set (START-2).
extern "C" int WSPAPI WSPStartup(WORD wVersionRequested, LPWSPDATA lpWSPData,
                                 LPWSAPROTOCOL_INFOW lpProtocolInfo, WSPUPCALLTABLE UpcallTable,
                                 LPWSPPROC_TABLE lpProcTable)
{
    namespace spi = spindle::spi;
    int error = 0;
    spi::guarded_call(spi::call_failed, &error, [&] {
        return spi::start(wVersionRequested, lpWSPData, lpProtocolInfo, UpcallTable, lpProcTable);
    });
    return error;
}
