// WSPDuplicateSocket at the provider's own interface: how handles come and go, and what becomes of tokens that nobody
// used. Answers to the pages "WSPDuplicateSocket" and "Shared Sockets in the SPI".
#include "support/catch.hpp"
#include "support/spi.hpp"

using namespace spindle::test;

namespace {

int duplicate(const spi_fixture& spi, SOCKET s, WSAPROTOCOL_INFOW& info)
{
    int code = no_error_code;
    const int result = spi.spi.table.lpWSPDuplicateSocket(s, this_process(), &info, &code);
    return result == 0 ? 0 : code;
}

WSAPROTOCOL_INFOW prepared(const spi_fixture& spi, SOCKET s)
{
    WSAPROTOCOL_INFOW info{};
    REQUIRE(duplicate(spi, s, info) == 0);
    return info;
}

}  // namespace

TEST_CASE("DUP-13, HAND-2, HAND-5, HAND-8 each duplicate has a handle of its own, made and given back as any",
          "[spi][duplicate]")
{
    const auto model = GENERATE(handle_model::minted, handle_model::ifs);
    spi_fixture spi(model);
    const SOCKET first = spi.open_udp();
    const auto info = prepared(spi, first);
    const auto made_by = [&] { return model == handle_model::ifs ? spi.host.modified() : spi.host.created(); };
    CHECK(made_by().size() == 1);
    const SOCKET second = spi.spi.socket(0, 0, 0, &info, nullptr);
    REQUIRE(second != INVALID_SOCKET);
    REQUIRE(made_by().size() == 2);
    CHECK(made_by()[1].given == second);
    CHECK(made_by()[1].catalog_entry_id == info.dwCatalogEntryId);
    CHECK(spi.spi.close(first) == 0);
    CHECK(spi.spi.bind(first, loopback4()) == WSAENOTSOCK);
    CHECK(spi.spi.bind(second, loopback4()) == 0);
    CHECK(spi.spi.close(second) == 0);
    if (model == handle_model::minted) {
        CHECK(spi.host.closed() == std::vector<SOCKET>{first, second});
        CHECK(spi.host.wrong_closes() == 0);
    }
}

TEST_CASE("DUP-3, HAND-4, HAND-9 a token outlives a host that refuses the handle", "[spi][duplicate]")
{
    spi_fixture spi;
    const SOCKET first = spi.open_udp();
    const auto info = prepared(spi, first);
    spi.host.fail_handles_with(WSAEMFILE);
    int code = 0;
    CHECK(spi.spi.socket(0, 0, 0, &info, &code) == INVALID_SOCKET);
    CHECK(code == WSAEMFILE);
    spi.host.fail_handles_with(0);
    CHECK(spi.spi.socket(0, 0, 0, &info, &code) != INVALID_SOCKET);
    CHECK(spi.spi.socket(0, 0, 0, &info, &code) == INVALID_SOCKET);
    CHECK(code == WSAEINVAL);
    CHECK(spi.host.open_handles() == 2);
}

TEST_CASE("DUP-14, CLEAN-9 the cleanup ends what only a token keeps open, in order, and forgets the token",
          "[spi][duplicate][clean]")
{
    spi_fixture spi;
    const auto descriptors = descriptor_count();
    auto connection = spi.connect_to_peer();
    const auto info = prepared(spi, connection.socket);
    REQUIRE(spi.spi.send(connection.socket, "last words").code == 0);
    CHECK(spi.spi.close(connection.socket) == 0);
    CHECK(spi.host.open_handles() == 0);
    CHECK(spi.spi.cleanup() == 0);
    CHECK(connection.remote.read_text(10) == "last words");
    CHECK(connection.remote.wait_end() == peer::ending::finished);
    spi.spi = spi.library.start(spi.host);
    int code = 0;
    CHECK(spi.spi.socket(0, 0, 0, &info, &code) == INVALID_SOCKET);
    CHECK(code == WSAEINVAL);
    connection.remote.close();
    CHECK(descriptor_count() <= descriptors);
}

TEST_CASE("DUP-11, CLEAN-3 a cleanup gives back every handle of a socket and ends it once", "[spi][duplicate][clean]")
{
    spi_fixture spi;
    auto connection = spi.connect_to_peer();
    for (int count = 0; count < 3; ++count) {
        const auto info = prepared(spi, connection.socket);
        REQUIRE(spi.spi.socket(0, 0, 0, &info, nullptr) != INVALID_SOCKET);
    }
    CHECK(spi.host.open_handles() == 4);
    CHECK(spi.spi.cleanup() == 0);
    CHECK(spi.host.open_handles() == 0);
    CHECK(spi.host.wrong_closes() == 0);
    CHECK(connection.remote.wait_end() == peer::ending::finished);
    spi.spi = spi.library.start(spi.host);
}
