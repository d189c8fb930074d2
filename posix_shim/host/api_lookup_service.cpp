// WSALookupServiceBegin, Next and End: handles of queries and their records, packed into the caller's buffer one a call.
// The resolver is asked by the first Next. Answers to the pages "WSALookupServiceBeginW", "WSALookupServiceNextW",
// "WSALookupServiceEnd" and "WSANSPIoctl" (clauses NSV-9 to NSV-15).
#include "host/caller_buffer.hpp"
#include "host/handle_list.hpp"
#include "host/name_query.hpp"
#include "host/name_space.hpp"
#include "host/open_look_ups.hpp"
#include "host/runtime.hpp"

#include <atomic>

using namespace spindle;
using namespace spindle::host;

namespace {

struct open_query : listed_item<open_query> {
    name_query query;
    DWORD flags = 0;
    std::atomic<bool> ended{false};

    std::mutex mutex;  // what follows; held while the resolver works
    bool asked = false;
    int error = 0;
    std::vector<name_record> records;
    std::size_t next_record = 0;
};

constinit handle_list<open_query> queries;

template <class Set>
using char_of_set = std::remove_pointer_t<decltype(Set::lpszServiceInstanceName)>;

template <class Set>
int read_query(const Set& given, DWORD flags, name_query& query)
{
    if (given.dwSize < sizeof given || given.lpServiceClassId == nullptr ||
        (given.dwNumberOfProtocols != 0 && given.lpafpProtocols == nullptr) ||
        !is_dns_provider(given.lpNSProviderId)) {
        return WSAEINVAL;
    }
    if (!serves_name_space(given.dwNameSpace)) {
        return WSASERVICE_NOT_FOUND;
    }
    if ((flags & LUP_CONTAINERS) != 0) {
        return WSANO_DATA;  // the name space is flat
    }
    if (const int error = set_question(query, *given.lpServiceClassId); error != 0) {
        return error;
    }
    if (given.lpszServiceInstanceName != nullptr) {
        query.name = narrow_text(given.lpszServiceInstanceName);
    }
    if (given.lpszQueryString != nullptr) {
        query.query_string = narrow_text(given.lpszQueryString);
    }
    query.aliases = (flags & LUP_RETURN_ALIASES) != 0;
    return restrict_protocols(query, given.lpafpProtocols, given.dwNumberOfProtocols);
}

template <class Set>
int begin(const Set* restrictions, DWORD flags, LPHANDLE handle) noexcept
try {
    if (!started()) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    if (restrictions == nullptr || handle == nullptr) {
        return fail(SOCKET_ERROR, WSAEFAULT);
    }
    const auto made = std::make_shared<open_query>();
    if (const int error = read_query(*restrictions, flags, made->query); error != 0) {
        return fail(SOCKET_ERROR, error);
    }
    made->flags = flags;
    *handle = queries.add(made);
    return 0;
} catch (const std::bad_alloc&) {
    return fail(SOCKET_ERROR, WSA_NOT_ENOUGH_MEMORY);
}

// The address that the query is about is the remote one of a client, or the local one of a server (LUP_RES_SERVICE);
// the other part is the wildcard, ready to bind to.
void pack_addresses(const name_record& record, bool for_server, caller_buffer& target, CSADDR_INFO* list)
{
    for (const auto& each : record.addresses) {
        resolver::address other;
        other.kind = each.where.kind;
        list->LocalAddr = pack_address(for_server ? each.where : other, target);
        list->RemoteAddr = pack_address(for_server ? other : each.where, target);
        list->iSocketType = each.socket_type;
        list->iProtocol = each.protocol;
        ++list;
    }
}

template <class Set>
void pack_record(const name_query& query, const name_record& record, DWORD flags, caller_buffer& target)
{
    auto* const set = target.make<Set>();
    set->dwSize = sizeof(Set);
    set->dwNameSpace = NS_DNS;
    set->lpNSProviderId = target.make<GUID>();
    *set->lpNSProviderId = dns_provider_id;
    set->dwOutputFlags = record.is_alias ? RESULT_IS_ALIAS : 0;
    if ((flags & LUP_RETURN_NAME) != 0) {
        set->lpszServiceInstanceName = target.text<char_of_set<Set>>(record.name);
    }
    if ((flags & LUP_RETURN_TYPE) != 0) {
        set->lpServiceClassId = target.make<GUID>();
        *set->lpServiceClassId = query.service_class;
    }
    if ((flags & LUP_RETURN_QUERY_STRING) != 0 && !query.query_string.empty()) {
        set->lpszQueryString = target.text<char_of_set<Set>>(query.query_string);
    }
    if ((flags & LUP_RETURN_ADDR) != 0) {
        set->dwNumberOfCsAddrs = static_cast<DWORD>(record.addresses.size());
        set->lpcsaBuffer = target.make<CSADDR_INFO>(record.addresses.size());
        pack_addresses(record, (flags & LUP_RES_SERVICE) != 0, target, set->lpcsaBuffer);
    }
}

// What restricts the result at Begin and at Next is combined; what says how to go on counts where it is said.
DWORD combined_flags(DWORD at_begin, DWORD at_next) noexcept
{
    return (at_begin & at_next) | (at_next & LUP_RES_SERVICE) | (at_begin & LUP_RES_SERVICE);
}

int ask(open_query& query)
{
    if (!query.asked) {
        query.error = answer_query(query.query, query.records);
        query.asked = true;
    }
    return query.ended ? int{WSA_E_CANCELLED} : query.error;
}

template <class Set>
int next_record(open_query& query, DWORD flags, DWORD& length, Set* result)
{
    std::lock_guard lock(query.mutex);
    if (const int error = ask(query); error != 0) {
        return error;
    }
    if ((flags & LUP_FLUSHPREVIOUS) != 0 && query.next_record < query.records.size()) {
        ++query.next_record;
    }
    if (query.next_record >= query.records.size()) {
        return WSA_E_NO_MORE;
    }
    const std::size_t needed = pack_into(result, length, [&](caller_buffer& target) {
        pack_record<Set>(query.query, query.records[query.next_record], combined_flags(query.flags, flags),
                         target);
    });
    if (result == nullptr || length < needed) {
        length = static_cast<DWORD>(needed);
        return WSAEFAULT;
    }
    ++query.next_record;
    return 0;
}

template <class Set>
int next(HANDLE handle, DWORD flags, LPDWORD length, Set* result) noexcept
try {
    if (!started()) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    const auto query = queries.find(handle);
    if (!query) {
        return fail(SOCKET_ERROR, WSA_INVALID_HANDLE);
    }
    if (length == nullptr) {
        return fail(SOCKET_ERROR, WSAEINVAL);
    }
    const int error = next_record(*query, flags, *length, result);
    return error == 0 ? 0 : fail(SOCKET_ERROR, error);
} catch (const std::bad_alloc&) {
    return fail(SOCKET_ERROR, WSA_NOT_ENOUGH_MEMORY);
}

}  // namespace

INT WSAAPI WSALookupServiceBeginA(LPWSAQUERYSETA lpqsRestrictions, DWORD dwControlFlags, LPHANDLE lphLookup)
{
    return begin(lpqsRestrictions, dwControlFlags, lphLookup);
}

INT WSAAPI WSALookupServiceBeginW(LPWSAQUERYSETW lpqsRestrictions, DWORD dwControlFlags, LPHANDLE lphLookup)
{
    return begin(lpqsRestrictions, dwControlFlags, lphLookup);
}

INT WSAAPI WSALookupServiceNextA(HANDLE hLookup, DWORD dwControlFlags, LPDWORD lpdwBufferLength,
                                 LPWSAQUERYSETA lpqsResults)
{
    return next(hLookup, dwControlFlags, lpdwBufferLength, lpqsResults);
}

INT WSAAPI WSALookupServiceNextW(HANDLE hLookup, DWORD dwControlFlags, LPDWORD lpdwBufferLength,
                                 LPWSAQUERYSETW lpqsResults)
{
    return next(hLookup, dwControlFlags, lpdwBufferLength, lpqsResults);
}

INT WSAAPI WSALookupServiceEnd(HANDLE hLookup)
{
    if (!started()) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    const auto ended = queries.remove(hLookup);
    if (!ended) {
        return fail(SOCKET_ERROR, WSA_INVALID_HANDLE);
    }
    ended->ended = true;
    return 0;
}

// The resolver tells of no changes, and there is nothing else to control.
INT WSAAPI WSANSPIoctl(HANDLE hLookup, DWORD, LPVOID, DWORD, LPVOID, DWORD, LPDWORD, LPWSACOMPLETION)
{
    if (!started()) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    return fail(SOCKET_ERROR, queries.find(hLookup) ? WSAEOPNOTSUPP : WSA_INVALID_HANDLE);
}

void spindle::host::close_all_queries() noexcept
{
    while (const auto open = queries.first()) {
        open->ended = true;
        queries.remove(reinterpret_cast<HANDLE>(open->handle));
    }
}

void spindle::host::lock_queries_for_fork() noexcept
{
    queries.lock_for_fork();
}

void spindle::host::unlock_queries_after_fork(bool in_child) noexcept
{
    queries.unlock_after_fork(in_child);
}
