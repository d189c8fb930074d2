// Being told of changes of the catalog, and the catalog that programs share through a file. Answers to the page
// "WSAProviderConfigChange" and to those of the WSC functions.
#include <array>
#include <optional>

#include <sys/file.h>
#include <unistd.h>

#include "api/catalog_fixture.hpp"

using namespace spindle::test;

namespace {

class notification {
public:
    notification() { REQUIRE(error_of(WSAProviderConfigChange(&handle_, nullptr, nullptr)) == 0); }
    ~notification() { close(); }
    notification(const notification&) = delete;
    notification& operator=(const notification&) = delete;

    int begin(OVERLAPPED& request, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine = nullptr)
    {
        return error_of(WSAProviderConfigChange(&handle_, &request, routine));
    }
    int wait() { return error_of(WSAProviderConfigChange(&handle_, nullptr, nullptr)); }
    HANDLE get() const { return handle_; }
    void close()
    {
        if (handle_ != nullptr) {
            CHECK(CloseHandle(handle_) != FALSE);
        }
        handle_ = nullptr;
    }

private:
    HANDLE handle_ = nullptr;
};

struct event_request {
    event_request() { request.hEvent = WSACreateEvent(); }
    ~event_request() { WSACloseEvent(request.hEvent); }
    [[nodiscard]] bool told(DWORD milliseconds = 0) const
    {
        return WSAWaitForMultipleEvents(1, &request.hEvent, FALSE, milliseconds, FALSE) == WSA_WAIT_EVENT_0;
    }
    OVERLAPPED request{};
};

constexpr DWORD bound = 20'000;
constexpr ULONG_PTR status_cancelled = 0xC0000120;

thread_local std::vector<DWORD> routine_errors;

void CALLBACK remember(DWORD error, DWORD, LPWSAOVERLAPPED, DWORD)
{
    routine_errors.push_back(error);
}

// Keeps the catalog file's lock as another program does that is changing it.
class held_lock {
public:
    explicit held_lock(const std::string& file) : descriptor_(open((file + ".lock").c_str(), O_RDWR | O_CREAT, 0644))
    {
        REQUIRE(flock(descriptor_, LOCK_EX | LOCK_NB) == 0);
    }
    ~held_lock() { ::close(descriptor_); }
    held_lock(const held_lock&) = delete;
    held_lock& operator=(const held_lock&) = delete;

private:
    int descriptor_;
};

}  // namespace

TEST_CASE("CTG-22 each change ends the waits that began before it", "[api][catalog]")
{
    const own_catalog own;
    const winsock started;
    notification source;
    event_request first;
    event_request second;
    REQUIRE(source.begin(first.request) == WSA_IO_PENDING);
    CHECK_FALSE(first.told());
    REQUIRE(install(some_provider, {base_info()}) == 0);
    CHECK(first.told());
    CHECK(first.request.Internal == 0);
    REQUIRE(source.begin(second.request) == WSA_IO_PENDING);
    CHECK_FALSE(second.told());
    CHECK(install(some_provider, {base_info()}) == WSANO_RECOVERY);
    CHECK(set_categories(some_provider, LSP_PROXY) == 0);
    CHECK_FALSE(second.told());
    auto ids = ids_of(kept());
    REQUIRE(WSCWriteProviderOrder(ids.data(), static_cast<DWORD>(ids.size())) == 0);
    CHECK(second.told());
    for (auto change : {+[] { return install(other_provider, {base_info()}); },
                        +[] { return remove_provider(other_provider); }}) {
        event_request each;
        REQUIRE(source.begin(each.request) == WSA_IO_PENDING);
        REQUIRE(change() == 0);
        CHECK(each.told());
    }
}

TEST_CASE("CTG-22 a wait ends by handle, by routine, or with the call itself", "[api][catalog]")
{
    const own_catalog own;
    const winsock started;
    notification source;
    OVERLAPPED by_handle{};
    OVERLAPPED by_routine{};
    routine_errors.clear();
    REQUIRE(source.begin(by_handle) == WSA_IO_PENDING);
    REQUIRE(source.begin(by_routine, &remember) == WSA_IO_PENDING);
    DWORD bytes = 99;
    CHECK(GetOverlappedResult(source.get(), &by_handle, &bytes, FALSE) == FALSE);
    background_call blocked([&] { return source.wait(); });
    CHECK(blocked.blocks());
    REQUIRE(install(some_provider, {base_info()}) == 0);
    CHECK(blocked.result() == 0);
    CHECK(GetOverlappedResult(source.get(), &by_handle, &bytes, TRUE) != FALSE);
    CHECK(bytes == 0);
    CHECK(SleepEx(bound, TRUE) == WAIT_IO_COMPLETION);
    CHECK(routine_errors == std::vector<DWORD>{0});
}

TEST_CASE("CTG-22 what WSAProviderConfigChange refuses", "[api][catalog]")
{
    HANDLE handle = nullptr;
    CHECK(error_of(WSAProviderConfigChange(&handle, nullptr, nullptr)) == WSANOTINITIALISED);
    const winsock started;
    CHECK(error_of(WSAProviderConfigChange(nullptr, nullptr, nullptr)) == WSAEFAULT);
    const HANDLE event = WSACreateEvent();
    for (HANDLE wrong : {reinterpret_cast<HANDLE>(ULONG_PTR{0x12344}), event}) {
        CHECK(error_of(WSAProviderConfigChange(&wrong, nullptr, nullptr)) == WSA_INVALID_HANDLE);
    }
    WSACloseEvent(event);
    const environment_setting nowhere("SPINDLE_CATALOG", "/proc/no such folder/catalog");
    OVERLAPPED request{};
    notification source;
    CHECK(source.begin(request) == WSAEOPNOTSUPP);
    CHECK(request.Internal == 0);
}

TEST_CASE("CTG-22 waits are cancelled by request, with their handle and silently by the last cleanup", "[api][catalog]")
{
    const own_catalog own;
    event_request with_handle;
    event_request at_cleanup;
    OVERLAPPED routine_at_cleanup{};
    notification kept_open = [] {
        const winsock started;
        return notification();
    }();
    routine_errors.clear();
    {
        const winsock started;
        event_request one;
        OVERLAPPED by_routine{};
        REQUIRE(kept_open.begin(one.request) == WSA_IO_PENDING);
        REQUIRE(kept_open.begin(by_routine, &remember) == WSA_IO_PENDING);
        CHECK(CancelIoEx(kept_open.get(), &one.request) != FALSE);
        CHECK(one.told());
        CHECK(one.request.Internal == status_cancelled);
        CHECK(CancelIoEx(kept_open.get(), &one.request) == FALSE);
        CHECK(GetLastError() == ERROR_NOT_FOUND);
        CHECK(CancelIo(kept_open.get()) != FALSE);
        CHECK(SleepEx(bound, TRUE) == WAIT_IO_COMPLETION);
        CHECK(routine_errors == std::vector<DWORD>{WSA_OPERATION_ABORTED});
        notification closed;
        REQUIRE(closed.begin(with_handle.request) == WSA_IO_PENDING);
        background_call blocked([&] { return closed.wait(); });
        CHECK(blocked.blocks());
        closed.close();
        CHECK(with_handle.told());
        CHECK(blocked.result() == WSA_OPERATION_ABORTED);
        REQUIRE(kept_open.begin(at_cleanup.request) == WSA_IO_PENDING);
        REQUIRE(kept_open.begin(routine_at_cleanup, &remember) == WSA_IO_PENDING);
    }
    CHECK(at_cleanup.request.Internal == status_cancelled);
    CHECK(routine_at_cleanup.Internal == status_cancelled);
    CHECK_FALSE(at_cleanup.told());
    CHECK(SleepEx(0, TRUE) == 0);
    WSADATA data{};
    REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    background_call blocked([&] { return kept_open.wait(); });
    CHECK(blocked.blocks());
    CHECK(WSACleanup() == 0);
    CHECK(blocked.result() == WSAEINTR);
}

TEST_CASE("CTG-13 as a child: installs a provider", "[.][install-one]")
{
    REQUIRE(install(some_provider, {base_info()}) == 0);
}

TEST_CASE("CTG-22, CTG-13 another program's change of the shared catalog is told, and is there for the next start",
          "[api][catalog]")
{
    const shared_catalog shared;
    const auto threads = thread_count();
    {
        const winsock started;
        notification source;
        event_request request;
        REQUIRE(source.begin(request.request) == WSA_IO_PENDING);
        REQUIRE(run_self({"[install-one]"}) == 0);
        CHECK(request.told(bound));
        CHECK(of_provider(kept(), some_provider).size() == 1);
        CHECK(of_provider(in_use(), some_provider).empty());
        background_call blocked([&] { return source.wait(); });
        CHECK(blocked.blocks());
        REQUIRE(remove_provider(some_provider) == 0);
        CHECK(blocked.result() == 0);
        REQUIRE(run_self({"[install-one]"}) == 0);
    }
    CHECK(eventually([&] { return thread_count() == threads; }));
    const winsock again;
    CHECK(of_provider(in_use(), some_provider).size() == 1);
    const tcp_pair pair;
    send_text(pair.client, "x");
    CHECK(receive_text(pair.server, 1) == "x");
}

TEST_CASE("CTG-11, CTG-10 a catalog file is whole or refused, and stays as it was when it cannot be written",
          "[api][catalog]")
{
    const shared_catalog shared;
    REQUIRE(install(some_provider, {base_info(211, "\\ t\n")}, "%X%/a b") == 0);
    REQUIRE(set_categories(some_provider, LSP_FIREWALL) == 0);
    const auto all = kept();
    CHECK(narrow(all.back().szProtocol) == "\\ t\n");
    CHECK(path_of(some_provider) == "%X%/a b");
    const std::string whole = shared.directory.content("catalog");
    CHECK(whole.find("libspindle_spi") == std::string::npos);  // wherever the library is
    std::string damaged[] = {whole.substr(0, whole.size() / 2), whole + "more\n", "", whole.substr(0, whole.size() - 4)};
    for (const std::string& content : damaged) {
        (void)shared.directory.make("catalog", content);
        DWORD size = 0;
        CHECK(code_of(&WSCEnumProtocols, LPINT{nullptr}, LPWSAPROTOCOL_INFOW{nullptr}, &size) == WSANO_RECOVERY);
        CHECK(install(other_provider, {base_info()}) == WSANO_RECOVERY);
        WSADATA data{};
        CHECK(WSAStartup(MAKEWORD(2, 2), &data) == WSASYSNOTREADY);
        CHECK(shared.directory.content("catalog") == content);
    }
    (void)shared.directory.make("catalog", whole);
    CHECK(ids_of(kept()) == ids_of(all));
    // Nothing can be put in the place of a folder.
    std::filesystem::create_directory(shared.file + ".new");
    CHECK(install(other_provider, {base_info()}) == WSANO_RECOVERY);
    CHECK(shared.directory.content("catalog") == whole);
    std::filesystem::remove(shared.file + ".new");
    CHECK(install(other_provider, {base_info()}) == 0);
    const environment_setting nowhere("SPINDLE_CATALOG", "/proc/no such folder/catalog");
    CHECK(install(other_provider, {base_info()}) == WSANO_RECOVERY);
}

TEST_CASE("CTG-18, CTG-21 while another program changes the catalog, ordering and layers are refused, the rest waits",
          "[api][catalog]")
{
    const shared_catalog shared;
    auto ids = ids_of(kept());
    std::optional<held_lock> lock(shared.file);
    CHECK(WSCWriteProviderOrder(ids.data(), static_cast<DWORD>(ids.size())) == WSAEINVAL);
    GUID id = other_provider;
    auto path = wide("/nowhere/layer.so");
    auto name = wide("Layer");
    CHECK(code_of(&WSCInstallProviderAndChains, &id, path.data(), name.data(), DWORD{0}, LPWSAPROTOCOL_INFOW{nullptr},
                  DWORD{0}, LPDWORD{nullptr}) == WSAEINPROGRESS);
    background_call waiting([] { return install(some_provider, {base_info()}); });
    CHECK(waiting.blocks());
    CHECK(of_provider(kept(), some_provider).empty());
    lock.reset();
    CHECK(waiting.result() == 0);
    CHECK(of_provider(kept(), some_provider).size() == 1);
}
