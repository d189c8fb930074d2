// Catalogs compared, and the texts of GUIDs and names; see catalog_model.hpp.
#include "catalog_model.hpp"

#include <windows.h>

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace spindle::catalog_tool {

namespace {

// Where in the catalog the entry of an id stands; -1: nowhere.
std::ptrdiff_t place_of(const one_catalog& catalog, DWORD id)
{
    const auto found = std::ranges::find(catalog.entries, id, &WSAPROTOCOL_INFOW::dwCatalogEntryId);
    return found != catalog.entries.end() ? found - catalog.entries.begin() : -1;
}

bool same_chain(const one_catalog& left, const WSAPROTOCOLCHAIN& one, const one_catalog& right,
                const WSAPROTOCOLCHAIN& two)
{
    if (one.ChainLen != two.ChainLen) {
        return false;
    }
    for (int index = 0; one.ChainLen > BASE_PROTOCOL && index < one.ChainLen; ++index) {
        if (place_of(left, one.ChainEntries[index]) != place_of(right, two.ChainEntries[index])) {
            return false;
        }
    }
    return true;
}

bool same_entry(const one_catalog& left, WSAPROTOCOL_INFOW one, const one_catalog& right, WSAPROTOCOL_INFOW two)
{
    if (!same_chain(left, one.ProtocolChain, right, two.ProtocolChain)) {
        return false;
    }
    for (WSAPROTOCOL_INFOW* info : {&one, &two}) {
        info->dwCatalogEntryId = 0;
        info->ProtocolChain = {};
    }
    return std::memcmp(&one, &two, sizeof one) == 0;
}

}  // namespace

info_list one_catalog::entries_of(const GUID& id) const
{
    info_list found;
    std::ranges::copy_if(entries, std::back_inserter(found),
                         [&](const WSAPROTOCOL_INFOW& info) { return same(info.ProviderId, id); });
    return found;
}

std::vector<DWORD> one_catalog::ids() const
{
    std::vector<DWORD> all;
    std::ranges::transform(entries, std::back_inserter(all), &WSAPROTOCOL_INFOW::dwCatalogEntryId);
    return all;
}

bool same_content(const one_catalog& left, const one_catalog& right)
{
    const auto same_facts = [](const auto& one, const auto& two) {
        return same(one.first, two.first) && one.second.path == two.second.path &&
               one.second.categories == two.second.categories;
    };
    return std::ranges::equal(left.entries, right.entries,
                              [&](const WSAPROTOCOL_INFOW& one, const WSAPROTOCOL_INFOW& two) {
                                  return same_entry(left, one, right, two);
                              }) &&
           std::ranges::equal(left.providers, right.providers, same_facts);
}

bool same_content(const snapshot& left, const snapshot& right)
{
    return same_content(left.native, right.native) && left.other.has_value() == right.other.has_value() &&
           (!left.other || same_content(*left.other, *right.other));
}

std::string to_text(const GUID& id)
{
    char text[40];
    const int length = std::snprintf(
        text, sizeof text, "{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", static_cast<unsigned>(id.Data1),
        static_cast<unsigned>(id.Data2), static_cast<unsigned>(id.Data3), id.Data4[0], id.Data4[1], id.Data4[2],
        id.Data4[3], id.Data4[4], id.Data4[5], id.Data4[6], id.Data4[7]);
    return {text, static_cast<std::size_t>(length)};
}

std::optional<GUID> guid_from_text(std::string_view text)
{
    if (text.size() == 38 && text.front() == '{' && text.back() == '}') {
        text = text.substr(1, 36);
    }
    constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    const auto fits = [](char letter, char wanted) {
        const bool digit = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f') ||
                           (letter >= 'A' && letter <= 'F');
        return wanted == 'x' ? digit : letter == wanted;
    };
    if (!std::ranges::equal(text, form, fits)) {
        return std::nullopt;
    }
    unsigned parts[11];
    const std::string given(text);
    if (std::sscanf(given.c_str(), "%8x-%4x-%4x-%2x%2x-%2x%2x%2x%2x%2x%2x", &parts[0], &parts[1], &parts[2], &parts[3],
                    &parts[4], &parts[5], &parts[6], &parts[7], &parts[8], &parts[9], &parts[10]) != 11) {
        return std::nullopt;
    }
    GUID id{};
    id.Data1 = parts[0];
    id.Data2 = static_cast<unsigned short>(parts[1]);
    id.Data3 = static_cast<unsigned short>(parts[2]);
    std::transform(parts + 3, parts + 11, id.Data4, [](unsigned part) { return static_cast<unsigned char>(part); });
    return id;
}

std::string name_of(const WSAPROTOCOL_INFOW& info)
{
    return to_utf8(info.szProtocol);
}

std::string to_utf8(const WCHAR* text)
{
    const int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, nullptr, 0, nullptr, nullptr);
    std::string made(static_cast<std::size_t>(std::max(size, 1)), '\0');
    WideCharToMultiByte(CP_UTF8, 0, text, -1, made.data(), size, nullptr, nullptr);
    made.pop_back();
    return made;
}

std::basic_string<WCHAR> to_wide(const std::string& text)
{
    const int size = MultiByteToWideChar(CP_UTF8, 0, text.c_str(), -1, nullptr, 0);
    std::basic_string<WCHAR> made(static_cast<std::size_t>(std::max(size, 1)), WCHAR{0});
    MultiByteToWideChar(CP_UTF8, 0, text.c_str(), -1, made.data(), size);
    made.pop_back();
    return made;
}

}  // namespace spindle::catalog_tool
