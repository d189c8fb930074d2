// The built-in entries as catalog data; their table is catalog_builtin.hpp.
#include "host/catalog_builtin.hpp"

#include "host/catalog_data.hpp"
#include "host/module_path.hpp"

namespace spindle::host {

namespace {

constexpr DWORD first_free_entry_id = 1101;

WSAPROTOCOL_INFOW info_of(const builtin_row& row)
{
    WSAPROTOCOL_INFOW info{};
    info.dwServiceFlags1 = row.service_flags;
    info.dwProviderFlags = row.provider_flags;
    info.ProviderId = row.provider_id;
    info.dwCatalogEntryId = row.catalog_entry_id;
    info.ProtocolChain.ChainLen = BASE_PROTOCOL;
    info.ProtocolChain.ChainEntries[0] = row.catalog_entry_id;
    info.iVersion = 2;
    info.iAddressFamily = row.af;
    info.iMaxSockAddr = row.max_address;
    info.iMinSockAddr = row.min_address;
    info.iSocketType = row.type;
    info.iProtocol = row.protocol;
    info.iProtocolMaxOffset = row.protocol_max_offset;
    info.iNetworkByteOrder = BIGENDIAN;
    info.iSecurityScheme = SECURITY_PROTOCOL_NONE;
    info.dwMessageSize = row.message_size;
    for (std::size_t index = 0; row.name[index] != 0; ++index) {
        info.szProtocol[index] = static_cast<WCHAR>(row.name[index]);
    }
    return info;
}

}  // namespace

std::string builtin_provider_path()
{
    return beside_this_library(builtin_provider_file);
}

catalog_data builtin_catalog()
{
    catalog_data made;
    const std::string path = builtin_provider_path();
    for (const catalog_kind kind : catalog_kinds) {
        for (const builtin_row& row : builtin_rows) {
            made.of(kind).entries.push_back({info_of(row), path});
        }
    }
    made.next_entry_id = first_free_entry_id;
    return made;
}

}  // namespace spindle::host
