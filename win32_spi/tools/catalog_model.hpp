// What spindle-catalog knows of a catalog: its entries in order, where their libraries lie and what layers are. Texts are
// UTF-8. Answers to the page "WSAPROTOCOL_INFOW structure".
#pragma once

#include <winsock2.h>

#include <ws2spi.h>

#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spindle::catalog_tool {

/// The catalog of programs of this tool's word size, and on 64-bit systems the one of 32-bit programs.
enum class which : unsigned char { native, other };
inline constexpr std::array both{which::native, which::other};

struct guid_order {
    bool operator()(const GUID& left, const GUID& right) const noexcept
    {
        return std::memcmp(&left, &right, sizeof left) < 0;
    }
};
[[nodiscard]] inline bool same(const GUID& left, const GUID& right) noexcept
{
    return std::memcmp(&left, &right, sizeof left) == 0;
}

using info_list = std::vector<WSAPROTOCOL_INFOW>;

struct provider_facts {
    std::string path;  // as it is kept, strings of the environment unexpanded
    DWORD categories = 0;
};

struct one_catalog {
    info_list entries;
    std::map<GUID, provider_facts, guid_order> providers;  // of every entry

    [[nodiscard]] bool has(const GUID& id) const { return providers.contains(id); }
    [[nodiscard]] info_list entries_of(const GUID& id) const;
    [[nodiscard]] std::vector<DWORD> ids() const;
};

/// Both catalogs at one moment; `other` is empty where there is but one.
struct snapshot {
    one_catalog native;
    std::optional<one_catalog> other;

    [[nodiscard]] const one_catalog* find(which catalog) const
    {
        return catalog == which::native ? &native : other ? &*other : nullptr;
    }
    [[nodiscard]] bool has(const GUID& id) const { return native.has(id) || (other && other->has(id)); }
};

/// The same entries in the same order at the same paths with the same categories. The entries' ids do not count, since the
/// system gives new ones at every installation; what chains name by them does.
[[nodiscard]] bool same_content(const one_catalog& left, const one_catalog& right);
[[nodiscard]] bool same_content(const snapshot& left, const snapshot& right);

[[nodiscard]] std::string to_text(const GUID& id);
/// With or without braces.
[[nodiscard]] std::optional<GUID> guid_from_text(std::string_view text);

[[nodiscard]] std::string name_of(const WSAPROTOCOL_INFOW& info);

[[nodiscard]] std::string to_utf8(const WCHAR* text);
[[nodiscard]] std::basic_string<WCHAR> to_wide(const std::string& text);

}  // namespace spindle::catalog_tool
