// The steps of each command, see plan.hpp.
#include "plan.hpp"

#include "platform.hpp"

#include <algorithm>

namespace spindle::catalog_tool {

namespace {

const char* name_of(which catalog)
{
    return catalog == which::native ? "the native catalog" : "the catalog of 32-bit programs";
}

struct served_protocol {
    const char* name;
    int family;
    int type;
    int protocol;
    int address_size;
    DWORD service_flags;
    DWORD message_size;
};
constexpr DWORD stream_flags = XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE | XP1_EXPEDITED_DATA;
constexpr DWORD datagram_flags = XP1_CONNECTIONLESS | XP1_MESSAGE_ORIENTED | XP1_SUPPORT_BROADCAST | XP1_SUPPORT_MULTIPOINT;
constexpr served_protocol served_protocols[] = {
    {"Spindle Tcpip [TCP/IP]", AF_INET, SOCK_STREAM, IPPROTO_TCP, 16, stream_flags, 0},
    {"Spindle Tcpip [UDP/IP]", AF_INET, SOCK_DGRAM, IPPROTO_UDP, 16, datagram_flags, 0xFFBB},
    {"Spindle Tcpip [TCP/IPv6]", AF_INET6, SOCK_STREAM, IPPROTO_TCP, 28, stream_flags, 0},
    {"Spindle Tcpip [UDP/IPv6]", AF_INET6, SOCK_DGRAM, IPPROTO_UDP, 28, datagram_flags, 0xFFBB},
};

info_list entries_to_install(bool ifs_handles)
{
    info_list infos;
    for (const served_protocol& each : served_protocols) {
        WSAPROTOCOL_INFOW& info = infos.emplace_back();
        info.dwServiceFlags1 = each.service_flags | (ifs_handles ? XP1_IFS_HANDLES : 0);
        info.dwProviderFlags = PFL_MATCHES_PROTOCOL_ZERO;
        info.ProtocolChain.ChainLen = BASE_PROTOCOL;
        info.iVersion = 2;
        info.iAddressFamily = each.family;
        info.iMaxSockAddr = info.iMinSockAddr = each.address_size;
        info.iSocketType = each.type;
        info.iProtocol = each.protocol;
        info.iNetworkByteOrder = BIGENDIAN;
        info.iSecurityScheme = SECURITY_PROTOCOL_NONE;
        info.dwMessageSize = each.message_size;
        const auto name = to_wide(each.name);
        std::ranges::copy(name, info.szProtocol);
    }
    return infos;
}

std::vector<DWORD> with_provider_at_end(const one_catalog& catalog, const GUID& id, bool at_front)
{
    std::vector<DWORD> mine;
    std::vector<DWORD> others;
    for (const WSAPROTOCOL_INFOW& info : catalog.entries) {
        (same(info.ProviderId, id) ? mine : others).push_back(info.dwCatalogEntryId);
    }
    auto& first = at_front ? mine : others;
    const auto& second = at_front ? others : mine;
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

// The ids are known only when the step's turn has come.
step move_step(which catalog, const GUID& id, bool to_front)
{
    const std::string what = std::string("move the entries of ") + to_text(id) + (to_front ? " to the front" : " to the end") +
                             " of " + name_of(catalog);
    return {what, [=](backend& system) {
                snapshot now;
                if (const int error = system.read(now); error != 0) {
                    return error;
                }
                return system.order(catalog, with_provider_at_end(*now.find(catalog), id, to_front));
            }};
}

std::string other_library_of(const arguments& given)
{
    const std::string twin = path_for_32_bit_programs(expanded_path(given.library));
    return !given.other_library.empty() ? given.other_library : twin.empty() ? std::string() : given.library;
}

void plan_base(plan& steps, const arguments& given, bool everywhere)
{
    const info_list infos = entries_to_install(given.ifs_handles);
    const std::string where = everywhere ? "both catalogs" : name_of(which::native);
    steps.push_back({"install provider " + to_text(given.provider) + ", " + given.library + ", with " +
                         std::to_string(infos.size()) + " entries, into " + where,
                     [=](backend& system) { return system.install(given.provider, given.library, infos, everywhere); }});
    const std::string other = other_library_of(given);
    if (everywhere && other != given.library) {
        steps.push_back({"set its library for 32-bit programs: " + other, [=](backend& system) {
                             return system.update(which::other, given.provider, other, infos);
                         }});
    }
}

void plan_layer(plan& steps, const arguments& given, bool everywhere)
{
    const backend::layer wanted{given.provider, given.library, everywhere ? other_library_of(given) : std::string(),
                                given.layer_name, given.ifs_handles ? DWORD{XP1_IFS_HANDLES} : 0};
    const std::string where = everywhere ? "both catalogs" : name_of(which::native);
    steps.push_back({"install layer '" + given.layer_name + "' " + to_text(given.provider) + ", " + given.library +
                         ", over every protocol, into " + where,
                     [=](backend& system) { return system.install_layer(wanted); }});
}

plan plan_install(const arguments& given, const snapshot& now, std::string& problem)
{
    plan steps;
    if (now.has(given.provider)) {
        problem = "the provider " + to_text(given.provider) + " is installed already";
        return steps;
    }
    const bool everywhere = now.other && !given.native_only;
    const bool layer = !given.layer_name.empty();
    (layer ? plan_layer : plan_base)(steps, given, everywhere);
    for (const which catalog : both) {
        if (catalog == which::other && !everywhere) {
            continue;
        }
        if (given.categories != 0) {
            steps.push_back({"set its categories in " + std::string(name_of(catalog)) + ": " +
                                 category_names(given.categories),
                             [=](backend& system) {
                                 return system.set_categories(catalog, given.provider, given.categories);
                             }});
        }
        if (given.to_front && !layer) {
            steps.push_back(move_step(catalog, given.provider, true));
        }
    }
    return steps;
}

plan plan_remove(const arguments& given, const snapshot& now, std::string& problem)
{
    plan steps;
    // The native catalog first: what is in neither can be put back into both, and what is missing there alone, too.
    for (const which catalog : both) {
        const one_catalog* found = now.find(catalog);
        if (found != nullptr && found->has(given.provider)) {
            steps.push_back({"remove provider " + to_text(given.provider) + " with " +
                                 std::to_string(found->entries_of(given.provider).size()) + " entries from " +
                                 name_of(catalog),
                             [=](backend& system) { return system.remove(catalog, given.provider); }});
        }
    }
    if (steps.empty()) {
        problem = "no catalog has the provider " + to_text(given.provider);
    }
    return steps;
}

plan plan_reorder(const arguments& given, const snapshot& now, std::string& problem)
{
    plan steps;
    if (!given.order.empty()) {
        auto wanted = given.order;
        auto present = now.native.ids();
        std::ranges::sort(wanted);
        std::ranges::sort(present);
        if (wanted != present) {
            problem = "--order has to name each of the " + std::to_string(present.size()) +
                      " entries of the native catalog once";
            return steps;
        }
        steps.push_back({std::string("put ") + name_of(which::native) + " into the given order",
                         [=](backend& system) { return system.order(which::native, given.order); }});
        return steps;
    }
    for (const which catalog : both) {
        if (const one_catalog* found = now.find(catalog); found != nullptr && found->has(given.provider)) {
            steps.push_back(move_step(catalog, given.provider, given.to_front));
        }
    }
    if (steps.empty()) {
        problem = "no catalog has the provider " + to_text(given.provider);
    }
    return steps;
}

void add_differences(std::vector<std::string>& found, which catalog, const one_catalog& now, const one_catalog& wanted)
{
    const std::string where = std::string(" in ") + name_of(catalog);
    one_catalog left = now;
    for (const auto& [id, facts] : now.providers) {
        if (!wanted.has(id)) {
            found.push_back("remove provider " + to_text(id) + where);
            left.providers.erase(id);
        }
    }
    std::erase_if(left.entries, [&](const WSAPROTOCOL_INFOW& info) { return !wanted.has(info.ProviderId); });
    for (const auto& [id, facts] : wanted.providers) {
        if (!now.has(id)) {
            found.push_back("install provider " + to_text(id) + ", " + facts.path + "," + where);
        }
    }
    if (!same_content(left, wanted)) {
        found.push_back("put back entries, order and categories" + where);
    }
}

}  // namespace

plan make_plan(const arguments& given, const snapshot& now, std::string& problem)
{
    switch (given.what) {
    case command::install:
        return plan_install(given, now, problem);
    case command::remove:
        return plan_remove(given, now, problem);
    default:
        return plan_reorder(given, now, problem);
    }
}

std::vector<std::string> differences(const snapshot& now, const snapshot& wanted)
{
    std::vector<std::string> found;
    for (const which catalog : both) {
        if (now.find(catalog) != nullptr && wanted.find(catalog) != nullptr) {
            add_differences(found, catalog, *now.find(catalog), *wanted.find(catalog));
        }
    }
    return found;
}

}  // namespace spindle::catalog_tool
