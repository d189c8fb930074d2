// Socket options with any level, name, length and value.
#include "fuzz_target.hpp"

using namespace spindle::fuzz;

namespace {

int any_level(input& in)
{
    static constexpr int levels[] = {SOL_SOCKET, IPPROTO_TCP, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_UDP};
    const std::uint8_t choice = in.byte();
    return choice < 250 ? levels[choice % 5] : in.number<int>();
}

// The names lie close together, at two places.
int any_name(input& in)
{
    const std::uint8_t choice = in.byte();
    const int low = in.byte();
    return choice % 4 == 0   ? 0x1000 + low
           : choice % 4 == 1 ? 0x7000 + low
           : choice % 4 == 2 ? low
                             : in.number<int>();
}

int any_length(input& in, std::size_t size)
{
    const std::uint8_t choice = in.byte();
    return choice < 240 ? static_cast<int>(size) : choice < 248 ? 0 : -1;
}

void set(SOCKET s, int level, int name, input& in)
{
    std::vector<char> value = in.bytes(in.byte());
    const bool none = in.byte() < 8;
    const int length = any_length(in, value.size());
    if (length < 0 && value.size() < sizeof(int)) {
        value.resize(sizeof(int));  // OPT-5: such a length vouches for what the option takes
    }
    setsockopt(s, level, name, none ? nullptr : value.data(), length);
}

void get(SOCKET s, int level, int name, input& in)
{
    std::vector<char> value(in.byte());
    int length = any_length(in, value.size());
    const int given = length;
    if (getsockopt(s, level, name, value.data(), &length) == 0) {
        require(length <= given || given <= 0 || level == SOL_SOCKET);
    }
}

}  // namespace

SPINDLE_FUZZ_TARGET(options)
{
    const any_socket s(in.byte());
    for (int turn = 0; turn < 4 && in.left() > 0; ++turn) {
        const int level = any_level(in);
        const int name = any_name(in);
        if (level == SOL_SOCKET && name == SO_LINGER) {
            continue;  // a close that waits is what it is for
        }
        in.flag() ? set(s, level, name, in) : get(s, level, name, in);
    }
}
