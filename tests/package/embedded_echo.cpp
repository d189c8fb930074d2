// A program that embeds the provider through its C++ interface, without any Winsock header: sends a line to
// itself over loopback, closes, and reads from the cleanup's report that nothing was lost. Exit code: 0 when
// all of it held.
#include <spindle/provider.hpp>
#include <spindle/socket.hpp>

#include <iostream>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view text = "over loopback and back";

bool failed(std::string_view what, const std::error_code& error)
{
    std::cerr << what << ": " << error.message() << '\n';
    return false;
}

bool send_text(spindle::socket& from)
{
    const spindle::const_buffer part{text.data(), text.size()};
    const auto sent = from.send({&part, 1}, 0);
    return sent && *sent == text.size();
}

bool receive_text(spindle::socket& to)
{
    std::string received(text.size(), '\0');
    const spindle::mutable_buffer part{received.data(), received.size()};
    const auto outcome = to.receive({&part, 1}, spindle::message_flag::wait_all, nullptr);
    return outcome && received == text;
}

bool echo(spindle::provider& provider)
{
    const spindle::socket_request tcp{{spindle::address_family::ipv4, spindle::socket_type::stream, 6}};
    const auto listener = provider.open(tcp);
    const auto client = provider.open(tcp);
    if (!listener || !client) {
        return failed("open", listener ? client.error() : listener.error());
    }
    const auto anywhere = spindle::socket_address::loopback(spindle::address_family::ipv4);
    if (const auto bound = (*listener)->bind(anywhere); !bound) {
        return failed("bind", bound.error());
    }
    if (const auto listening = (*listener)->listen(1); !listening) {
        return failed("listen", listening.error());
    }
    const auto address = (*listener)->local_address();
    if (!address) {
        return failed("local_address", address.error());
    }
    if (const auto connected = (*client)->connect(*address); !connected) {
        return failed("connect", connected.error());
    }
    const auto server = (*listener)->accept({});
    if (!server) {
        return failed("accept", server.error());
    }
    return send_text(**client) && receive_text(*server->socket) &&  //
           send_text(*server->socket) && receive_text(**client);
}

}  // namespace

int main()
{
    spindle::provider provider;
    if (const auto started = provider.startup({2, 2}); !started) {
        failed("startup", started.error());
        return 1;
    }
    const bool good = echo(provider);
    const auto report = provider.cleanup();
    if (!report) {
        failed("cleanup", report.error());
        return 1;
    }
    std::cout << (good ? "echoed" : "failed") << ", " << report->bytes_lost << " bytes lost\n";
    return good && report->last && report->bytes_lost == 0 ? 0 : 1;
}
