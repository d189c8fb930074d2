// TransmitFile and TransmitPackets with files. The provider asks its host for the file behind a HANDLE, so the host here is
// one that has the private agreement (spindle/exchange.hpp) and whose file HANDLEs are descriptors; on Windows it asks the system. What needs no file is in
// tests/api/transmit_test.cpp. Answers to the pages "TransmitFile function", "LPFN_TRANSMITPACKETS".
#include "support/spi.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <mswsock.h>

#include "spindle/exchange.hpp"
#include "support/background_call.hpp"
#include "support/catch.hpp"
#include "support/temporary_file.hpp"

using namespace spindle::test;
using peer::ending;
namespace exchange = spindle::exchange;

namespace {

thread_local std::uint32_t last_error = 0;

constexpr std::uint32_t pending_status = 0x103;

void note_begin(exchange::file*, void* overlapped, bool)
{
    std::atomic_ref(static_cast<WSAOVERLAPPED*>(overlapped)->Internal).store(pending_status);
}

void note_end(exchange::file*, void* overlapped, std::uint32_t status, std::uintptr_t bytes, exchange::notify)
{
    auto& settled = *static_cast<WSAOVERLAPPED*>(overlapped);
    settled.InternalHigh = bytes;
    std::atomic_ref(settled.Internal).store(status);
}

exchange::host_functions file_host()
{
    exchange::host_functions host{};
    host.version = exchange::version;
    host.file_of = [](std::uintptr_t) -> exchange::file* { return nullptr; };
    host.release_file = [](exchange::file*) {};
    host.begin = note_begin;
    host.complete = note_end;
    host.post = [](std::uintptr_t, std::uint32_t, std::uintptr_t, void*) { return false; };
    host.duplicate_descriptor = [](std::uintptr_t file) {
        return duplicate_descriptor(static_cast<int>(file));
    };
    host.unattended = [](exchange::port*) {};
    host.set_last_error = [](std::uint32_t code) { last_error = code; };
    host.begin_alertable_wait = [](void (*)(void*), void*) { return exchange::no_timed_apc; };
    host.end_alertable_wait = [] {};
    host.run_apcs = [] {};
    host.begin_blocking_call = [](spindle::blocked_call*) {};
    host.end_blocking_call = [](spindle::blocked_call*) {};
    return host;
}

HANDLE as_handle(std::intptr_t file)
{
    return reinterpret_cast<HANDLE>(file);
}

/// A provider with a host that has files, and its two functions.
struct file_fixture : spi_fixture {
    file_fixture() : spi_fixture(handle_model::ifs)
    {
        auto offered = file_host();
        exchange::provider_functions given{};
        DWORD bytes = 0;
        int error = 0;
        if (spi.table.lpWSPIoctl(INVALID_SOCKET, exchange::ioctl_code, &offered, sizeof offered, &given,
                                 sizeof given, &bytes, nullptr, nullptr, nullptr, &error) != 0) {
            throw std::runtime_error("the provider refuses the exchange");
        }
        const SOCKET any = open_tcp();
        transmit_file = function<LPFN_TRANSMITFILE>(any, WSAID_TRANSMITFILE);
        transmit_packets = function<LPFN_TRANSMITPACKETS>(any, WSAID_TRANSMITPACKETS);
        spi.close(any);
    }

    template <class Function>
    Function function(SOCKET s, GUID identifier) const
    {
        Function found = nullptr;
        DWORD bytes = 0;
        int error = 0;
        REQUIRE(spi.table.lpWSPIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &identifier, sizeof identifier,
                                     &found, sizeof found, &bytes, nullptr, nullptr, nullptr, &error) == 0);
        return found;
    }

    int send_file(SOCKET s, const temporary_file& file, DWORD length = 0, OVERLAPPED* overlapped = nullptr,
                  TRANSMIT_FILE_BUFFERS* around = nullptr, DWORD flags = 0) const
    {
        return code_of(transmit_file(s, as_handle(file.handle()), length, 0, overlapped, around, flags));
    }
    int send_packets(SOCKET s, std::vector<TRANSMIT_PACKETS_ELEMENT> elements, DWORD send_size = 0) const
    {
        return code_of(
            transmit_packets(s, elements.data(), static_cast<DWORD>(elements.size()), send_size, nullptr, 0));
    }
    static int code_of(BOOL outcome) { return outcome != FALSE ? 0 : static_cast<int>(last_error); }

    LPFN_TRANSMITFILE transmit_file = nullptr;
    LPFN_TRANSMITPACKETS transmit_packets = nullptr;
};

bool settled(OVERLAPPED& overlapped)
{
    return eventually([&] { return std::atomic_ref(overlapped.Internal).load() != pending_status; });
}

TRANSMIT_PACKETS_ELEMENT memory_element(const char* text, ULONG flags = 0)
{
    TRANSMIT_PACKETS_ELEMENT element{};
    element.dwElFlags = TP_ELEMENT_MEMORY | flags;
    element.cLength = static_cast<ULONG>(std::string(text).size());
    element.pBuffer = const_cast<char*>(text);
    return element;
}

TRANSMIT_PACKETS_ELEMENT file_element(const temporary_file& file, LONGLONG offset, ULONG length,
                                      ULONG flags = 0)
{
    TRANSMIT_PACKETS_ELEMENT element{};
    element.dwElFlags = TP_ELEMENT_FILE | flags;
    element.cLength = length;
    element.nFileOffset.QuadPart = offset;
    element.hFile = as_handle(file.handle());
    return element;
}

struct around_buffers {
    around_buffers(std::string before, std::string behind) : head(std::move(before)), tail(std::move(behind))
    {
        all.Head = head.data();
        all.HeadLength = static_cast<DWORD>(head.size());
        all.Tail = tail.data();
        all.TailLength = static_cast<DWORD>(tail.size());
    }
    std::string head;
    std::string tail;
    TRANSMIT_FILE_BUFFERS all{};
};

}  // namespace

TEST_CASE("TXF-3 head, file and tail go out in this order and are counted together", "[spi][transmit]")
{
    const file_fixture spi;
    auto half = spi.connect_to_peer();
    temporary_file file("the file");
    around_buffers around("head ", " tail");
    OVERLAPPED overlapped{};
    const int code = spi.send_file(half.socket, file, 0, &overlapped, &around.all);
    CHECK((code == 0 || code == WSA_IO_PENDING));
    REQUIRE(settled(overlapped));
    CHECK(overlapped.Internal == 0);
    CHECK(overlapped.InternalHigh == 18);
    CHECK(half.remote.read_text(18) == "head the file tail");
    file.seek(0);  // Windows moves the position with any read
    CHECK(spi.send_file(half.socket, file, 0, nullptr, &around.all) == 0);
    CHECK(half.remote.read_text(18) == "head the file tail");
}

TEST_CASE("TXF-4 without an OVERLAPPED at the file's position, which moves; else at the offset",
          "[spi][transmit]")
{
    const file_fixture spi;
    auto half = spi.connect_to_peer();
    temporary_file file("0123456789");
    file.seek(2);
    CHECK(spi.send_file(half.socket, file, 3) == 0);
    CHECK(half.remote.read_text(3) == "234");
    CHECK(file.position() == 5);
    CHECK(spi.send_file(half.socket, file) == 0);
    CHECK(half.remote.read_text(5) == "56789");
    CHECK(file.position() == 10);
    OVERLAPPED overlapped{};
    overlapped.Offset = 8;
    (void)spi.send_file(half.socket, file, 0, &overlapped);
    REQUIRE(settled(overlapped));
    CHECK(overlapped.InternalHigh == 2);
    CHECK(half.remote.read_text(2) == "89");
    CHECK(file.position() == 10);
    overlapped = {};
    overlapped.OffsetHigh = 1;  // far behind the end
    (void)spi.send_file(half.socket, file, 0, &overlapped);
    REQUIRE(settled(overlapped));
    CHECK(overlapped.Internal == 0);
    CHECK(overlapped.InternalHigh == 0);
}

TEST_CASE("TXF-5 length 0 means to the end, which is the end in any case; too many bytes are refused",
          "[spi][transmit]")
{
    const file_fixture spi;
    auto half = spi.connect_to_peer();
    temporary_file file("0123456789");
    CHECK(spi.send_file(half.socket, file, 2147483647) == WSAEINVAL);
    CHECK(file.position() == 0);
    CHECK(spi.send_file(half.socket, file, 2147483646) == 0);
    CHECK(half.remote.read_text(10) == "0123456789");
    file.truncate(std::int64_t{2147483647});  // sparse
    OVERLAPPED overlapped{};
    CHECK(spi.send_file(half.socket, file, 0, &overlapped) == WSAEINVAL);
    CHECK(half.remote.unread() == 0);
}

TEST_CASE("TXF-3, XFR-20 a long transmission waits for the peer and nothing gets between", "[spi][transmit]")
{
    const file_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    const auto bytes = temporary_file::pattern(7, beyond_system_buffers + 20);
    const temporary_file file(bytes.substr(4, beyond_system_buffers));
    around_buffers around(bytes.substr(0, 4), bytes.substr(4 + beyond_system_buffers, 6));
    OVERLAPPED overlapped{};
    REQUIRE(spi.send_file(half.socket, file, 0, &overlapped, &around.all) == WSA_IO_PENDING);
    // Behind it: an overlapped send of the rest.
    auto rest = bytes.substr(10 + beyond_system_buffers);
    WSABUF buffer{static_cast<ULONG>(rest.size()), rest.data()};
    OVERLAPPED behind{};
    int error = 0;
    CHECK(spi.spi.table.lpWSPSend(half.socket, &buffer, 1, nullptr, 0, &behind, nullptr, nullptr, &error) ==
          -1);
    CHECK(error == WSA_IO_PENDING);
    const auto report = half.remote.read_bytes(7, bytes.size());
    INFO(peer::to_string(report));
    CHECK(report.bytes == bytes.size());
    CHECK(report.intact);
    REQUIRE(settled(overlapped));
    CHECK(overlapped.InternalHigh == beyond_system_buffers + 10);
    REQUIRE(settled(behind));
    CHECK(behind.InternalHigh == 10);
}

TEST_CASE("TXF-4 a blocking transmission returns when all is taken", "[spi][transmit]")
{
    const file_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    const temporary_file file(temporary_file::pattern(9, beyond_system_buffers));
    background_call sending([&] { return spi.send_file(half.socket, file); });
    REQUIRE(sending.blocks());
    const auto report = half.remote.read_bytes(9, beyond_system_buffers);
    INFO(peer::to_string(report));
    CHECK(report.intact);
    CHECK(sending.result() == 0);
}

TEST_CASE("TXF-8 elements of memory and files, at offsets and at the position", "[spi][transmit]")
{
    const file_fixture spi;
    auto half = spi.connect_to_peer();
    temporary_file file("0123456789");
    file.seek(4);
    CHECK(spi.send_packets(half.socket,
                           {memory_element("a"), file_element(file, -1, 2), file_element(file, 1, 2),
                            memory_element("b", TP_ELEMENT_EOP), file_element(file, -1, 0)}) == 0);
    CHECK(half.remote.read_text(10) == "a4512b6789");
    CHECK(file.position() == 10);
    CHECK(spi.send_packets(half.socket, {file_element(file, -2, 0)}) == WSAEINVAL);
    CHECK(half.remote.unread() == 0);
}

TEST_CASE("TXF-9 a file becomes datagrams of the given size", "[spi][transmit]")
{
    const file_fixture spi;
    const SOCKET sender = spi.bound_udp();
    peer::datagram_socket remote;
    REQUIRE(spi.spi.connect(sender, loopback4(remote.port())) == 0);
    const temporary_file file("0123456789");
    CHECK(spi.send_packets(sender, {memory_element("ab"), file_element(file, 0, 0)}, 5) == 0);
    CHECK(remote.receive() == "ab012");
    CHECK(remote.receive() == "34567");
    CHECK(remote.receive() == "89");
    CHECK(spi.send_packets(sender, {file_element(file, 8, 0, TP_ELEMENT_EOP), memory_element("xyz")},
                           0xFFFFFFFF) == 0);
    CHECK(remote.receive() == "89");
    CHECK(remote.receive() == "xyz");
}

TEST_CASE("TXF-1 a HANDLE that is no file is refused and nothing is sent", "[spi][transmit]")
{
    const file_fixture spi;
    auto half = spi.connect_to_peer();
    around_buffers around("head", "tail");
    constexpr int invalid_handle = 6;  // ERROR_INVALID_HANDLE
    const auto send = [&](HANDLE file) {
        return file_fixture::code_of(spi.transmit_file(half.socket, file, 0, 0, nullptr, &around.all, 0));
    };
    CHECK(send(as_handle(0x7FFFFFF0)) == invalid_handle);
    CHECK(send(INVALID_HANDLE_VALUE) == invalid_handle);
    const pipe_end pipe;
    CHECK(send(as_handle(pipe.handle())) == invalid_handle);
    CHECK(half.remote.unread() == 0);
    CHECK(spi.spi.send(half.socket, "still open").code == 0);
}

TEST_CASE("LNX-20 a transmission to a connection that is gone raises no signal", "[spi][transmit]")
{
    const file_fixture spi;
    const temporary_file file(temporary_file::pattern(3, 100'000));
    for (const bool reset : {true, false}) {
        auto half = spi.connect_to_peer();
        if (reset) {
            half.remote.reset();
        } else {
            half.remote.close();  // the first bytes that come provoke the reset
        }
        int code = 0;
        CHECK(eventually([&] {
            code = spi.send_file(half.socket, file, 1, nullptr);
            return code != 0;
        }));
        CHECK((code == WSAECONNRESET || code == WSAECONNABORTED));
        CHECK(spi.send_file(half.socket, file) == code);
        CHECK(spi.spi.close(half.socket) == 0);
    }
}

TEST_CASE("TXF-5 a file that becomes shorter during a transmission ends it earlier", "[spi][transmit]")
{
    const file_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    temporary_file file(temporary_file::pattern(5, beyond_system_buffers));
    OVERLAPPED overlapped{};
    REQUIRE(spi.send_file(half.socket, file, 0, &overlapped) == WSA_IO_PENDING);
    // More than the systems hold, less than all.
    file.truncate(beyond_system_buffers - 1000);
    const auto report = half.remote.read_bytes(5, beyond_system_buffers - 1000);
    INFO(peer::to_string(report));
    CHECK(report.intact);
    REQUIRE(settled(overlapped));
    CHECK(overlapped.Internal == 0);
    CHECK(overlapped.InternalHigh == beyond_system_buffers - 1000);
}

TEST_CASE("TXF-7 TF_DISCONNECT ends the connection behind the last byte", "[spi][transmit]")
{
    const file_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    const temporary_file file(temporary_file::pattern(11, beyond_system_buffers));
    OVERLAPPED overlapped{};
    REQUIRE(spi.send_file(half.socket, file, 0, &overlapped, nullptr, TF_DISCONNECT) == WSA_IO_PENDING);
    const auto report = half.remote.read_to_end(11);
    INFO(peer::to_string(report));
    CHECK(report.is(ending::finished, beyond_system_buffers));
    REQUIRE(settled(overlapped));
    CHECK(overlapped.Internal == 0);
    CHECK(overlapped.InternalHigh == beyond_system_buffers);
    CHECK(spi.spi.send(half.socket, "x").code == WSAESHUTDOWN);
}

TEST_CASE("CLEAN-9, CLEAN-10 the last cleanup sends the rest of a pending transmission",
          "[spi][transmit][clean]")
{
    for (const DWORD flags : {DWORD{0}, DWORD{TF_DISCONNECT}}) {
        OVERLAPPED overlapped{};
        auto spi = std::make_unique<file_fixture>();
        auto half = spi->connect_to_peer(small_receive_buffer);
        const temporary_file file(temporary_file::pattern(13, beyond_system_buffers));
        REQUIRE(spi->send_file(half.socket, file, 0, &overlapped, nullptr, flags) == WSA_IO_PENDING);
        background_call cleaning([&] {
            const int code = spi->spi.cleanup();
            return code;
        });
        const auto report = half.remote.read_to_end(13);
        INFO(peer::to_string(report));
        CHECK(report.is(ending::finished, beyond_system_buffers));
        CHECK(cleaning.result() == 0);
        CHECK(overlapped.Internal == 0);
        CHECK(overlapped.InternalHigh == beyond_system_buffers);
    }
}

TEST_CASE("CLEAN-8 the last cleanup wakes a blocking transmission and resets its torn connection",
          "[spi][transmit][clean]")
{
    file_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    const temporary_file file(temporary_file::pattern(15, beyond_system_buffers));
    background_call sending([&] { return spi.send_file(half.socket, file); });
    REQUIRE(sending.blocks());
    CHECK(spi.spi.cleanup() == 0);
    CHECK(sending.result() == WSAEINTR);
    CHECK(half.remote.read_to_end(15).end == ending::reset);
}

TEST_CASE("CLEAN-8 the last cleanup wakes a blocking DisconnectEx", "[spi][transmit][clean]")
{
    file_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    const auto disconnect = spi.function<LPFN_DISCONNECTEX>(half.socket, WSAID_DISCONNECTEX);
    REQUIRE(spi.spi.queue_pattern(half.socket, 17, beyond_system_buffers) == 0);
    background_call ending_call(
        [&] { return file_fixture::code_of(disconnect(half.socket, nullptr, 0, 0)); });
    REQUIRE(ending_call.blocks());
    background_call cleaning([&] { return spi.spi.cleanup(); });
    CHECK(ending_call.result() == WSAEINTR);
    const auto report = half.remote.read_to_end(17);
    INFO(peer::to_string(report));
    CHECK(report.is(ending::finished, beyond_system_buffers));
    CHECK(cleaning.result() == 0);
}

TEST_CASE("CAN-1 closing the socket ends a pending transmission", "[spi][transmit]")
{
    const file_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    const temporary_file file(temporary_file::pattern(19, beyond_system_buffers));
    OVERLAPPED overlapped{};
    REQUIRE(spi.send_file(half.socket, file, 0, &overlapped) == WSA_IO_PENDING);
    CHECK(spi.spi.close(half.socket) == 0);
    REQUIRE(settled(overlapped));
    CHECK(overlapped.Internal == 0xC0000120);
}
