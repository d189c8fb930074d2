// A query of the DNS name space as WSALookupServiceBegin describes it, and the records it yields; handles and packing are
// in api_lookup_service.cpp. Answers to the pages "WSALookupServiceBeginW" and "Name Resolution Service Class
// Identifiers" (clauses NSV-9 to NSV-14).
#pragma once

#include "host/name_errors.hpp"
#include "host/winsock.hpp"

#include <string>
#include <vector>

namespace spindle::host {

/// What a class of services asks for.
enum class name_question : unsigned char { addresses_of_host, this_host, name_of_address, service };

struct name_protocol {
    int family = AF_UNSPEC;  // AF_UNSPEC: any
    int type = SOCK_STREAM;
    int protocol = IPPROTO_TCP;
};

struct name_query {
    name_question question = name_question::addresses_of_host;
    GUID service_class{};
    std::string name;
    std::string query_string;
    std::uint16_t port = 0;
    resolver::family family = resolver::family::any;
    std::vector<name_protocol> protocols;
    bool aliases = false;
};

struct name_record {
    std::string name;
    bool is_alias = false;
    std::vector<resolver::found_address> addresses;
};

/// Understands the class and the restrictions on protocols. Returns 0 or the code.
[[nodiscard]] int set_question(name_query& query, const GUID& service_class);
[[nodiscard]] int restrict_protocols(name_query& query, const AFPROTOCOLS* allowed, std::size_t count);

/// Asks the resolver, which may take long. Returns 0 or the code.
[[nodiscard]] int answer_query(const name_query& query, std::vector<name_record>& records);

}  // namespace spindle::host
