// The catalog as text, see catalog_text.hpp. Reading and writing go through the same list of fields, so they agree.
#include "host/catalog_text.hpp"

#include "host/text.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>

namespace spindle::host {

namespace {

constexpr std::string_view first_line = "spindle-catalog 1";
// The library beside this one, wherever that is: a catalog file outlives an installation.
constexpr std::string_view builtin_path = "@builtin";
constexpr std::string_view catalog_names[] = {"native", "other"};

// Characters that are not printable ASCII, and the backslash, as \uXXXX.
std::string escaped(wide_view text)
{
    constexpr char digits[] = "0123456789abcdef";
    std::string line;
    for (const WCHAR unit : text) {
        if (unit >= 0x20 && unit < 0x7f && unit != '\\') {
            line += static_cast<char>(unit);
            continue;
        }
        line += "\\u";
        for (int shift = 12; shift >= 0; shift -= 4) {
            line += digits[(unit >> shift) & 0xf];
        }
    }
    return line;
}

std::optional<wide_string> unescaped(std::string_view line)
{
    wide_string text;
    while (!line.empty()) {
        if (line[0] != '\\') {
            text += static_cast<WCHAR>(static_cast<unsigned char>(line[0]));
            line.remove_prefix(1);
            continue;
        }
        std::uint16_t unit = 0;
        if (line.size() < 6 || line[1] != 'u' ||
            std::from_chars(line.data() + 2, line.data() + 6, unit, 16).ptr != line.data() + 6) {
            return std::nullopt;
        }
        text += static_cast<WCHAR>(unit);
        line.remove_prefix(6);
    }
    return text;
}

class line_writer {
public:
    void number(std::uint64_t value)
    {
        char digits[20];
        const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
        line_.append(line_.empty() ? "" : " ").append(digits, end);
    }
    template <class Integer>
    void field(Integer& value)
    {
        number(static_cast<std::uint32_t>(value));
    }
    [[nodiscard]] const std::string& line() const { return line_; }

private:
    std::string line_;
};

class line_reader {
public:
    explicit line_reader(std::string_view line) : rest_(line) {}

    std::uint64_t number(std::uint64_t limit)
    {
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        good_ = good_ && error == std::errc() && value <= limit;
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        if (!rest_.empty()) {
            good_ = good_ && rest_[0] == ' ' && rest_.size() > 1;
            rest_.remove_prefix(1);
        }
        return value;
    }
    template <class Integer>
    void field(Integer& value)
    {
        constexpr std::uint64_t limit = sizeof value < 4 ? std::numeric_limits<Integer>::max() : 0xFFFFFFFF;
        value = static_cast<Integer>(number(limit));
    }
    [[nodiscard]] bool done() const { return good_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool good_ = true;
};

template <class Line>
void guid_fields(Line& line, GUID& id)
{
    line.field(id.Data1);
    line.field(id.Data2);
    line.field(id.Data3);
    for (unsigned char& byte : id.Data4) {
        line.field(byte);
    }
}

// All of the structure but its name.
template <class Line>
void info_fields(Line& line, WSAPROTOCOL_INFOW& info)
{
    line.field(info.dwCatalogEntryId);
    guid_fields(line, info.ProviderId);
    for (DWORD* flags : {&info.dwServiceFlags1, &info.dwServiceFlags2, &info.dwServiceFlags3, &info.dwServiceFlags4,
                         &info.dwProviderFlags}) {
        line.field(*flags);
    }
    line.field(info.ProtocolChain.ChainLen);
    for (DWORD& id : info.ProtocolChain.ChainEntries) {
        line.field(id);
    }
    for (int* value : {&info.iVersion, &info.iAddressFamily, &info.iMaxSockAddr, &info.iMinSockAddr, &info.iSocketType,
                       &info.iProtocol, &info.iProtocolMaxOffset, &info.iNetworkByteOrder, &info.iSecurityScheme}) {
        line.field(*value);
    }
    line.field(info.dwMessageSize);
    line.field(info.dwProviderReserved);
}

template <class Line>
void categories_fields(Line& line, provider_categories& each)
{
    guid_fields(line, each.provider_id);
    line.field(each.categories);
}

template <class Value, class Fields>
std::string numbers_of(Value value, Fields&& fields)
{
    line_writer line;
    fields(line, value);
    return line.line();
}

class text_writer {
public:
    void line(std::string_view word, std::string_view rest)
    {
        text_.append(word).append(rest.empty() ? "" : " ").append(rest).append("\n");
    }
    void text(std::string_view word, const std::string& utf8) { line(word, escaped(to_wide(utf8))); }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

void write_catalog(text_writer& out, const one_catalog& catalog, const std::string& builtin)
{
    out.line("entries", std::to_string(catalog.entries.size()));
    for (const catalog_entry& entry : catalog.entries) {
        out.line("entry", numbers_of(entry.info, [](auto& line, auto& info) { info_fields(line, info); }));
        out.line("name", escaped(entry.info.szProtocol));
        out.text("path", entry.path == builtin ? std::string(builtin_path) : entry.path);
    }
    out.line("categorised", std::to_string(catalog.categories.size()));
    for (const provider_categories& each : catalog.categories) {
        out.line("categories", numbers_of(each, [](auto& line, auto& value) { categories_fields(line, value); }));
    }
}

class text_reader {
public:
    explicit text_reader(std::string_view text) : rest_(text) {}

    /// Goes to the next line if it begins with the word; what follows is then in rest().
    bool take(std::string_view word)
    {
        const auto end = rest_.find('\n');
        const std::string_view line = rest_.substr(0, end);
        if (end == std::string_view::npos || !line.starts_with(word) ||
            (line.size() > word.size() && line[word.size()] != ' ')) {
            return false;
        }
        value_ = line.substr(std::min(word.size() + 1, line.size()));
        rest_.remove_prefix(end + 1);
        return true;
    }
    [[nodiscard]] std::string_view rest() const { return value_; }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    bool take_text(std::string_view word, std::string& utf8)
    {
        const auto text = take(word) ? unescaped(value_) : std::nullopt;
        if (text) {
            utf8 = to_utf8(*text);
        }
        return text.has_value();
    }
    template <class Value, class Fields>
    bool take_numbers(std::string_view word, Value& value, Fields&& fields)
    {
        if (!take(word)) {
            return false;
        }
        line_reader line(value_);
        fields(line, value);
        return line.done();
    }

private:
    std::string_view rest_;
    std::string_view value_;
};

bool read_name(text_reader& in, WSAPROTOCOL_INFOW& info)
{
    const auto name = in.take("name") ? unescaped(in.rest()) : std::nullopt;
    if (!name || name->size() > WSAPROTOCOL_LEN) {
        return false;
    }
    copy_terminated<WCHAR>(*name, info.szProtocol, WSAPROTOCOL_LEN + 1);
    return true;
}

// The number of things of a kind stands before them.
template <class Value, class Read>
bool read_list(text_reader& in, std::string_view word, std::vector<Value>& values, Read&& read)
{
    std::uint64_t count = 0;
    if (!in.take_numbers(word, count, [](line_reader& line, std::uint64_t& value) { value = line.number(0xFFFFFF); })) {
        return false;
    }
    for (; count > 0; --count) {
        Value value{};
        if (!read(value)) {
            return false;
        }
        values.push_back(std::move(value));
    }
    return true;
}

bool read_entry(text_reader& in, catalog_entry& entry, const std::string& builtin)
{
    if (!in.take_numbers("entry", entry.info, [](line_reader& line, auto& info) { info_fields(line, info); }) ||
        !read_name(in, entry.info) || !in.take_text("path", entry.path)) {
        return false;
    }
    if (entry.path == builtin_path) {
        entry.path = builtin;
    }
    const int length = entry.info.ProtocolChain.ChainLen;
    return length >= LAYERED_PROTOCOL && length <= MAX_PROTOCOL_CHAIN;
}

bool read_catalog(text_reader& in, one_catalog& catalog, const std::string& builtin)
{
    return read_list(in, "entries", catalog.entries,
                     [&](catalog_entry& entry) { return read_entry(in, entry, builtin); }) &&
           read_list(in, "categorised", catalog.categories, [&](provider_categories& each) {
               return in.take_numbers("categories", each,
                                      [](line_reader& line, auto& value) { categories_fields(line, value); });
           });
}

bool read_application(text_reader& in, application_categories& each)
{
    return in.take_numbers("application", each.categories,
                           [](line_reader& line, DWORD& value) { line.field(value); }) &&
           in.take_text("program", each.path) && in.take_text("arguments", each.arguments);
}

// Ids are unique, and new ones follow all others.
bool ids_are_sound(const catalog_data& data)
{
    return std::ranges::all_of(data.catalogs, [&](const one_catalog& catalog) {
        return std::ranges::all_of(catalog.entries, [&](const catalog_entry& entry) {
            const DWORD id = entry.info.dwCatalogEntryId;
            return id != 0 && id < data.next_entry_id && entry_of_id(catalog.entries, id) == &entry;
        });
    });
}

}  // namespace

std::string catalog_to_text(const catalog_data& data)
{
    text_writer out;
    const std::string builtin = builtin_provider_path();
    out.line(first_line, "");
    out.line("change", std::to_string(data.change));
    out.line("next", std::to_string(data.next_entry_id));
    for (const catalog_kind kind : catalog_kinds) {
        out.line("catalog", catalog_names[static_cast<std::size_t>(kind)]);
        write_catalog(out, data.of(kind), builtin);
    }
    out.line("applications", std::to_string(data.applications.size()));
    for (const application_categories& each : data.applications) {
        out.line("application", std::to_string(each.categories));
        out.text("program", each.path);
        out.text("arguments", each.arguments);
    }
    out.line("end", "");
    return out.take();
}

std::optional<catalog_data> catalog_from_text(std::string_view text)
{
    text_reader in(text);
    catalog_data data;
    const std::string builtin = builtin_provider_path();
    const auto number = [](line_reader& line, std::uint64_t& value) {
        value = line.number(std::numeric_limits<std::uint64_t>::max());
    };
    const auto id = [](line_reader& line, DWORD& value) { line.field(value); };
    if (!in.take(first_line) || !in.take_numbers("change", data.change, number) ||
        !in.take_numbers("next", data.next_entry_id, id)) {
        return std::nullopt;
    }
    for (const catalog_kind kind : catalog_kinds) {
        if (!in.take("catalog") || in.rest() != catalog_names[static_cast<std::size_t>(kind)] ||
            !read_catalog(in, data.of(kind), builtin)) {
            return std::nullopt;
        }
    }
    const bool good = read_list(in, "applications", data.applications,
                                [&](application_categories& each) { return read_application(in, each); }) &&
                      in.take("end") && in.at_end() && ids_are_sound(data);
    return good ? std::optional(std::move(data)) : std::nullopt;
}

}  // namespace spindle::host
