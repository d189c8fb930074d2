// The core without Winsock's interfaces: a provider as an object, two sockets, data that is still unsent when
// the last cleanup begins, and the report that cleanup returns. Answers to core/include/spindle/provider.hpp.
#include <cstddef>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include <spindle/provider.hpp>

namespace {

constexpr std::size_t payload_size = 16 * 1024 * 1024;

template <class T>
bool succeeded(const char* what, const spindle::result<T>& outcome)
{
    if (!outcome) {
        std::fprintf(stderr, "%s: %s\n", what, outcome.error().message().c_str());
    }
    return outcome.has_value();
}

// Receives until the end of the stream; another provider of the same process, with a life of its own.
void receive_all(spindle::socket& listener, std::size_t& received)
{
    auto accepted = listener.accept({});
    if (!succeeded("accept", accepted)) {
        return;
    }
    std::vector<char> memory(64 * 1024);
    const spindle::mutable_buffer buffer{memory.data(), memory.size()};
    for (;;) {
        const auto outcome = accepted->socket->receive({&buffer, 1}, 0, nullptr);
        if (!succeeded("receive", outcome) || outcome->bytes == 0) {
            return;
        }
        received += outcome->bytes;
    }
}

bool send_payload(spindle::provider& provider, const spindle::socket_request& stream,
                  const spindle::socket_address& peer)
{
    const auto opened = provider.open(stream);
    if (!succeeded("open", opened)) {
        return false;
    }
    spindle::socket& sender = **opened;
    if (!succeeded("connect", sender.connect(peer))
        || !succeeded("set_blocking", sender.set_blocking(false))) {
        return false;
    }
    // Non-blocking, so the provider keeps what the system does not take at once.
    const std::vector<char> payload(payload_size, 'x');
    const spindle::const_buffer buffer{payload.data(), payload.size()};
    const auto sent = sender.send({&buffer, 1}, 0);
    if (succeeded("send", sent)) {
        std::printf("send took %zu bytes\n", *sent);
    }
    return sent.has_value();
}

void print_report(const spindle::cleanup_report& report)
{
    std::printf("cleanup: %zu sockets, %zu flushed, %zu timed out, %zu failed\n", report.sockets_open,
                report.sockets_flushed, report.sockets_timed_out, report.sockets_failed);
    std::printf("         %llu bytes unsent, %llu flushed, %llu lost, in %lld ms\n",
                static_cast<unsigned long long>(report.bytes_unsent),
                static_cast<unsigned long long>(report.bytes_flushed),
                static_cast<unsigned long long>(report.bytes_lost),
                static_cast<long long>(report.flush_time.count()));
}

bool run(spindle::provider& sending, spindle::provider& receiving)
{
    const spindle::socket_request stream{{spindle::address_family::ipv4, spindle::socket_type::stream, 6}};
    const auto opened = receiving.open(stream);
    if (!succeeded("open", opened)) {
        return false;
    }
    spindle::socket& listener = **opened;
    if (!succeeded("bind", listener.bind(spindle::socket_address::loopback(spindle::address_family::ipv4)))
        || !succeeded("listen", listener.listen(1))) {
        return false;
    }
    const auto where = listener.local_address();
    if (!succeeded("local_address", where)) {
        return false;
    }
    // The connection is accepted and read only now: more was sent than the system holds.
    const bool sent = send_payload(sending, stream, *where);
    std::size_t received = 0;
    std::thread receiver([&listener, &received] { receive_all(listener, received); });
    const auto report = sending.cleanup();
    if (!sent && !succeeded("close", listener.close())) {
        std::fputs("the receiver cannot be woken\n", stderr);
    }
    receiver.join();
    if (!sent || !succeeded("cleanup", report)) {
        return false;
    }
    print_report(*report);
    std::printf("received %zu bytes\n", received);
    return received == payload_size;
}

}  // namespace

int main()
{
    spindle::provider sending;
    spindle::provider receiving;
    const spindle::version wanted{2, 2};
    if (!succeeded("startup", sending.startup(wanted)) || !succeeded("startup", receiving.startup(wanted))) {
        return 1;
    }
    const bool good = run(sending, receiving);
    return succeeded("cleanup", receiving.cleanup()) && good ? 0 : 1;
}
