// Queries of the DNS name space, see name_query.hpp.
#include "host/name_query.hpp"

#include <svcguid.h>

#include <algorithm>
#include <iterator>

namespace spindle::host {

namespace {

struct known_class {
    GUID id;
    name_question question;
    resolver::family family;
};

constexpr known_class known_classes[] = {
    {SVCID_INET_HOSTADDRBYNAME, name_question::addresses_of_host, resolver::family::any},
    {SVCID_DNS_TYPE_A, name_question::addresses_of_host, resolver::family::ipv4},
    {SVCID_DNS_TYPE_AAAA, name_question::addresses_of_host, resolver::family::ipv6},
    {SVCID_HOSTNAME, name_question::this_host, resolver::family::any},
    {SVCID_INET_HOSTADDRBYINETSTRING, name_question::name_of_address, resolver::family::any},
    {SVCID_INET_SERVICEBYNAME, name_question::service, resolver::family::any},
};

constexpr name_protocol both_protocols[] = {{AF_UNSPEC, SOCK_STREAM, IPPROTO_TCP},
                                            {AF_UNSPEC, SOCK_DGRAM, IPPROTO_UDP}};

// SVCID_TCP(port) and SVCID_UDP(port): the addresses of a host with that port.
bool set_port_class(name_query& query, const GUID& id)
{
    constexpr GUID any_tcp = SVCID_TCP(0);
    constexpr GUID any_udp = SVCID_UDP(0);
    GUID without_port = id;
    without_port.Data1 &= 0xFFFF0000u;
    if (without_port != any_tcp && without_port != any_udp) {
        return false;
    }
    query.port = static_cast<std::uint16_t>(id.Data1);
    query.protocols = {both_protocols[without_port == any_udp ? 1 : 0]};
    return true;
}

int code_or_not_found(resolver::failure failure) noexcept
{
    return failure == resolver::failure::host_not_found || failure == resolver::failure::service_not_found
               ? int{WSASERVICE_NOT_FOUND}
               : code_of(failure);
}

resolver::address any_address(resolver::family kind, std::uint16_t port)
{
    resolver::address any;
    any.kind = kind;
    any.port = port;
    return any;
}

bool wants(const name_protocol& protocol, resolver::family kind) noexcept
{
    const auto allowed = family_of(protocol.family);
    return allowed == resolver::family::any || allowed == kind;
}

void add_address(const name_query& query, resolver::address where, name_record& record)
{
    where.port = query.port;
    for (const name_protocol& each : query.protocols) {
        if (wants(each, where.kind)) {
            record.addresses.push_back({where, each.type, each.protocol});
        }
    }
}

void add_aliases(const name_query& query, std::vector<name_record>& records)
{
    resolver::record found;
    if (resolver::host_by_name(query.name.c_str(), found) == resolver::failure::none) {
        for (const std::string& alias : found.aliases) {
            records.push_back({alias, true, records.front().addresses});
        }
    }
}

int find_addresses(const name_query& query, const std::string& host, std::vector<name_record>& records)
{
    resolver::query wanted;
    wanted.node = host.c_str();
    wanted.kind = query.family;
    wanted.socket_type = SOCK_STREAM;  // each address once
    wanted.canonical_name = true;
    resolver::answer found;
    if (const auto failure = resolver::look_up(wanted, found); failure != resolver::failure::none) {
        return code_or_not_found(failure);
    }
    name_record record;
    record.name = found.canonical_name.empty() ? host : found.canonical_name;
    for (const auto& each : found.addresses) {
        add_address(query, each.where, record);
    }
    if (record.addresses.empty()) {
        return WSANO_DATA;
    }
    records.push_back(std::move(record));
    if (query.aliases) {
        add_aliases(query, records);
    }
    return 0;
}

int find_name(const name_query& query, std::vector<name_record>& records)
{
    resolver::address where;
    for (const auto kind : {resolver::family::ipv4, resolver::family::ipv6}) {
        where.kind = kind;
        if (!resolver::parse_address(kind, query.name.c_str(), where.bytes.data())) {
            continue;
        }
        resolver::record found;
        if (const auto failure = resolver::host_by_address(where, found);
            failure != resolver::failure::none) {
            return code_or_not_found(failure);
        }
        name_record record;
        record.name = found.name;
        add_address(query, where, record);
        records.push_back(std::move(record));
        return 0;
    }
    return WSAEINVAL;
}

// "name" or "name/protocol".
int find_service(const name_query& query, std::vector<name_record>& records)
{
    const std::size_t slash = query.name.find('/');
    const std::string name = query.name.substr(0, slash);
    const std::string wanted = slash == std::string::npos ? std::string() : query.name.substr(slash + 1);
    name_record record;
    for (const name_protocol& each : query.protocols) {
        const char* const protocol = each.protocol == IPPROTO_UDP ? "udp" : "tcp";
        resolver::record found;
        if ((wanted.empty() || wanted == protocol) &&
            resolver::service_by_name(name.c_str(), protocol, found)) {
            record.name = found.name;
            const auto port = static_cast<std::uint16_t>(found.number);
            record.addresses.push_back({any_address(resolver::family::ipv4, port), each.type, each.protocol});
        }
    }
    if (record.addresses.empty()) {
        return WSASERVICE_NOT_FOUND;
    }
    records.push_back(std::move(record));
    return 0;
}

}  // namespace

int set_question(name_query& query, const GUID& service_class)
{
    query.service_class = service_class;
    const auto* const known = std::find_if(std::begin(known_classes), std::end(known_classes),
                                           [&](const known_class& each) { return each.id == service_class; });
    if (known != std::end(known_classes)) {
        query.question = known->question;
        query.family = known->family;
        query.protocols.assign(std::begin(both_protocols), std::end(both_protocols));
        return 0;
    }
    return set_port_class(query, service_class) ? 0 : int{WSASERVICE_NOT_FOUND};
}

int restrict_protocols(name_query& query, const AFPROTOCOLS* allowed, std::size_t count)
{
    std::vector<name_protocol> kept;
    for (std::size_t index = 0; index < count; ++index) {
        for (name_protocol each : query.protocols) {
            if (allowed[index].iProtocol == 0 || allowed[index].iProtocol == each.protocol) {
                each.family = allowed[index].iAddressFamily;
                kept.push_back(each);
            }
        }
    }
    if (count != 0) {
        query.protocols = std::move(kept);
    }
    return query.protocols.empty() ? int{WSANO_DATA} : 0;
}

int answer_query(const name_query& query, std::vector<name_record>& records)
{
    switch (query.question) {
    case name_question::this_host:
        return find_addresses(query, resolver::local_host_name(), records);
    case name_question::name_of_address:
        return find_name(query, records);
    case name_question::service:
        return find_service(query, records);
    case name_question::addresses_of_host:
        break;
    }
    return find_addresses(query, query.name.empty() ? resolver::local_host_name() : query.name, records);
}

}  // namespace spindle::host
