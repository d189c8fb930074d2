// Restoring, see restore.hpp. The system gives new ids to what it installs, so chains are written once the ids of all
// their elements are known: what is missing is installed without chains first.
#include "restore.hpp"

#include <algorithm>

namespace spindle::catalog_tool {

namespace {

// What can be installed before anything that it names is there.
info_list without_chains(info_list infos)
{
    for (WSAPROTOCOL_INFOW& info : infos) {
        info.ProtocolChain = {};
        info.ProtocolChain.ChainLen = BASE_PROTOCOL;
    }
    return infos;
}

class restoration {
public:
    restoration(backend& system, const snapshot& wanted) : system_(system), wanted_(wanted) {}

    int run()
    {
        int error = read();
        error = error == 0 ? remove_what_is_new() : error;
        error = error == 0 ? install_what_is_missing() : error;
        for (const which catalog : both) {
            if (error == 0 && wanted_.find(catalog) != nullptr && now_.find(catalog) != nullptr) {
                error = put_back(catalog);
            }
        }
        error = error == 0 ? read() : error;
        return error == 0 && !same_content(now_, wanted_) ? WSANO_RECOVERY : error;
    }

private:
    int read() { return system_.read(now_); }

    int remove_what_is_new()
    {
        for (const which catalog : both) {
            const one_catalog* present = now_.find(catalog);
            const one_catalog* wanted = wanted_.find(catalog);
            if (present == nullptr || wanted == nullptr) {
                continue;
            }
            for (const auto& [id, facts] : present->providers) {
                if (const int error = wanted->has(id) ? 0 : system_.remove(catalog, id); error != 0) {
                    return error;
                }
            }
        }
        return read();
    }

    int install_what_is_missing()
    {
        for (const which catalog : both) {
            const one_catalog* wanted = wanted_.find(catalog);
            if (wanted == nullptr || now_.find(catalog) == nullptr) {
                continue;
            }
            for (const auto& [id, facts] : wanted->providers) {
                int error = now_.find(catalog)->has(id) ? 0 : install(catalog, id, facts, *wanted);
                error = error == 0 ? read() : error;
                if (error != 0) {
                    return error;
                }
            }
        }
        return 0;
    }

    // No function installs for 32-bit programs alone: what belongs there only is taken out of the native catalog again.
    int install(which catalog, const GUID& id, const provider_facts& facts, const one_catalog& wanted)
    {
        const bool also_other = wanted_.other && wanted_.other->has(id) && now_.other && !now_.other->has(id);
        const info_list infos = without_chains(wanted.entries_of(id));
        const int error = system_.install(id, facts.path, infos, catalog == which::other || also_other);
        return error == 0 && catalog == which::other && !wanted_.native.has(id) ? system_.remove(which::native, id)
                                                                                  : error;
    }

    // The id that the n-th entry of a provider has now, for the id that it had.
    DWORD id_now(const one_catalog& wanted, const one_catalog& present, DWORD id) const
    {
        const auto found = std::ranges::find(wanted.entries, id, &WSAPROTOCOL_INFOW::dwCatalogEntryId);
        if (found == wanted.entries.end()) {
            return id;
        }
        const auto mine = wanted.entries_of(found->ProviderId);
        const auto mine_now = present.entries_of(found->ProviderId);
        for (std::size_t index = 0; index < std::min(mine.size(), mine_now.size()); ++index) {
            if (mine[index].dwCatalogEntryId == id) {
                return known_id(mine_now, id) ? id : mine_now[index].dwCatalogEntryId;
            }
        }
        return id;
    }

    static bool known_id(const info_list& entries, DWORD id)
    {
        return std::ranges::find(entries, id, &WSAPROTOCOL_INFOW::dwCatalogEntryId) != entries.end();
    }

    info_list entries_with_ids_of_now(const one_catalog& wanted, const one_catalog& present, const GUID& id) const
    {
        info_list infos = wanted.entries_of(id);
        for (WSAPROTOCOL_INFOW& info : infos) {
            info.dwCatalogEntryId = id_now(wanted, present, info.dwCatalogEntryId);
            auto& chain = info.ProtocolChain;
            for (int index = 0; index < chain.ChainLen; ++index) {
                chain.ChainEntries[index] = id_now(wanted, present, chain.ChainEntries[index]);
            }
        }
        return infos;
    }

    static bool differ(const info_list& one, const info_list& two)
    {
        return !std::ranges::equal(one, two, [](const WSAPROTOCOL_INFOW& left, const WSAPROTOCOL_INFOW& right) {
            return std::memcmp(&left, &right, sizeof left) == 0;
        });
    }

    int put_back(which catalog)
    {
        const one_catalog& wanted = *wanted_.find(catalog);
        for (const auto& [id, facts] : wanted.providers) {
            const one_catalog& present = *now_.find(catalog);
            const auto infos = entries_with_ids_of_now(wanted, present, id);
            const provider_facts& facts_now = present.providers.at(id);
            int error = 0;
            if (facts_now.path != facts.path || differ(infos, present.entries_of(id))) {
                error = system_.update(catalog, id, facts.path, infos);
            }
            if (error == 0 && facts_now.categories != facts.categories) {
                error = system_.set_categories(catalog, id, facts.categories);
            }
            error = error == 0 ? read() : error;
            if (error != 0) {
                return error;
            }
        }
        std::vector<DWORD> order;
        for (const WSAPROTOCOL_INFOW& info : wanted.entries) {
            order.push_back(id_now(wanted, *now_.find(catalog), info.dwCatalogEntryId));
        }
        return order == now_.find(catalog)->ids() ? 0 : system_.order(catalog, order);
    }

    backend& system_;
    const snapshot& wanted_;
    snapshot now_;
};

}  // namespace

int restore(backend& system, const snapshot& wanted)
{
    return restoration(system, wanted).run();
}

}  // namespace spindle::catalog_tool
