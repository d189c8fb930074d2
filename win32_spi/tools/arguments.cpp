// The command line, see arguments.hpp. Which option belongs to which commands is a table.
#include "arguments.hpp"

#include <algorithm>
#include <charconv>

namespace spindle::catalog_tool {

namespace {

struct command_name {
    std::string_view name;
    command what;
};
constexpr command_name commands[] = {
    {"--help", command::help},       {"--version", command::version}, {"list", command::list},
    {"verify", command::verify},     {"install", command::install},   {"remove", command::remove},
    {"reorder", command::reorder},   {"undo", command::undo},
};

struct category_name {
    std::string_view name;
    DWORD bit;
};
constexpr category_name categories[] = {
    {"inspector", LSP_INSPECTOR},
    {"redirector", LSP_REDIRECTOR},
    {"proxy", LSP_PROXY},
    {"firewall", LSP_FIREWALL},
    {"inbound-modify", LSP_INBOUND_MODIFY},
    {"outbound-modify", LSP_OUTBOUND_MODIFY},
    {"crypto-compress", LSP_CRYPTO_COMPRESS},
    {"local-cache", LSP_LOCAL_CACHE},
    {"system", LSP_SYSTEM},
};

std::vector<std::string> split(const std::string& text)
{
    std::vector<std::string> parts(1);
    for (const char letter : text) {
        if (letter == ',') {
            parts.emplace_back();
        } else {
            parts.back() += letter;
        }
    }
    return parts;
}

bool parse_categories(arguments& target, const std::string& value)
{
    return std::ranges::all_of(split(value), [&](const std::string& part) {
        const auto* found = std::ranges::find(categories, std::string_view(part), &category_name::name);
        target.categories |= found != std::end(categories) ? found->bit : 0;
        return found != std::end(categories);
    });
}

bool parse_order(arguments& target, const std::string& value)
{
    return std::ranges::all_of(split(value), [&](const std::string& part) {
        DWORD& id = target.order.emplace_back();
        unsigned long number = 0;
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
        id = static_cast<DWORD>(number);
        return error == std::errc() && end == part.data() + part.size() && number == id;
    });
}

bool parse_provider(arguments& target, const std::string& value)
{
    const auto id = guid_from_text(value);
    target.provider = id.value_or(GUID{});
    return id.has_value();
}

template <std::string arguments::*Field>
bool parse_text(arguments& target, const std::string& value)
{
    target.*Field = value;
    return !value.empty();
}

template <bool arguments::*Field>
bool set_switch(arguments& target, const std::string&)
{
    return target.*Field = true;
}

constexpr unsigned bit(command what)
{
    return 1u << static_cast<unsigned>(what);
}
constexpr unsigned changing = bit(command::install) | bit(command::remove) | bit(command::reorder) | bit(command::undo);

struct option {
    std::string_view name;
    unsigned commands;  // that take it
    bool has_value;
    bool (*parse)(arguments& target, const std::string& value);
};
constexpr option options[] = {
    {"--apply", changing, false, &set_switch<&arguments::apply>},
    {"--journal", changing | bit(command::verify), true, &parse_text<&arguments::journal>},
    {"--provider", bit(command::install) | bit(command::remove) | bit(command::reorder), true, &parse_provider},
    {"--library", bit(command::install), true, &parse_text<&arguments::library>},
    {"--library32", bit(command::install), true, &parse_text<&arguments::other_library>},
    {"--native-only", bit(command::install), false, &set_switch<&arguments::native_only>},
    {"--layer", bit(command::install), true, &parse_text<&arguments::layer_name>},
    {"--ifs", bit(command::install), false, &set_switch<&arguments::ifs_handles>},
    {"--categories", bit(command::install), true, &parse_categories},
    {"--first", bit(command::install) | bit(command::reorder), false, &set_switch<&arguments::to_front>},
    {"--last", bit(command::reorder), false, &set_switch<&arguments::to_end>},
    {"--order", bit(command::reorder), true, &parse_order},
};

std::string parse_option(arguments& target, const std::vector<std::string>& words, std::size_t& index)
{
    const std::string& word = words[index];
    const auto* found = std::ranges::find(options, std::string_view(word), &option::name);
    if (found == std::end(options)) {
        return "there is no option '" + word + "'";
    }
    if ((found->commands & bit(target.what)) == 0) {
        return "'" + word + "' does not belong to this command";
    }
    if (found->has_value && index + 1 == words.size()) {
        return "'" + word + "' needs a value";
    }
    const std::string value = found->has_value ? words[++index] : std::string();
    return found->parse(target, value) ? "" : "'" + value + "' is no value for '" + word + "'";
}

std::string problem_of(const arguments& given)
{
    if (given.what == command::install && given.library.empty()) {
        return "install needs --library";
    }
    if (given.native_only && !given.other_library.empty()) {
        return "--native-only and --library32 exclude one another";
    }
    const int orders = (given.to_front ? 1 : 0) + (given.to_end ? 1 : 0) + (given.order.empty() ? 0 : 1);
    if (given.what == command::reorder && orders != 1) {
        return "reorder needs one of --first, --last and --order";
    }
    if (given.what == command::install && given.layer_name.empty() && given.categories != 0) {
        return "--categories are a layer's; name one with --layer";
    }
    return "";
}

}  // namespace

std::optional<arguments> parse_arguments(const std::vector<std::string>& words, std::string& problem)
{
    arguments made;
    made.provider = spindle_provider;
    if (words.empty()) {
        problem = "no command is given";
        return std::nullopt;
    }
    const auto* found = std::ranges::find(commands, std::string_view(words[0]), &command_name::name);
    if (found == std::end(commands)) {
        problem = "there is no command '" + words[0] + "'";
        return std::nullopt;
    }
    made.what = found->what;
    for (std::size_t index = 1; index < words.size() && problem.empty(); ++index) {
        problem = parse_option(made, words, index);
    }
    if (problem.empty()) {
        problem = problem_of(made);
    }
    return problem.empty() ? std::optional(made) : std::nullopt;
}

std::string category_names(DWORD bits)
{
    std::string names;
    for (const category_name& each : categories) {
        if ((bits & each.bit) != 0) {
            names.append(names.empty() ? "" : ",").append(each.name);
        }
    }
    return names.empty() ? "none" : names;
}

const char* usage_text() noexcept
{
    return R"(spindle-catalog - the Winsock catalog: what is in it, and installing and removing providers

Usage:
  spindle-catalog list
  spindle-catalog verify [--journal FILE]
  spindle-catalog install --library FILE [--library32 FILE | --native-only] [--provider GUID] [--first] [--ifs]
                          [--layer NAME [--categories LIST]] [--journal FILE] [--apply]
  spindle-catalog remove  [--provider GUID] [--journal FILE] [--apply]
  spindle-catalog reorder (--first | --last) [--provider GUID] [--journal FILE] [--apply]
  spindle-catalog reorder --order ID,ID,... [--journal FILE] [--apply]
  spindle-catalog undo    [--journal FILE] [--apply]
  spindle-catalog --help | --version

Commands that change something only say what they would do, unless --apply is given.

  list      Prints every entry of the catalog, in order; on 64-bit systems also the catalog of 32-bit programs.
  verify    Looks for libraries that are missing or of the wrong word size, chains with elements that are gone or that
            stand behind what they cover, and a change that was broken off. Exit code 1 when there is something.
  install   Installs a provider for TCP and UDP over IPv4 and IPv6, or with --layer a layer over all protocols.
  remove    Removes a provider with all its entries from the catalogs that have it.
  reorder   Moves a provider's entries to the front or to the end, or puts the native catalog into the given order.
  undo      Takes back the last change that this tool made, entry by entry; repeatable. It refuses when somebody else
            has changed the catalog since, and finishes taking back a change that was broken off.

  --library FILE     The provider's library, with its absolute path. %NAME% stands for an environment variable and is
                     kept as written.
  --library32 FILE   The library for 32-bit programs. Without it the library must lie in %SystemRoot%\System32, and
                     one of the same name in %SystemRoot%\SysWOW64.
  --native-only      Leaves the catalog of 32-bit programs alone.
  --provider GUID    The provider; without it Spindle's own.
  --first            Puts the new entries in front, so that programs get them for every socket; a layer always is.
  --ifs              The provider's sockets are system handles (XP1_IFS_HANDLES).
  --layer NAME       The name of the layer.
  --categories LIST  What the layer is, separated by commas: inspector, redirector, proxy, firewall, inbound-modify,
                     outbound-modify, crypto-compress, local-cache, system. Programs that permit only some categories
                     do not load other layers.
  --journal FILE     Where the changes are recorded that undo takes back.
  --apply            Does it. Needs the rights of an administrator; on Linux SPINDLE_CATALOG has to name the catalog's
                     file, since a process's own catalog ends with the process.

Running programs go on with the catalog that they started with.

Exit codes: 0 done, or nothing to complain of; 1 failed, and everything is as it was, unless the message says
otherwise; 2 the command line; 3 refused before anything was changed.
)";
}

}  // namespace spindle::catalog_tool
