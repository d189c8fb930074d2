// What the fuzz targets share: how one is declared, how it takes its input apart, and a started library. Under Clang each
// target is a program of libFuzzer; elsewhere all of them are in one program that replays the corpora with variations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <winsock2.h>
#include <ws2tcpip.h>

namespace spindle::fuzz {

/// Takes values off the front of the input; at its end everything is 0 and empty.
class input {
public:
    input(const std::uint8_t* data, std::size_t size) noexcept : next_(data), end_(data + size) {}

    template <class Number>
    Number number() noexcept
    {
        Number value{};
        const std::size_t taken = left() < sizeof value ? left() : sizeof value;
        if (taken != 0) {
            std::memcpy(&value, next_, taken);
        }
        next_ += taken;
        return value;
    }
    std::uint8_t byte() noexcept { return number<std::uint8_t>(); }
    bool flag() noexcept { return (byte() & 1U) != 0; }

    /// Memory of exactly that size, so that a sanitizer sees each byte too many.
    std::vector<char> bytes(std::size_t count)
    {
        std::vector<char> taken(count);
        const std::size_t here = left() < count ? left() : count;
        if (here != 0) {
            std::memcpy(taken.data(), next_, here);
        }
        next_ += here;
        return taken;
    }
    std::string text(std::size_t at_most)
    {
        const std::size_t count = left() < at_most ? left() : at_most;
        const std::vector<char> taken = bytes(count);
        return std::string(taken.begin(), taken.end()).c_str();
    }
    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - next_); }

private:
    const std::uint8_t* next_;
    const std::uint8_t* end_;
};

/// Ends the program with the place that sees it: what must hold does not.
inline void require(bool holds) noexcept
{
    if (!holds) {
        std::abort();
    }
}

/// Starts the library at the first use, for good.
inline void start_winsock() noexcept
{
    static const bool started = [] {
        WSADATA data{};
        return WSAStartup(MAKEWORD(2, 2), &data) == 0;
    }();
    require(started);
}

/// One of the kinds that the catalog has, not blocking; closed at the end of the scope.
class any_socket {
public:
    explicit any_socket(std::uint8_t choice) noexcept
    {
        static constexpr struct {
            int family;
            int type;
        } kinds[] = {{AF_INET, SOCK_STREAM},
                     {AF_INET, SOCK_DGRAM},
                     {AF_INET6, SOCK_STREAM},
                     {AF_INET6, SOCK_DGRAM},
                     {AF_UNIX, SOCK_STREAM}};
        const auto& kind = kinds[choice % (sizeof kinds / sizeof kinds[0])];
        handle_ = socket(kind.family, kind.type, 0);
        require(handle_ != INVALID_SOCKET);
        not_blocking();
    }
    any_socket(const any_socket&) = delete;
    any_socket& operator=(const any_socket&) = delete;
    ~any_socket() { closesocket(handle_); }

    void not_blocking() noexcept
    {
        u_long on = 1;
        require(ioctlsocket(handle_, static_cast<long>(FIONBIO), &on) == 0);
    }
    operator SOCKET() const noexcept { return handle_; }  // NOLINT: reads like the API it stands for

private:
    SOCKET handle_ = INVALID_SOCKET;
};

using target_function = void (*)(input&);

/// For the program that has all targets.
struct registered_target {
    registered_target(const char* its_name, target_function its_function) noexcept;
    const char* name;
    target_function function;
    registered_target* next;
};

}  // namespace spindle::fuzz

#ifdef SPINDLE_LIBFUZZER
#define SPINDLE_FUZZ_TARGET(name)                                                                            \
    static void name(spindle::fuzz::input& in);                                                              \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)                        \
    {                                                                                                        \
        spindle::fuzz::start_winsock();                                                                      \
        spindle::fuzz::input in(data, size);                                                                 \
        name(in);                                                                                            \
        return 0;                                                                                            \
    }                                                                                                        \
    static void name(spindle::fuzz::input& in)
#else
#define SPINDLE_FUZZ_TARGET(name)                                                                            \
    static void name(spindle::fuzz::input& in);                                                              \
    static spindle::fuzz::registered_target name##_entry(#name, &(name));                                    \
    static void name(spindle::fuzz::input& in)
#endif
