// What the tests of select share: sets of any size, and asking in which sets one socket is.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

namespace spindle::test {

inline timeval at_once{0, 0};
inline timeval soon{20, 0};

/// An fd_set of any size.
class socket_set {
public:
    socket_set() = default;
    socket_set(std::initializer_list<SOCKET> members) : socket_set(std::vector<SOCKET>(members)) {}
    explicit socket_set(const std::vector<SOCKET>& members) : words_(members.size() + 1)
    {
        get()->fd_count = static_cast<u_int>(members.size());
        std::copy(members.begin(), members.end(), words_.begin() + 1);
    }
    [[nodiscard]] fd_set* get() { return reinterpret_cast<fd_set*>(words_.data()); }
    /// With what lies behind the members that are left.
    [[nodiscard]] std::vector<SOCKET> array() const { return {words_.begin() + 1, words_.end()}; }
    [[nodiscard]] std::vector<SOCKET> members()
    {
        return {words_.begin() + 1, words_.begin() + 1 + static_cast<std::ptrdiff_t>(get()->fd_count)};
    }

private:
    static_assert(offsetof(fd_set, fd_array) == sizeof(SOCKET));
    std::vector<SOCKET> words_ = std::vector<SOCKET>(1);
};

/// In which sets a socket is, as letters: r, w, e. "!" and the code when select fails.
inline std::string sets_of(SOCKET s, const std::string& asked = "rwe", timeval* timeout = &at_once)
{
    std::array<fd_set, 3> sets{};
    std::array<fd_set*, 3> given{};
    for (std::size_t role = 0; role < 3; ++role) {
        FD_ZERO(&sets[role]);
        if (asked.find("rwe"[role]) != std::string::npos) {
            FD_SET(s, &sets[role]);
            given[role] = &sets[role];
        }
    }
    const int count = select(0, given[0], given[1], given[2], timeout);
    if (count == SOCKET_ERROR) {
        return "!" + std::to_string(WSAGetLastError());
    }
    std::string found;
    for (std::size_t role = 0; role < 3; ++role) {
        found += given[role] != nullptr && FD_ISSET(s, given[role]) ? std::string(1, "rwe"[role]) : "";
    }
    return count == static_cast<int>(found.size()) ? found : "count " + std::to_string(count) + " of " + found;
}

inline bool becomes(SOCKET s, const std::string& wanted, const std::string& asked = "rwe")
{
    return eventually([&] { return sets_of(s, asked) == wanted; });
}

}  // namespace spindle::test
