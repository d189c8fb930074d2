// Addresses as text, both ways: what is read is written again, and reads as the same address.
#include "fuzz_target.hpp"

using namespace spindle::fuzz;

namespace {

void print(input& in)
{
    std::vector<char> address = in.bytes(in.byte() % 160U);
    std::vector<char> text(in.byte() % 80U);
    auto size = static_cast<DWORD>(text.size());
    const int result = WSAAddressToStringA(reinterpret_cast<sockaddr*>(address.data()),
                                           static_cast<DWORD>(address.size()), nullptr, text.data(), &size);
    require(result != 0 || (size <= text.size() && size == std::strlen(text.data()) + 1));
}

void read(input& in)
{
    const int family = in.flag() ? AF_INET6 : AF_INET;
    std::string text = in.text(200);
    SOCKADDR_STORAGE first{};
    int length = sizeof first;
    if (WSAStringToAddressA(text.data(), family, nullptr, reinterpret_cast<sockaddr*>(&first), &length) !=
        0) {
        require(first.ss_family == 0);
        return;
    }
    char again[80] = {};
    DWORD size = sizeof again;
    require(WSAAddressToStringA(reinterpret_cast<sockaddr*>(&first), static_cast<DWORD>(length), nullptr,
                                again, &size) == 0);
    SOCKADDR_STORAGE second{};
    int second_length = sizeof second;
    require(WSAStringToAddressA(again, family, nullptr, reinterpret_cast<sockaddr*>(&second),
                                &second_length) == 0);
    require(length == second_length && std::memcmp(&first, &second, sizeof first) == 0);
}

}  // namespace

SPINDLE_FUZZ_TARGET(address_text)
{
    in.flag() ? print(in) : read(in);
}
