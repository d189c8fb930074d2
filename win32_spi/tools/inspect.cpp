// Printing and checking, see inspect.hpp.
#include "inspect.hpp"

#include "platform.hpp"
#include "tool_files.hpp"

#include <algorithm>
#include <iterator>
#include <ostream>
#include <set>

namespace spindle::catalog_tool {

namespace {

constexpr int native_bits = static_cast<int>(sizeof(void*) * 8);
constexpr int other_bits = 32;

const char* title_of(which catalog)
{
    return catalog == which::native ? "Catalog" : "Catalog of 32-bit programs";
}

std::string role_of(const WSAPROTOCOL_INFOW& info)
{
    const auto& chain = info.ProtocolChain;
    if (chain.ChainLen == LAYERED_PROTOCOL) {
        return "layer";
    }
    std::string role = chain.ChainLen == BASE_PROTOCOL ? "base" : "chain";
    for (int index = 0; chain.ChainLen > BASE_PROTOCOL && index < chain.ChainLen; ++index) {
        role += (index == 0 ? " " : ">") + std::to_string(chain.ChainEntries[index]);
    }
    return role;
}

void print(std::ostream& out, const one_catalog& catalog)
{
    for (const WSAPROTOCOL_INFOW& info : catalog.entries) {
        out << "  " << info.dwCatalogEntryId << "  " << name_of(info) << "\n      " << role_of(info) << ", family "
            << info.iAddressFamily << ", type " << info.iSocketType << ", protocol " << info.iProtocol
            << ((info.dwServiceFlags1 & XP1_IFS_HANDLES) != 0 ? ", IFS" : "")
            << ((info.dwProviderFlags & PFL_HIDDEN) != 0 ? ", hidden" : "") << '\n';
    }
    out << "  Providers:\n";
    for (const auto& [id, facts] : catalog.providers) {
        out << "  " << to_text(id) << "  " << facts.path;
        if (facts.categories != 0) {
            out << "  (" << category_names(facts.categories) << ')';
        }
        out << '\n';
    }
}

// What is wrong with a library that programs of this word size load; empty: nothing.
std::string complaint_about(const std::string& file, int bits)
{
    std::string header;
    if (!is_absolute_path(file)) {
        return "the path is not absolute: " + file;
    }
    if (const auto outcome = read_file(file, header, library_header_size); outcome != file_outcome::done) {
        return (outcome == file_outcome::absent ? "there is no such file: " : "the file cannot be read: ") + file;
    }
    const library_kind kind = kind_of_library(header);
    if (kind.format != native_library_format() || !kind.loadable) {
        return "the file is no library of this system: " + file;
    }
    return kind.bits == bits ? ""
                             : "the library is for " + std::to_string(kind.bits) + "-bit programs, not for " +
                                   std::to_string(bits) + "-bit ones: " + file;
}

// Windows keeps its own providers' files by names without a folder, which its loader finds.
std::string complaint_about_kept(const std::string& path, which catalog)
{
    std::string file = expanded_path(path);
    if (file.find_first_of("/\\") == std::string::npos) {
        return "";
    }
    if (catalog == which::other) {
        const std::string twin = path_for_32_bit_programs(file);
        file = twin.empty() ? file : twin;
    }
    return complaint_about(file, catalog == which::native ? native_bits : other_bits);
}

void complain_about_libraries(std::vector<std::string>& found, which catalog, const one_catalog& now)
{
    // The host's own entries are in the catalog of 32-bit programs, too, where nothing loads them on Linux.
    for (const auto& [id, facts] : now.providers) {
        const bool also_native = catalog == which::other && native_library_format() == library_format::elf;
        const std::string complaint = also_native ? "" : complaint_about_kept(facts.path, catalog);
        if (!complaint.empty()) {
            found.push_back("provider " + to_text(id) + ": " + complaint);
        }
    }
}

void complain_about_chains(std::vector<std::string>& found, const one_catalog& now)
{
    std::set<DWORD> before;
    const auto ids = now.ids();
    for (const WSAPROTOCOL_INFOW& info : now.entries) {
        const auto& chain = info.ProtocolChain;
        for (int index = 0; chain.ChainLen > BASE_PROTOCOL && index < chain.ChainLen; ++index) {
            const DWORD id = chain.ChainEntries[index];
            const std::string beginning = "chain " + std::to_string(info.dwCatalogEntryId) + " (" + name_of(info) + ")";
            if (std::ranges::find(ids, id) == ids.end()) {
                found.push_back(beginning + " names the entry " + std::to_string(id) + ", which is not there");
            } else if (index + 1 == chain.ChainLen && before.contains(id)) {
                found.push_back(beginning + " stands behind the entry that it covers, so no socket gets it");
            }
        }
        before.insert(info.dwCatalogEntryId);
    }
}

}  // namespace

void print(std::ostream& out, const snapshot& now)
{
    for (const which catalog : both) {
        if (const one_catalog* present = now.find(catalog)) {
            out << title_of(catalog) << " (" << present->entries.size() << " entries)\n";
            print(out, *present);
        }
    }
}

std::vector<std::string> complaints(const snapshot& now)
{
    std::vector<std::string> all;
    for (const which catalog : both) {
        const one_catalog* present = now.find(catalog);
        std::vector<std::string> found;
        if (present != nullptr) {
            complain_about_libraries(found, catalog, *present);
            complain_about_chains(found, *present);
        }
        for (const std::string& each : found) {
            all.push_back(std::string(title_of(catalog)) + ": " + each);
        }
    }
    return all;
}

std::string reason_against_libraries(const arguments& given, bool has_other)
{
    const std::string file = expanded_path(given.library);
    const std::string complaint = complaint_about(file, native_bits);
    if (!complaint.empty() || !has_other || given.native_only) {
        return complaint;
    }
    const std::string other =
        given.other_library.empty() ? path_for_32_bit_programs(file) : expanded_path(given.other_library);
    return other.empty() ? "32-bit programs need a library of their own: give --library32, or --native-only"
                         : complaint_about(other, other_bits);
}

}  // namespace spindle::catalog_tool
