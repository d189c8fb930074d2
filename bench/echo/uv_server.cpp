// The echo server on libuv, for scale: a loop in each thread, all of them accept from the same listening socket. Each
// connection reads into a buffer of its own; what uv_try_write cannot send at once goes out by uv_write, and
// reading pauses meanwhile.
#include "command_line.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace {

bench::server_options options;
std::atomic<long> gone{0};

struct connection {
    uv_tcp_t stream;
    uv_write_t write;
    std::unique_ptr<char[]> buffer{new char[options.size]};
};

void on_read(uv_stream_t* stream, ssize_t arrived, const uv_buf_t* buffer);

void give_buffer(uv_handle_t* handle, std::size_t, uv_buf_t* buffer)
{
    auto& one = *static_cast<connection*>(handle->data);
    *buffer = uv_buf_init(one.buffer.get(), static_cast<unsigned>(options.size));
}

void end(connection& one)
{
    if (uv_is_closing(reinterpret_cast<uv_handle_t*>(&one.stream)) != 0) {
        return;
    }
    uv_close(reinterpret_cast<uv_handle_t*>(&one.stream), [](uv_handle_t* handle) {
        delete static_cast<connection*>(handle->data);
        if (++gone == options.connections) {
            std::exit(0);
        }
    });
}

void on_read(uv_stream_t* stream, ssize_t arrived, const uv_buf_t* buffer)
{
    auto& one = *static_cast<connection*>(stream->data);
    if (arrived < 0) {
        end(one);
        return;
    }
    if (arrived == 0) {
        return;
    }
    uv_buf_t rest = uv_buf_init(buffer->base, static_cast<unsigned>(arrived));
    if (const int sent = uv_try_write(stream, &rest, 1); sent > 0) {
        rest.base += sent;
        rest.len -= static_cast<std::size_t>(sent);
    }
    if (rest.len == 0) {
        return;
    }
    uv_read_stop(stream);
    uv_write(&one.write, stream, &rest, 1, [](uv_write_t* write, int status) {
        if (status == 0) {
            uv_read_start(write->handle, give_buffer, on_read);
        } else {
            end(*static_cast<connection*>(write->handle->data));
        }
    });
}

void on_connection(uv_stream_t* listener, int status)
{
    if (status != 0) {
        return;
    }
    auto* const one = new connection;
    uv_tcp_init(listener->loop, &one->stream);
    one->stream.data = one;
    auto* const stream = reinterpret_cast<uv_stream_t*>(&one->stream);
    if (uv_accept(listener, stream) != 0) {
        // Another loop was faster; this is not a connection that has gone.
        uv_close(reinterpret_cast<uv_handle_t*>(stream),
                 [](uv_handle_t* handle) { delete static_cast<connection*>(handle->data); });
        return;
    }
    uv_tcp_nodelay(&one->stream, 1);
    uv_read_start(stream, give_buffer, on_read);
}

int bound_socket(int type)
{
    const int descriptor = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    if (descriptor < 0 || setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(descriptor, name, length) != 0 || getsockname(descriptor, name, &length) != 0) {
        std::perror("uv_server");
        std::exit(1);
    }
    options.port = ntohs(address.sin_port);
    return descriptor;
}

void run_streams(int descriptor)
{
    uv_loop_t loop;
    uv_tcp_t listener;
    uv_loop_init(&loop);
    uv_tcp_init(&loop, &listener);
    uv_tcp_open(&listener, dup(descriptor));
    if (uv_listen(reinterpret_cast<uv_stream_t*>(&listener), SOMAXCONN, on_connection) != 0) {
        std::exit(1);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
}

std::vector<char>& datagram_buffer()
{
    thread_local std::vector<char> buffer(options.size);
    return buffer;
}

void run_datagrams(int descriptor)
{
    uv_loop_t loop;
    uv_udp_t socket;
    uv_loop_init(&loop);
    uv_udp_init(&loop, &socket);
    uv_udp_open(&socket, dup(descriptor));
    uv_udp_recv_start(
        &socket,
        [](uv_handle_t*, std::size_t, uv_buf_t* buffer) {
            *buffer = uv_buf_init(datagram_buffer().data(), static_cast<unsigned>(options.size));
        },
        [](uv_udp_t* handle, ssize_t arrived, const uv_buf_t* buffer, const sockaddr* peer, unsigned) {
            if (arrived >= 0 && peer != nullptr) {
                const uv_buf_t echo = uv_buf_init(buffer->base, static_cast<unsigned>(arrived));
                uv_udp_try_send(handle, &echo, 1, peer);
            }
        });
    uv_run(&loop, UV_RUN_DEFAULT);
}

}  // namespace

int main(int argc, char** argv)
{
    options = bench::read_server_options(argc, argv);
    const int descriptor = bound_socket(options.udp ? SOCK_DGRAM : SOCK_STREAM);
    if (!options.udp && listen(descriptor, SOMAXCONN) != 0) {
        return 1;
    }
    bench::announce(options.port);
    std::vector<std::thread> threads;
    for (int number = 0; number < options.threads; ++number) {
        threads.emplace_back(options.udp ? run_datagrams : run_streams, descriptor);
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}
