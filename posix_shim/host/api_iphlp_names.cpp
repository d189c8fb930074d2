// Indices, names and LUIDs of interfaces. The name is Linux's, and so is the alias. Answers to the pages
// "if_nametoindex" and "ConvertInterfaceIndexToLuid" and its family (clauses IPH-11, IPH-12).
#include "host/iphlp.hpp"
#include "host/text.hpp"

#include <algorithm>

using namespace spindle;
using namespace spindle::host;

namespace {

template <class Char>
DWORD name_to_luid(const Char* name, NET_LUID* luid, DWORD if_unknown) noexcept
{
    return out_of_memory_checked([&]() -> DWORD {
        if (name == nullptr || luid == nullptr) {
            return ERROR_INVALID_PARAMETER;
        }
        const std::string wanted = narrow_text(name);
        const auto list = interfaces::all();
        const auto found =
            std::find_if(list.begin(), list.end(), [&](const auto& each) { return each.name == wanted; });
        if (found == list.end()) {
            return if_unknown;
        }
        *luid = luid_of(*found);
        return NO_ERROR;
    });
}

// 0: no interface has this LUID.
unsigned index_of(const NET_LUID& luid)
{
    const auto list = interfaces::all();
    const auto found = std::find_if(list.begin(), list.end(),
                                    [&](const auto& each) { return luid_of(each).Value == luid.Value; });
    return found != list.end() ? found->index : 0;
}

template <class Char>
DWORD luid_to_name(const NET_LUID* luid, Char* name, SIZE_T length) noexcept
{
    return out_of_memory_checked([&]() -> DWORD {
        const unsigned index = luid != nullptr && name != nullptr ? index_of(*luid) : 0;
        if (index == 0) {
            return ERROR_INVALID_PARAMETER;
        }
        const auto text = text_in<Char>(interfaces::name_of(index));
        if (text.size() >= length) {
            return ERROR_NOT_ENOUGH_MEMORY;
        }
        copy_terminated<Char>(text, name, length);
        return NO_ERROR;
    });
}

}  // namespace

NET_IFINDEX WINAPI if_nametoindex(PCSTR InterfaceName)
{
    return InterfaceName != nullptr ? interfaces::index_of(InterfaceName) : 0;
}

PCHAR WINAPI if_indextoname(NET_IFINDEX InterfaceIndex, PCHAR InterfaceName)
try {
    const std::string name = interfaces::name_of(InterfaceIndex);
    if (name.empty() || InterfaceName == nullptr) {
        return nullptr;
    }
    copy_terminated<char>(name, InterfaceName, name.size() + 1);
    return InterfaceName;
} catch (const std::bad_alloc&) {
    return nullptr;
}

DWORD WINAPI ConvertInterfaceIndexToLuid(NET_IFINDEX InterfaceIndex, PNET_LUID InterfaceLuid)
{
    return out_of_memory_checked([&]() -> DWORD {
        const std::string name = interfaces::name_of(InterfaceIndex);
        return InterfaceLuid == nullptr ? ERROR_INVALID_PARAMETER
               : name.empty()           ? ERROR_FILE_NOT_FOUND
                                        : name_to_luid(name.c_str(), InterfaceLuid, ERROR_FILE_NOT_FOUND);
    });
}

DWORD WINAPI ConvertInterfaceLuidToIndex(const NET_LUID* InterfaceLuid, PNET_IFINDEX InterfaceIndex)
{
    return out_of_memory_checked([&]() -> DWORD {
        const unsigned index =
            InterfaceLuid != nullptr && InterfaceIndex != nullptr ? index_of(*InterfaceLuid) : 0;
        if (index == 0) {
            return ERROR_INVALID_PARAMETER;
        }
        *InterfaceIndex = index;
        return NO_ERROR;
    });
}

DWORD WINAPI ConvertInterfaceNameToLuidA(const CHAR* InterfaceName, NET_LUID* InterfaceLuid)
{
    return name_to_luid(InterfaceName, InterfaceLuid, ERROR_INVALID_NAME);
}

DWORD WINAPI ConvertInterfaceNameToLuidW(const WCHAR* InterfaceName, NET_LUID* InterfaceLuid)
{
    return name_to_luid(InterfaceName, InterfaceLuid, ERROR_INVALID_NAME);
}

DWORD WINAPI ConvertInterfaceLuidToNameA(const NET_LUID* InterfaceLuid, PSTR InterfaceName, SIZE_T Length)
{
    return luid_to_name(InterfaceLuid, InterfaceName, Length);
}

DWORD WINAPI ConvertInterfaceLuidToNameW(const NET_LUID* InterfaceLuid, PWSTR InterfaceName, SIZE_T Length)
{
    return luid_to_name(InterfaceLuid, InterfaceName, Length);
}

DWORD WINAPI ConvertInterfaceAliasToLuid(const WCHAR* InterfaceAlias, PNET_LUID InterfaceLuid)
{
    return name_to_luid(InterfaceAlias, InterfaceLuid, ERROR_INVALID_PARAMETER);
}

DWORD WINAPI ConvertInterfaceLuidToAlias(const NET_LUID* InterfaceLuid, PWSTR InterfaceAlias, SIZE_T Length)
{
    return luid_to_name(InterfaceLuid, InterfaceAlias, Length);
}
