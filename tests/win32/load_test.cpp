// The DLL as Windows' loader sees it: what it imports and exports, what loading runs, its version, and the end of a process
// that did not clean up. Pages "DllMain entry point", "PE Format", "VerQueryValueW function".
#include "support/spi.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/background_call.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

/// The library without provider code around it.
struct bare_library {
    bare_library() : handle(::LoadLibraryA(spi_library::path().c_str())) { REQUIRE(handle != nullptr); }
    bare_library(const bare_library&) = delete;
    bare_library& operator=(const bare_library&) = delete;
    ~bare_library() { ::FreeLibrary(handle); }
    HMODULE handle;
};

/// The tables of a loaded module, which lie where its headers say.
class module_image {
public:
    explicit module_image(HMODULE module) : base_(reinterpret_cast<const char*>(module)) {}

    [[nodiscard]] std::set<std::string> imported_libraries() const
    {
        std::set<std::string> names;
        for (const auto* each = at<IMAGE_IMPORT_DESCRIPTOR>(directory(IMAGE_DIRECTORY_ENTRY_IMPORT)); each->Name != 0; ++each) {
            std::string name = base_ + each->Name;
            std::transform(name.begin(), name.end(), name.begin(),
                           [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
            names.insert(name);
        }
        return names;
    }

    [[nodiscard]] std::vector<std::string> exports() const
    {
        const auto* table = at<IMAGE_EXPORT_DIRECTORY>(directory(IMAGE_DIRECTORY_ENTRY_EXPORT));
        CHECK(table->NumberOfFunctions == table->NumberOfNames);  // none by number alone
        std::vector<std::string> names;
        for (DWORD i = 0; i < table->NumberOfNames; ++i) {
            names.emplace_back(base_ + at<DWORD>(table->AddressOfNames)[i]);
        }
        return names;
    }

private:
    template <class What>
    [[nodiscard]] const What* at(DWORD offset) const
    {
        return reinterpret_cast<const What*>(base_ + offset);
    }
    [[nodiscard]] DWORD directory(unsigned which) const
    {
        const auto* headers = at<IMAGE_NT_HEADERS>(static_cast<DWORD>(at<IMAGE_DOS_HEADER>(0)->e_lfanew));
        return headers->OptionalHeader.DataDirectory[which].VirtualAddress;
    }

    const char* base_;
};

std::string version_text(const std::vector<char>& block, const char* name)
{
    void* text = nullptr;
    UINT size = 0;
    const std::string path = std::string("\\StringFileInfo\\040904b0\\") + name;
    const bool found = ::VerQueryValueA(block.data(), path.c_str(), &text, &size) != FALSE && size > 0;
    return found ? std::string(static_cast<const char*>(text)) : std::string();
}

}  // namespace

TEST_CASE("START-1, START-25 the library exports WSPStartup alone and needs nothing but Windows' own libraries", "[win32]")
{
    const bare_library library;
    const module_image image(library.handle);
    CHECK(image.exports() == std::vector<std::string>{"WSPStartup"});
    for (const auto& name : image.imported_libraries()) {
        INFO(name);
        const std::array own{"kernel32.dll", "ws2_32.dll", "iphlpapi.dll", "msvcrt.dll"};
        const bool universal_runtime = name.rfind("api-ms-win-crt-", 0) == 0;
        CHECK((universal_runtime || std::find(own.begin(), own.end(), name) != own.end()));
    }
}

// Handles are not counted here: the compiler's static run-time leaves some for each load of any DLL in which it has worked.
TEST_CASE("START-25 loading the library starts no thread, and unloading it leaves no module", "[win32]")
{
    const auto threads = thread_count();
    for (int round = 0; round < 100; ++round) {
        {
            const bare_library library;
            CHECK(thread_count() == threads);
        }
        CHECK_FALSE(is_mapped(spi_library::file_name()));
    }
}

TEST_CASE("START-25 loading the library starts no Winsock", "[win32]")
{
    // In a process of its own: nothing else has started it there.
    CHECK(run_self({"[load-alone]"}) == WSANOTINITIALISED % 256);
}

TEST_CASE("a process that has only loaded the library", "[.][load-alone]")
{
    const bare_library library;
    const SOCKET made = ::socket(AF_INET, SOCK_STREAM, 0);
    std::_Exit(made == INVALID_SOCKET ? ::WSAGetLastError() % 256 : 0);
}

TEST_CASE("CLEAN-15, CLEAN-18 loaded, started, used, cleaned up and unloaded three hundred times", "[win32]")
{
    std::size_t threads = 0;
    for (int round = 0; round < 300; ++round) {
        {
            const spi_fixture spi;
            const auto pair = spi.tcp_pair();
            REQUIRE(spi.spi.send(pair.here, "again").code == 0);
            std::array<char, 8> buffer{};
            REQUIRE(spi.spi.receive(pair.there, buffer.data(), buffer.size()).bytes == 5);
            REQUIRE(spi.spi.cleanup() == 0);
        }
        REQUIRE_FALSE(is_mapped(spi_library::file_name()));
        threads = round == 0 ? thread_count() : threads;
    }
    CHECK(thread_count() <= threads);
}

namespace {

spi_fixture* cleaned_in_dll_main = nullptr;
int code_in_dll_main = -1;

void clean_up_in_dll_main()
{
    code_in_dll_main = cleaned_in_dll_main->spi.cleanup();
}

}  // namespace

TEST_CASE("CLEAN-18 a last cleanup under the loader's lock returns, and the library leaves memory all the same", "[win32]")
{
    const auto threads = thread_count();
    {
        spi_fixture spi;
        auto half = spi.connect_to_peer(small_receive_buffer);
        REQUIRE(spi.spi.queue_pattern(half.socket, 1, beyond_system_buffers) == 0);  // what needs the provider's thread
        std::atomic<bool> reading{false};
        background_call reader([&] {
            reading = true;
            return half.remote.read_to_end(1);
        });
        REQUIRE(eventually([&] { return reading.load(); }));  // a thread cannot begin under that lock either
        cleaned_in_dll_main = &spi;
        const HMODULE probe = ::LoadLibraryA(UNLOAD_PROBE);
        REQUIRE(probe != nullptr);
        auto* hook = reinterpret_cast<void (**)()>(reinterpret_cast<void*>(::GetProcAddress(probe, "unload_hook")));
        REQUIRE(hook != nullptr);
        *hook = clean_up_in_dll_main;
        const stopwatch watch;
        ::FreeLibrary(probe);
        CHECK(code_in_dll_main == 0);
        CHECK(watch.elapsed() < 30s);
        CHECK(reader.result().bytes == beyond_system_buffers);
    }
    CHECK(eventually([] { return !is_mapped(spi_library::file_name()); }));
    CHECK(eventually([&] { return thread_count() <= threads; }));
}

TEST_CASE("CLEAN-23 a process that exits without cleanup ends at once, whatever its threads are doing", "[win32]")
{
    const stopwatch watch;
    CHECK(run_self({"[exit-while-busy]"}) == 7);
    CHECK(watch.elapsed() < 15s);
}

TEST_CASE("a process that exits while a call blocks and data is unsent", "[.][exit-while-busy]")
{
    // Left behind on purpose: the process ends under them.
    auto* spi = new spi_fixture;
    auto* half = new spi_fixture::half(spi->connect_to_peer(small_receive_buffer));
    REQUIRE(spi->spi.queue_pattern(half->socket, 1, beyond_system_buffers) == 0);
    const SOCKET waiting = spi->bound_udp();
    auto* blocked = new background_call([spi, waiting] {
        std::array<char, 8> buffer{};
        return spi->spi.receive(waiting, buffer.data(), buffer.size()).code;
    });
    REQUIRE(blocked->blocks());
    ::ExitProcess(7);  // DLL_PROCESS_DETACH with lpvReserved set, all other threads gone
}

TEST_CASE("the library carries its version", "[win32]")
{
    const std::string path = spi_library::path();
    DWORD unused = 0;
    std::vector<char> block(::GetFileVersionInfoSizeA(path.c_str(), &unused));
    REQUIRE_FALSE(block.empty());
    REQUIRE(::GetFileVersionInfoA(path.c_str(), 0, static_cast<DWORD>(block.size()), block.data()) != FALSE);
    CHECK(version_text(block, "FileVersion") == SPINDLE_VERSION);
    CHECK(version_text(block, "ProductVersion") == SPINDLE_VERSION);
    CHECK(version_text(block, "OriginalFilename") == spi_library::file_name());
    CHECK_FALSE(version_text(block, "FileDescription").empty());
}
