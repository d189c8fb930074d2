// Plain Winsock calls; see peer.hpp.
#include "peer.hpp"

#include <algorithm>

namespace win32_test {

std::vector<char> pattern(std::size_t size, unsigned seed)
{
    std::vector<char> data(size);
    std::uint32_t state = seed * 2654435761U + 1;
    for (char& byte : data) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<char>(state >> 24U);
    }
    return data;
}

sockaddr_in loopback(std::uint16_t port) noexcept
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(0x7F000001);
    return address;
}

peer_socket::peer_socket() noexcept : handle_(::socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)) {}

peer_socket::~peer_socket()
{
    if (valid()) {
        ::closesocket(handle_);
    }
}

std::uint16_t peer_socket::listen_on_loopback()
{
    sockaddr_in address = loopback(0);
    int length = sizeof address;
    if (::bind(handle_, reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
        ::listen(handle_, 5) != 0 ||
        ::getsockname(handle_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
        return 0;
    }
    return ntohs(address.sin_port);
}

SOCKET peer_socket::accept_one()
{
    return ::accept(handle_, nullptr, nullptr);
}

bool peer_socket::connect_to(std::uint16_t port)
{
    const sockaddr_in address = loopback(port);
    return ::connect(handle_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool peer_socket::send_all(const std::vector<char>& data)
{
    for (std::size_t done = 0; done < data.size();) {
        const int sent = ::send(handle_, data.data() + done, static_cast<int>(data.size() - done), 0);
        if (sent <= 0) {
            return false;
        }
        done += static_cast<std::size_t>(sent);
    }
    return true;
}

std::vector<char> peer_socket::receive_to_end(bool& graceful)
{
    std::vector<char> data;
    std::vector<char> part(65536);
    int received = 0;
    while ((received = ::recv(handle_, part.data(), static_cast<int>(part.size()), 0)) > 0) {
        data.insert(data.end(), part.begin(), part.begin() + received);
    }
    graceful = received == 0;
    return data;
}

std::vector<char> peer_socket::receive_exactly(std::size_t size)
{
    std::vector<char> data(size);
    std::size_t done = 0;
    while (done < size) {
        const int received = ::recv(handle_, data.data() + done, static_cast<int>(size - done), 0);
        if (received <= 0) {
            break;
        }
        done += static_cast<std::size_t>(received);
    }
    data.resize(done);
    return data;
}

bool peer_socket::end_sending()
{
    return ::shutdown(handle_, SD_SEND) == 0;
}

}  // namespace win32_test
