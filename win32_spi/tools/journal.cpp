// The journal's text and file, see journal.hpp. Entries are kept as the bytes of their structure in hexadecimal: what is
// put back is exactly what was there.
#include "journal.hpp"

#include "tool_files.hpp"

#include <algorithm>
#include <sstream>

namespace spindle::catalog_tool {

namespace {

constexpr const char* first_line = "spindle-catalog-journal 1";

std::string to_hex(const void* bytes, std::size_t size)
{
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const auto* byte = static_cast<const unsigned char*>(bytes); size > 0; ++byte, --size) {
        text += digits[*byte >> 4];
        text += digits[*byte & 0xf];
    }
    return text;
}

bool from_hex(const std::string& text, void* bytes, std::size_t size)
{
    const auto digit = [](char letter) {
        return letter >= '0' && letter <= '9' ? letter - '0' : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    };
    if (text.size() != 2 * size) {
        return false;
    }
    auto* byte = static_cast<unsigned char*>(bytes);
    for (std::size_t index = 0; index < size; ++index) {
        const int high = digit(text[2 * index]);
        const int low = digit(text[2 * index + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        byte[index] = static_cast<unsigned char>(high << 4 | low);
    }
    return true;
}

std::string text_to_hex(const std::string& text)
{
    return "x" + to_hex(text.data(), text.size());
}

bool text_from_hex(const std::string& hex, std::string& text)
{
    text.resize(hex.empty() ? 0 : (hex.size() - 1) / 2);
    return hex.starts_with('x') && from_hex(hex.substr(1), text.data(), text.size());
}

void write(std::ostream& out, const one_catalog& catalog)
{
    out << "entries " << catalog.entries.size() << '\n';
    for (const WSAPROTOCOL_INFOW& info : catalog.entries) {
        out << to_hex(&info, sizeof info) << '\n';
    }
    out << "providers " << catalog.providers.size() << '\n';
    for (const auto& [id, facts] : catalog.providers) {
        out << to_hex(&id, sizeof id) << ' ' << facts.categories << ' ' << text_to_hex(facts.path) << '\n';
    }
}

void write(std::ostream& out, const char* word, const snapshot& state)
{
    out << word << ' ' << (state.other ? 2 : 1) << '\n';
    write(out, state.native);
    if (state.other) {
        write(out, *state.other);
    }
}

class reader {
public:
    explicit reader(const std::string& text) : in_(text) {}

    bool word(const std::string& wanted)
    {
        std::string found;
        return static_cast<bool>(in_ >> found) && found == wanted;
    }
    /// The word that comes, without taking it.
    std::string next()
    {
        const auto place = in_.tellg();
        std::string found;
        in_ >> found;
        in_.clear();
        in_.seekg(place);
        return found;
    }
    template <class Value>
    bool value(Value& value)
    {
        return static_cast<bool>(in_ >> value);
    }
    bool bytes(void* target, std::size_t size)
    {
        std::string hex;
        return value(hex) && from_hex(hex, target, size);
    }
    bool text(std::string& target)
    {
        std::string hex;
        return value(hex) && text_from_hex(hex, target);
    }

private:
    std::istringstream in_;
};

bool read(reader& in, one_catalog& catalog)
{
    std::size_t count = 0;
    if (!in.word("entries") || !in.value(count)) {
        return false;
    }
    for (; count > 0; --count) {
        WSAPROTOCOL_INFOW& info = catalog.entries.emplace_back();
        if (!in.bytes(&info, sizeof info) || info.ProtocolChain.ChainLen > MAX_PROTOCOL_CHAIN) {
            return false;
        }
    }
    if (!in.word("providers") || !in.value(count)) {
        return false;
    }
    for (; count > 0; --count) {
        GUID id{};
        provider_facts facts;
        if (!in.bytes(&id, sizeof id) || !in.value(facts.categories) || !in.text(facts.path)) {
            return false;
        }
        catalog.providers[id] = facts;
    }
    return std::ranges::all_of(catalog.entries,
                               [&](const WSAPROTOCOL_INFOW& info) { return catalog.has(info.ProviderId); });
}

bool read(reader& in, const char* word, snapshot& state)
{
    int catalogs = 0;
    return in.word(word) && in.value(catalogs) && read(in, state.native) &&
           (catalogs == 1 || (catalogs == 2 && read(in, state.other.emplace())));
}

bool read(reader& in, journal_record& record)
{
    if (!in.word("change") || !in.text(record.what) || !read(in, "before", record.before)) {
        return false;
    }
    return in.next() != "after" || read(in, "after", record.after.emplace());
}

}  // namespace

std::string journal_to_text(const journal_records& records)
{
    std::ostringstream out;
    out << first_line << '\n';
    for (const journal_record& record : records) {
        out << "change " << text_to_hex(record.what) << '\n';
        write(out, "before", record.before);
        if (record.after) {
            write(out, "after", *record.after);
        }
    }
    out << "end\n";
    return out.str();
}

std::optional<journal_records> journal_from_text(const std::string& text)
{
    const std::string beginning = std::string(first_line) + "\n";
    if (!text.starts_with(beginning) || !text.ends_with("\nend\n")) {
        return std::nullopt;
    }
    reader in(text.substr(beginning.size()));
    journal_records records;
    while (in.next() == "change") {
        if (!read(in, records.emplace_back())) {
            return std::nullopt;
        }
    }
    return in.word("end") && in.next().empty() ? std::optional(std::move(records)) : std::nullopt;
}

bool journal::load()
{
    std::string text;
    records_.clear();
    switch (read_file(path_, text)) {
    case file_outcome::absent:
        return true;
    case file_outcome::failed:
        return false;
    case file_outcome::done:
        break;
    }
    auto read = journal_from_text(text);
    if (read) {
        records_ = std::move(*read);
    }
    return read.has_value();
}

bool journal::save() const
{
    return replace_file(path_, journal_to_text(records_));
}

}  // namespace spindle::catalog_tool
