// What spindle-catalog refuses and finds: command lines, libraries, rights, damaged journals, catalogs that are not in
// order.
#include <filesystem>

#include "journal.hpp"
#include "library_file.hpp"
#include "tools/tool_fixture.hpp"

using namespace spindle::test;

TEST_CASE("the help is complete, and a wrong command line says what is wrong with it", "[tools]")
{
    tool_world world;
    CHECK(world.run({"--help"}) == exit_done);
    for (const char* word : {"list", "verify", "install", "remove", "reorder", "undo", "--apply", "--journal", "--provider",
                             "--library", "--library32", "--native-only", "--layer", "--ifs", "--categories", "--first",
                             "--last", "--order"}) {
        INFO(word);
        CHECK(world.says(word));
    }
    CHECK(world.run({"--version"}) == exit_done);
    const std::vector<std::vector<std::string>> wrong{
        {},
        {"nonsense"},
        {"list", "--apply"},
        {"list", "--nonsense"},
        {"install"},
        {"install", "--library"},
        {"install", "--library", "/x", "--provider", "12"},
        {"install", "--library", "/x", "--provider", "{12345678-1234-1234-1234-12345678901g}"},
        {"install", "--library", "/x", "--library32", "/y", "--native-only"},
        {"install", "--library", "/x", "--categories", "firewall"},
        {"install", "--library", "/x", "--layer", "L", "--categories", "fire"},
        {"reorder"},
        {"reorder", "--first", "--last"},
        {"reorder", "--order", "1,x"},
        {"reorder", "--order", ""},
        {"reorder", "--order", "99999999999"},
        {"undo", "extra"},
    };
    for (const auto& words : wrong) {
        INFO((words.empty() ? "nothing" : words.back()));
        CHECK(world.run(words) == exit_usage);
        CHECK(world.says("--help"));
        CHECK(world.out.empty());
    }
}

TEST_CASE("GUIDs are read with and without braces", "[tools]")
{
    const auto id = guid_from_text("3D9E61A4-27c8-4f05-8b13-d6409a5e72cf");
    REQUIRE(id.has_value());
    CHECK(same(*id, spindle_provider));
    CHECK(to_text(*id) == "{3d9e61a4-27c8-4f05-8b13-d6409a5e72cf}");
    CHECK(same(guid_from_text(to_text(*id)).value(), *id));
    CHECK_FALSE(guid_from_text("{3d9e61a4-27c8-4f05-8b13-d6409a5e72cf").has_value());
}

TEST_CASE("a library tells its format and word size by its header", "[tools]")
{
    const auto elf = [](char word_class, char type) {
        std::string header("\x7f""ELF", 4);
        header.resize(64);
        header[4] = word_class;
        header[16] = type;
        return kind_of_library(header);
    };
    CHECK(elf(2, 3) == library_kind{library_format::elf, 64, true});
    CHECK(elf(1, 3) == library_kind{library_format::elf, 32, true});
    CHECK(elf(2, 1) == library_kind{library_format::elf, 64, false});
    const auto pe = [](unsigned char magic, unsigned char characteristics) {
        std::string header("MZ");
        header.resize(0x40);
        header[0x3c] = 0x40;
        header.append("PE\0\0", 4).resize(0x40 + 120);
        header[0x40 + 23] = static_cast<char>(characteristics);
        header[0x40 + 24] = static_cast<char>(magic);
        header[0x40 + 25] = 2 - 1;
        return header;
    };
    std::string wide = pe(0x0b, 0x20);
    wide[0x40 + 25] = 2;
    CHECK(kind_of_library(wide) == library_kind{library_format::pe, 64, true});
    CHECK(kind_of_library(pe(0x0b, 0x20)) == library_kind{library_format::pe, 32, true});
    CHECK(kind_of_library(pe(0x0b, 0)) == library_kind{library_format::pe, 32, false});
    for (std::size_t size = 0; size < wide.size(); ++size) {
        (void)kind_of_library(std::string_view(wide).substr(0, size));  // cut off anywhere
    }
    std::string far = wide;
    far[0x3f] = '\x7f';
    CHECK(kind_of_library(far) == library_kind{});
    CHECK(kind_of_library("") == library_kind{});
    CHECK(kind_of_library("text") == library_kind{});
}

TEST_CASE("install refuses libraries that no program could load", "[tools]")
{
    tool_world world;
    const auto refusal = [&](const std::vector<std::string>& more) {
        std::vector<std::string> words{"install"};
        words.insert(words.end(), more.begin(), more.end());
        CHECK(world.run(words) == exit_refused);
        CHECK(world.says("Nothing was changed."));
        return world.err;
    };
    const auto has = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
    const std::string text = world.directory.make("text.so", "no library");
    CHECK(has(refusal({"--library", "lib.so", "--native-only"}), "not absolute"));
    CHECK(has(refusal({"--library", "/no/such/lib.so", "--native-only"}), "no such file"));
    CHECK(has(refusal({"--library", text, "--native-only"}), "no library of this system"));
    CHECK(has(refusal({"--library", world.directory.path(), "--native-only"}), "cannot be read"));
    CHECK(has(refusal({"--library", world.library32, "--native-only"}), "is for 32-bit programs, not for 64-bit"));
    CHECK(has(refusal({"--library", world.library}), "--library32"));
    CHECK(has(refusal({"--library", world.library, "--library32", world.library}), "not for 32-bit"));
    CHECK(has(refusal({"--library", world.library, "--library32", "x.so"}), "not absolute"));
    const environment_setting folder("SPINDLE_TEST_FOLDER", world.directory.path().c_str());
    CHECK(world.run({"install", "--library", world.library, "--library32", "%SPINDLE_TEST_FOLDER%/library32.so"}) ==
          exit_done);
    CHECK(has(refusal({"--library", "%SPINDLE_NO_SUCH%/x.so", "--native-only"}), "not absolute"));
}

TEST_CASE("changes need a catalog that lasts and can be written", "[tools]")
{
    tool_world world;
    const std::vector<std::string> words{"install", "--library", world.library, "--native-only"};
    {
        const environment_setting none("SPINDLE_CATALOG", "");
        CHECK(world.apply(words) == exit_refused);
        CHECK(world.says("SPINDLE_CATALOG names no catalog file"));
        CHECK(world.run(words) == exit_done);
        CHECK(world.apply({"undo"}) == exit_refused);
    }
    {
        const environment_setting nowhere("SPINDLE_CATALOG", "/proc/no such folder/catalog");
        CHECK(world.apply(words) == exit_refused);
        CHECK(world.says("cannot be written"));
    }
    std::vector<std::string> with_journal = words;
    with_journal.insert(with_journal.end(), {"--journal", world.directory.path()});
    CHECK(world.apply(with_journal) == exit_refused);
    CHECK(world.says("the journal cannot be read"));
    std::filesystem::create_directory(world.directory.file("j.new"));
    with_journal.back() = world.directory.file("j");
    CHECK(world.apply(with_journal) == exit_refused);
    CHECK(world.says("the journal cannot be written"));
    CHECK_FALSE(world.now().has(spindle_provider));
}

TEST_CASE("a damaged catalog or journal is refused", "[tools]")
{
    tool_world world;
    REQUIRE(world.apply(world.install_both()) == exit_done);
    const std::string journal = world.directory.content("catalog.journal");
    for (const std::string& content : {journal.substr(0, journal.size() / 2), std::string(), journal + "x\n",
                                       std::string("spindle-catalog-journal 1\nchange xzz\nend\n")}) {
        (void)world.directory.make("catalog.journal", content);
        CHECK(world.apply({"undo"}) == exit_refused);
        CHECK(world.apply({"remove"}) == exit_refused);
        CHECK(world.run({"verify"}) == exit_failed);
        CHECK(world.says("damaged"));
    }
    (void)world.directory.make("catalog.journal", journal);
    const std::string catalog = world.directory.content("catalog");
    (void)world.directory.make("catalog", catalog.substr(0, catalog.size() / 2));
    for (const char* word : {"list", "verify", "remove", "undo"}) {
        CHECK(world.run({word}) == exit_failed);
        CHECK(world.says("cannot be read"));
    }
    (void)world.directory.make("catalog", catalog);
    CHECK(world.apply({"undo"}) == exit_done);
}

TEST_CASE("a journal's text gives back what was written", "[tools]")
{
    tool_world world;
    journal_records records(2);
    records[0] = {"one, with a\nline", world.now(), world.now()};
    REQUIRE(world.apply(world.install_both()) == exit_done);
    records[1] = {"two", world.now(), std::nullopt};
    const auto read = journal_from_text(journal_to_text(records));
    REQUIRE(read.has_value());
    REQUIRE(read->size() == 2);
    CHECK((*read)[0].what == records[0].what);
    CHECK(same_content((*read)[0].before, records[0].before));
    CHECK((*read)[0].after.has_value());
    CHECK(same_content((*read)[1].before, records[1].before));
    CHECK_FALSE((*read)[1].after.has_value());
    CHECK(journal_from_text(journal_to_text({})).value().empty());
}

TEST_CASE("verify finds libraries and chain elements that are gone", "[tools]")
{
    tool_world world;
    CHECK(world.run({"verify"}) == exit_done);
    CHECK(world.says("Nothing to complain of."));
    WSAPROTOCOL_INFOW info{};
    info.ProtocolChain.ChainLen = LAYERED_PROTOCOL;
    info.szProtocol[0] = 'l';
    const GUID layer{1, 2, 3, {4}};
    const GUID chain{1, 2, 3, {5}};
    REQUIRE(world.system.install(layer, "/no/such/layer.so", {info}, false) == 0);
    CHECK(world.run({"verify"}) == exit_failed);
    CHECK(world.says("no such file: /no/such/layer.so"));
    info.ProtocolChain.ChainLen = 2;
    info.ProtocolChain.ChainEntries[0] = world.now().native.entries.back().dwCatalogEntryId;
    info.ProtocolChain.ChainEntries[1] = world.now().native.entries.front().dwCatalogEntryId;
    REQUIRE(world.system.install(chain, world.library, {info}, false) == 0);
    REQUIRE(world.system.remove(which::native, layer) == 0);
    CHECK(world.run({"verify"}) == exit_failed);
    CHECK(world.says("which is not there"));
    CHECK(world.says("stands behind the entry that it covers"));
}
