// Winsock calls at random on sockets that other threads close or a cleanup takes away, and the codes such
// calls may end with. Every socket made here is non-blocking, so no call waits.
#pragma once

#include <winsock2.h>

#include <random>
#include <set>
#include <string>

namespace spindle::stress {

/// A new non-blocking TCP or UDP socket, or INVALID_SOCKET.
[[nodiscard]] SOCKET random_socket(std::mt19937& random);

/// One call on the socket, any of the API's that work on a socket but closesocket; connects go to
/// 127.0.0.1:port. 0 or the last error.
int random_call(std::mt19937& random, SOCKET socket, unsigned short port);

/// Collects the codes calls ended with and tells those that no page documents for them.
class code_collection {
public:
    void add(int code) { seen_.insert(code); }
    void merge(const code_collection& other) { seen_.insert(other.seen_.begin(), other.seen_.end()); }
    /// Space-separated; empty when there is none.
    [[nodiscard]] std::string unexpected() const;
    [[nodiscard]] bool contains(int code) const { return seen_.count(code) != 0; }

private:
    std::set<int> seen_;
};

}  // namespace spindle::stress
