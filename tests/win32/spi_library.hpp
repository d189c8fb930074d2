// A host for the provider's DLL that plays ws2_32's role: it loads the library, gives it a counting upcall
// table and hands out non-IFS handles. Wine's own ws2_32 never loads service providers, so this is how the
// DLL is driven there.
#pragma once

#include <winsock2.h>
#include <ws2spi.h>
#include <ws2tcpip.h>

#include <map>
#include <mutex>

namespace win32_test {

/// What the provider asked of its host. Handles are numbers no Windows handle has.
class upcall_record {
public:
    [[nodiscard]] static WSPUPCALLTABLE table() noexcept;

    SOCKET create(DWORD entry, DWORD_PTR context);
    bool close(SOCKET handle);
    bool query(SOCKET handle, DWORD_PTR& context);

    [[nodiscard]] unsigned created() const noexcept { return created_; }
    [[nodiscard]] unsigned closed() const noexcept { return closed_; }
    [[nodiscard]] unsigned refused() const noexcept { return refused_; }
    [[nodiscard]] std::size_t open();
    void reset();

private:
    std::mutex mutex_;
    std::map<SOCKET, DWORD_PTR> contexts_;
    SOCKET next_ = 0x10000004;
    unsigned created_ = 0;
    unsigned closed_ = 0;
    unsigned refused_ = 0;
};

[[nodiscard]] upcall_record& upcalls();

/// The catalog entry the library is started for: TCP over IPv4 without XP1_IFS_HANDLES.
[[nodiscard]] WSAPROTOCOL_INFOW tcp_entry();

/// The loaded library. Loading runs no provider code beyond DllMain.
class spi_library {
public:
    explicit spi_library(const char* path);
    ~spi_library();
    spi_library(const spi_library&) = delete;
    spi_library& operator=(const spi_library&) = delete;

    [[nodiscard]] bool loaded() const noexcept { return start_ != nullptr; }
    /// 0 or the error code.
    int start(WORD requested, WSPDATA* data, WSAPROTOCOL_INFOW* entry, WSPPROC_TABLE* table) const;
    /// WSPStartup(2.2); fills `calls`.
    int start();

    WSPPROC_TABLE calls{};
    WSPDATA data{};

private:
    HMODULE module_;
    LPWSPSTARTUP start_ = nullptr;
};

}  // namespace win32_test
