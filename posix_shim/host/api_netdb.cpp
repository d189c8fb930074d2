// The look-ups of Winsock 1.1: hosts, services, protocols by name and number, and the local host name.
// Results lie in storage of the calling thread, one record per kind, valid until the thread's next call of
// that kind. Answers to the pages "gethostbyname", "getservbyname", "getprotobyname", "gethostname" (clause
// MAP-8).
#include "host/classic_records.hpp"
#include "host/runtime.hpp"
#include "host/text.hpp"

#include <new>

using namespace spindle;
using namespace spindle::host;

namespace {

std::vector<char*> pointers_to(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (std::string& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

struct host_storage {
    resolver::record data;
    std::vector<char*> aliases;
    std::vector<char*> addresses;
    HOSTENT entry{};

    HOSTENT* fill(resolver::record&& found)
    {
        data = std::move(found);
        aliases = pointers_to(data.aliases);
        addresses.clear();
        for (auto& each : data.addresses) {
            addresses.push_back(reinterpret_cast<char*>(each.data()));
        }
        addresses.push_back(nullptr);
        const bool v6 = data.kind == resolver::family::ipv6;
        entry.h_name = data.name.data();
        entry.h_aliases = aliases.data();
        entry.h_addrtype = v6 ? AF_INET6 : AF_INET;
        entry.h_length = v6 ? 16 : 4;
        entry.h_addr_list = addresses.data();
        return &entry;
    }
};

struct service_storage {
    resolver::record data;
    std::vector<char*> aliases;
    SERVENT entry{};

    SERVENT* fill(resolver::record&& found)
    {
        data = std::move(found);
        aliases = pointers_to(data.aliases);
        entry.s_name = data.name.data();
        entry.s_aliases = aliases.data();
        entry.s_proto = data.protocol_name.data();
        entry.s_port = static_cast<short>(htons(static_cast<u_short>(data.number)));
        return &entry;
    }
};

struct protocol_storage {
    resolver::record data;
    std::vector<char*> aliases;
    PROTOENT entry{};

    PROTOENT* fill(resolver::record&& found)
    {
        data = std::move(found);
        aliases = pointers_to(data.aliases);
        entry.p_name = data.name.data();
        entry.p_aliases = aliases.data();
        entry.p_proto = static_cast<short>(data.number);
        return &entry;
    }
};

thread_local host_storage host_result;
thread_local service_storage service_result;
thread_local protocol_storage protocol_result;

// `find` fills the record and returns 0 or the code.
template <class Storage, class Find>
auto look_up(Storage& storage, Find&& find) noexcept -> decltype(storage.fill({}))
{
    using result_type = decltype(storage.fill({}));
    if (!started()) {
        return fail(result_type{nullptr}, WSANOTINITIALISED);
    }
    try {
        resolver::record found;
        const int error = find(found);
        return error == 0 ? storage.fill(std::move(found)) : fail(result_type{nullptr}, error);
    } catch (const std::bad_alloc&) {
        return fail(result_type{nullptr}, WSAENOBUFS);
    }
}

}  // namespace

struct hostent* WSAAPI gethostbyname(const char* name)
{
    return look_up(host_result, [&](resolver::record& found) { return find_host(name, found); });
}

struct hostent* WSAAPI gethostbyaddr(const char* addr, int len, int type)
{
    return look_up(host_result, [&](resolver::record& found) {
        resolver::address where;
        const int error = read_address(addr, len, type, where);
        return error != 0 ? error : code_of(resolver::host_by_address(where, found));
    });
}

struct servent* WSAAPI getservbyname(const char* name, const char* proto)
{
    return look_up(service_result, [&](resolver::record& found) {
        return name == nullptr ? WSAEFAULT : find_service(name, proto, found);
    });
}

struct servent* WSAAPI getservbyport(int port, const char* proto)
{
    return look_up(service_result, [&](resolver::record& found) { return find_service(port, proto, found); });
}

struct protoent* WSAAPI getprotobyname(const char* name)
{
    return look_up(protocol_result, [&](resolver::record& found) {
        return name == nullptr ? WSAEFAULT : find_protocol(name, found);
    });
}

struct protoent* WSAAPI getprotobynumber(int number)
{
    return look_up(protocol_result, [&](resolver::record& found) { return find_protocol(number, found); });
}

namespace {

template <class Text, class Char>
int give_host_name(const Text& text, Char* name, int length) noexcept
{
    if (name == nullptr || length <= 0 || text.size() >= static_cast<std::size_t>(length)) {
        return fail(SOCKET_ERROR, WSAEFAULT);
    }
    copy_terminated<Char>(text, name, static_cast<std::size_t>(length));
    return 0;
}

}  // namespace

int WSAAPI spindle_gethostname(char* name, int namelen)
try {
    return started() ? give_host_name(resolver::local_host_name(), name, namelen)
                     : fail(SOCKET_ERROR, WSANOTINITIALISED);
} catch (const std::bad_alloc&) {
    return fail(SOCKET_ERROR, WSAENOBUFS);
}

int WSAAPI GetHostNameW(PWSTR name, int namelen)
try {
    return started() ? give_host_name(to_wide(resolver::local_host_name()), name, namelen)
                     : fail(SOCKET_ERROR, WSANOTINITIALISED);
} catch (const std::bad_alloc&) {
    return fail(SOCKET_ERROR, WSAENOBUFS);
}
