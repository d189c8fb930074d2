// The echo server on Asio alone, the yardstick of the comparison: one io_context that all threads run,
// async_read_some and async_write, a session that owns itself while an operation is under way.
#include "command_line.hpp"

#include <asio.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace {

using asio::ip::tcp;
using asio::ip::udp;

bench::server_options options;
std::atomic<long> gone{0};

class session : public std::enable_shared_from_this<session> {
public:
    explicit session(tcp::socket socket) : socket_(std::move(socket)) {}
    ~session()
    {
        if (++gone == options.connections) {
            std::exit(0);
        }
    }
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    void read()
    {
        socket_.async_read_some(asio::buffer(buffer_.get(), options.size),
                                [self = shared_from_this()](std::error_code error, std::size_t length) {
                                    if (!error) {
                                        self->write(length);
                                    }
                                });
    }

private:
    void write(std::size_t length)
    {
        asio::async_write(socket_, asio::buffer(buffer_.get(), length),
                          [self = shared_from_this()](std::error_code error, std::size_t) {
                              if (!error) {
                                  self->read();
                              }
                          });
    }

    tcp::socket socket_;
    std::unique_ptr<char[]> buffer_{new char[options.size]};
};

class stream_server {
public:
    explicit stream_server(asio::io_context& context)
        : acceptor_(context, {asio::ip::address_v4::loopback(), options.port})
    {
        bench::announce(acceptor_.local_endpoint().port());
        accept();
    }

private:
    void accept()
    {
        acceptor_.async_accept([this](std::error_code error, tcp::socket socket) {
            if (!error) {
                socket.set_option(tcp::no_delay(true), error);
                std::make_shared<session>(std::move(socket))->read();
            }
            accept();
        });
    }

    tcp::acceptor acceptor_;
};

// One receive under way; the echo goes out before the next.
class datagram_server {
public:
    explicit datagram_server(asio::io_context& context)
        : socket_(context, {asio::ip::address_v4::loopback(), options.port})
    {
        bench::announce(socket_.local_endpoint().port());
        receive();
    }

private:
    void receive()
    {
        socket_.async_receive_from(
            asio::buffer(buffer_), peer_, [this](std::error_code error, std::size_t length) {
                if (error) {
                    receive();
                    return;
                }
                socket_.async_send_to(asio::buffer(buffer_, length), peer_,
                                      [this](std::error_code, std::size_t) { receive(); });
            });
    }

    udp::socket socket_;
    udp::endpoint peer_;
    std::vector<char> buffer_ = std::vector<char>(options.size);
};

template <typename Server>
void serve()
{
    asio::io_context context(options.threads);
    Server server(context);
    std::vector<std::thread> threads;
    for (int number = 1; number < options.threads; ++number) {
        threads.emplace_back([&context] { context.run(); });
    }
    context.run();
    for (std::thread& thread : threads) {
        thread.join();
    }
}

}  // namespace

int main(int argc, char** argv)
{
    options = bench::read_server_options(argc, argv);
    options.udp ? serve<datagram_server>() : serve<stream_server>();
}
