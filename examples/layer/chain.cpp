// Where the layer stands in a chain, and loading what stands below it. An element of a chain may be the entry of a layer
// alone, a chain of its own or a base protocol; each leads through its ProviderId to a library. Answers to the pages
// "WSAPROTOCOLCHAIN", "WSCEnumProtocols", "WPUGetProviderPath" and "WSPStartup".
#include "layer.hpp"

#include <algorithm>
#include <cstring>
#include <list>
#include <map>

namespace layer {

namespace {

struct chain_state {
    std::mutex mutex;  // held while a provider is started: others wait for it
    std::vector<WSAPROTOCOL_INFOW> catalog;
    std::list<lower_provider> lower;
    std::map<DWORD, place> places;  // by the chain's id
};

chain_state& state()
{
    static chain_state it;
    return it;
}

bool same(const GUID& left, const GUID& right)
{
    return std::memcmp(&left, &right, sizeof left) == 0;
}

void read_catalog(std::vector<WSAPROTOCOL_INFOW>& catalog)
{
    int error = 0;
    DWORD size = 0;
    WSCEnumProtocols(nullptr, nullptr, &size, &error);
    int count = SOCKET_ERROR;
    do {
        catalog.resize(size / sizeof(WSAPROTOCOL_INFOW));
        count = WSCEnumProtocols(nullptr, catalog.data(), &size, &error);
    } while (count == SOCKET_ERROR && error == WSAENOBUFS);
    catalog.resize(count == SOCKET_ERROR ? 0 : static_cast<std::size_t>(count));
}

const WSAPROTOCOL_INFOW* entry_of(const std::vector<WSAPROTOCOL_INFOW>& catalog, DWORD id)
{
    const auto found = std::find_if(catalog.begin(), catalog.end(), [id](const WSAPROTOCOL_INFOW& each) {
        return each.dwCatalogEntryId == id;
    });
    return found != catalog.end() ? &*found : nullptr;
}

HMODULE load(GUID provider)
{
    WCHAR path[MAX_PATH] = {};
    WCHAR expanded[MAX_PATH] = {};
    int length = MAX_PATH;
    int error = 0;
    if (upcalls().lpWPUGetProviderPath(&provider, path, &length, &error) != 0) {
        return nullptr;
    }
    const DWORD needed = ExpandEnvironmentStringsW(path, expanded, MAX_PATH);
    return needed == 0 || needed > MAX_PATH ? nullptr : LoadLibraryW(expanded);
}

bool is_complete(const WSPPROC_TABLE& table)
{
    void* slots[sizeof table / sizeof(void*)];
    std::memcpy(slots, &table, sizeof table);
    return std::find(std::begin(slots), std::end(slots), nullptr) == std::end(slots);
}

// Returns 0 or the code with which this layer's own start fails.
int start(lower_provider& below, WSAPROTOCOL_INFOW& info)
{
    below.library = load(below.id);
    const auto startup = below.library == nullptr ? nullptr
                                                  : reinterpret_cast<LPWSPSTARTUP>(reinterpret_cast<void*>(
                                                        GetProcAddress(below.library, "WSPStartup")));
    if (startup == nullptr) {
        return WSAEPROVIDERFAILEDINIT;
    }
    WSPDATA data{};
    // The upcalls as they came: every provider of a chain calls the same host.
    if (const int error = startup(MAKEWORD(2, 2), &data, &info, upcalls(), &below.table); error != 0) {
        return error;
    }
    if (data.wVersion == MAKEWORD(2, 2) && is_complete(below.table)) {
        return 0;
    }
    int ignored = 0;
    if (below.table.lpWSPCleanup != nullptr) {
        below.table.lpWSPCleanup(&ignored);
    }
    return data.wVersion == MAKEWORD(2, 2) ? WSAEINVALIDPROCTABLE : WSAVERNOTSUPPORTED;
}

lower_provider* started_provider(chain_state& it, const GUID& id, WSAPROTOCOL_INFOW& info, int* error)
{
    const auto known = std::find_if(it.lower.begin(), it.lower.end(),
                                    [&](const lower_provider& each) { return same(each.id, id); });
    if (known != it.lower.end()) {
        return &*known;
    }
    lower_provider made;
    made.id = id;
    *error = start(made, info);
    if (*error != 0) {
        if (made.library != nullptr) {
            FreeLibrary(made.library);
        }
        return nullptr;
    }
    it.lower.push_back(made);
    return &it.lower.back();
}

// The element after this layer's own; null: the layer is not in the chain, or the last of it.
const WSAPROTOCOL_INFOW* element_below(const chain_state& it, const WSAPROTOCOL_INFOW& info, DWORD& own_id)
{
    const WSAPROTOCOLCHAIN& chain = info.ProtocolChain;
    for (int index = 0; index + 1 < chain.ChainLen; ++index) {
        const WSAPROTOCOL_INFOW* element = entry_of(it.catalog, chain.ChainEntries[index]);
        if (element != nullptr && same(element->ProviderId, provider_id)) {
            own_id = element->dwCatalogEntryId;
            return entry_of(it.catalog, chain.ChainEntries[index + 1]);
        }
    }
    return nullptr;
}

}  // namespace

const place* place_in(const WSAPROTOCOL_INFOW& info, int* error)
{
    chain_state& it = state();
    const std::lock_guard<std::mutex> lock(it.mutex);
    if (const auto known = it.places.find(info.dwCatalogEntryId); known != it.places.end()) {
        return &known->second;
    }
    place made;
    const WSAPROTOCOL_INFOW* next = element_below(it, info, made.own_id);
    if (next == nullptr) {  // the first chain, or one that is newer than what is known
        read_catalog(it.catalog);
        next = element_below(it, info, made.own_id);
    }
    if (next == nullptr) {
        *error = WSAEPROVIDERFAILEDINIT;
        return nullptr;
    }
    made.chain = info;
    made.chain.dwProviderReserved = 0;
    made.passed = next->ProtocolChain.ChainLen == BASE_PROTOCOL ? *next : made.chain;
    made.below = started_provider(it, next->ProviderId, made.passed, error);
    if (made.below == nullptr) {
        return nullptr;
    }
    return &(it.places[info.dwCatalogEntryId] = made);
}

void release_lower_providers()
{
    chain_state& it = state();
    const std::lock_guard<std::mutex> lock(it.mutex);
    for (lower_provider& each : it.lower) {
        int error = 0;
        if (each.table.lpWSPCleanup(&error) == 0) {
            FreeLibrary(each.library);
        }
    }
    it.lower.clear();
    it.places.clear();
    it.catalog.clear();
}

}  // namespace layer
