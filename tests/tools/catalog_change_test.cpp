// spindle-catalog's changes: what they do, that they do nothing without --apply, that undo restores what was there, and
// that a change that fails or is broken off leaves nothing behind.
#include <algorithm>

#include "platform.hpp"
#include "tools/tool_fixture.hpp"

using namespace spindle::test;

namespace {

constexpr GUID layer_id{0x99, 1, 2, {3}};
const std::string layer_text = to_text(layer_id);

std::vector<std::string> install_layer(const tool_world& world)
{
    return {"install",        "--library", world.library,  "--library32",  world.library32,  "--layer", "Counting layer",
            "--provider", layer_text,  "--categories", "firewall,system"};
}

// A world in which there is something to change: Spindle's provider, and a layer over everything.
void prepare(tool_world& world)
{
    REQUIRE(world.apply(world.install_both()) == exit_done);
    REQUIRE(world.apply(install_layer(world)) == exit_done);
}

struct named_command {
    const char* name;
    bool prepared;
    std::function<std::vector<std::string>(const tool_world&)> words;
};
const named_command commands[] = {
    {"install", false, [](const tool_world& world) { return world.install_both(); }},
    {"install a layer", false, &install_layer},
    {"remove", true, [](const tool_world&) { return std::vector<std::string>{"remove"}; }},
    {"remove a layer", true, [](const tool_world&) { return std::vector<std::string>{"remove", "--provider", layer_text}; }},
    {"to the front", true, [](const tool_world&) { return std::vector<std::string>{"reorder", "--first"}; }},
    {"to the end", true,
     [](const tool_world&) { return std::vector<std::string>{"reorder", "--last", "--provider", layer_text}; }},
};

// The command's n-th call that changes something will go wrong.
void expect_trouble(tool_world& world, const named_command& command, int at, watched_backend::trouble how)
{
    if (command.prepared) {
        prepare(world);
    }
    world.system.changes = 0;
    world.system.wrong_at = at;
    world.system.how = how;
}

}  // namespace

TEST_CASE("install puts a provider into both catalogs, each with its library, in front", "[tools]")
{
    tool_world world;
    REQUIRE(world.apply(world.install_both()) == exit_done);
    const snapshot now = world.now();
    for (const which catalog : both) {
        const one_catalog& found = *now.find(catalog);
        REQUIRE(found.has(spindle_provider));
        const auto mine = found.entries_of(spindle_provider);
        REQUIRE(mine.size() == 4);
        CHECK(found.entries[0].dwCatalogEntryId == mine[0].dwCatalogEntryId);
        CHECK(found.providers.at(spindle_provider).path == (catalog == which::native ? world.library : world.library32));
        CHECK(mine[0].dwServiceFlags1 == 0x66);
        CHECK(mine[3].dwServiceFlags1 == 0x609);
    }
    CHECK(world.run({"verify"}) == exit_done);
    CHECK(world.apply(world.install_both()) == exit_refused);
    CHECK(world.says("is installed already"));
}

TEST_CASE("what is installed serves a program's sockets", "[tools]")
{
    tool_world world;
    REQUIRE(world.apply({"install", "--library", world.library, "--native-only", "--first", "--ifs"}) == exit_done);
    CHECK_FALSE(world.now().other->has(spindle_provider));
    WSADATA data{};
    REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    const SOCKET made = socket(AF_INET, SOCK_STREAM, 0);
    WSAPROTOCOL_INFOW info{};
    int size = sizeof info;
    CHECK(getsockopt(made, SOL_SOCKET, SO_PROTOCOL_INFOW, reinterpret_cast<char*>(&info), &size) == 0);
    CHECK(info.dwCatalogEntryId == world.now().native.entries[0].dwCatalogEntryId);
    CHECK(closesocket(made) == 0);
    CHECK(WSACleanup() == 0);
}

TEST_CASE("install --layer covers every protocol and sets categories", "[tools]")
{
    tool_world world;
    const std::size_t before = world.now().native.entries.size();
    REQUIRE(world.apply(install_layer(world)) == exit_done);
    const snapshot now = world.now();
    for (const which catalog : both) {
        CHECK(now.find(catalog)->entries_of(layer_id).size() == before + 1);
        CHECK(now.find(catalog)->providers.at(layer_id).categories == (LSP_FIREWALL | LSP_SYSTEM));
    }
    CHECK(world.run({"verify"}) == exit_done);
    REQUIRE(world.run({"list"}) == exit_done);
    CHECK(world.says("(firewall,system)"));
    CHECK(world.says("Counting layer over [Spindle Tcpip [TCP/IP]]"));
}

TEST_CASE("reorder moves a provider or takes an order", "[tools]")
{
    tool_world world;
    prepare(world);
    REQUIRE(world.apply({"reorder", "--last", "--provider", layer_text}) == exit_done);
    CHECK(same(world.now().native.entries.back().ProviderId, layer_id));
    CHECK(same(world.now().other->entries.back().ProviderId, layer_id));
    CHECK(world.run({"verify"}) == exit_failed);
    CHECK(world.says("stands behind the entry that it covers"));
    REQUIRE(world.apply({"reorder", "--first", "--provider", layer_text}) == exit_done);
    CHECK(same(world.now().native.entries.front().ProviderId, layer_id));
    auto ids = world.now().native.ids();
    std::reverse(ids.begin(), ids.end());
    std::string order;
    for (const DWORD id : ids) {
        order += (order.empty() ? "" : ",") + std::to_string(id);
    }
    REQUIRE(world.apply({"reorder", "--order", order}) == exit_done);
    CHECK(world.now().native.ids() == ids);
    CHECK(world.apply({"reorder", "--order", "1,2"}) == exit_refused);
    CHECK(world.apply({"reorder", "--first", "--provider", to_text(GUID{})}) == exit_refused);
}

TEST_CASE("without --apply nothing is changed, and no journal is made", "[tools]")
{
    for (const named_command& each : commands) {
        INFO(each.name);
        tool_world world;
        if (each.prepared) {
            prepare(world);
        }
        const std::string catalog = world.directory.content("catalog");
        const std::string journal = world.directory.content("catalog.journal");
        world.system.changes = 0;
        CHECK(world.run(each.words(world)) == exit_done);
        CHECK(world.says("  would "));
        CHECK(world.says("Nothing was changed; --apply does it."));
        CHECK(world.system.changes == 0);
        CHECK(world.directory.content("catalog") == catalog);
        CHECK(world.directory.content("catalog.journal") == journal);
    }
}

TEST_CASE("one copy at a time changes the catalog", "[tools]")
{
    tool_world world;
    {
        const sole_use other(default_journal() + ".lock");
        REQUIRE(other.result() == sole_use::outcome::held);
        CHECK(world.run(world.install_both()) == exit_done);  // changes nothing
        CHECK(world.apply(world.install_both()) == exit_refused);
        CHECK(world.says("another spindle-catalog"));
        CHECK(world.apply({"undo"}) == exit_refused);
        CHECK(world.run({"verify"}) == exit_done);
        CHECK(world.system.changes == 0);
    }
    CHECK(world.apply(world.install_both()) == exit_done);
}

TEST_CASE("undo restores what was there before each change, entry by entry", "[tools]")
{
    for (const named_command& each : commands) {
        INFO(each.name);
        tool_world world;
        if (each.prepared) {
            prepare(world);
        }
        const snapshot before = world.now();
        REQUIRE(world.apply(each.words(world)) == exit_done);
        CHECK_FALSE(same_content(world.now(), before));
        CHECK(world.run({"undo"}) == exit_done);
        CHECK(world.says("  would "));
        CHECK_FALSE(same_content(world.now(), before));
        CHECK(world.apply({"undo"}) == exit_done);
        CHECK(same_content(world.now(), before));
    }
}

TEST_CASE("undo takes back one change after the other", "[tools]")
{
    tool_world world;
    const snapshot nothing = world.now();
    prepare(world);
    REQUIRE(world.apply({"remove"}) == exit_done);
    for (int change = 0; change < 3; ++change) {
        CHECK(world.apply({"undo"}) == exit_done);
    }
    CHECK(same_content(world.now(), nothing));
    CHECK(world.apply({"undo"}) == exit_refused);
    CHECK(world.says("nothing to take back"));
}

TEST_CASE("undo refuses when somebody else has changed the catalog since", "[tools]")
{
    tool_world world;
    prepare(world);
    REQUIRE(world.system.remove(which::other, spindle_provider) == 0);
    const snapshot now = world.now();
    CHECK(world.apply({"undo"}) == exit_refused);
    CHECK(world.says("changed by somebody else"));
    CHECK(same_content(world.now(), now));
}

TEST_CASE("a step that fails has everything put back, and the journal forgets the change", "[tools]")
{
    for (const named_command& each : commands) {
        for (int wrong = 1;; ++wrong) {
            INFO(each.name << " at " << wrong);
            tool_world world;
            expect_trouble(world, each, wrong, watched_backend::trouble::refused);
            const snapshot before = world.now();
            const std::string journal = world.directory.content("catalog.journal");
            const int code = world.apply(each.words(world));
            if (world.system.changes < wrong) {
                CHECK(code == exit_done);
                break;
            }
            CHECK(code == exit_failed);
            CHECK(world.says("Everything was put back as it was."));
            CHECK(same_content(world.now(), before));
            CHECK((journal.empty() ? world.directory.content("catalog.journal").size() < 40
                                   : world.directory.content("catalog.journal") == journal));
        }
    }
}

TEST_CASE("a change that was broken off is found, stops further ones, and undo takes it back", "[tools]")
{
    for (const named_command& each : commands) {
        for (int wrong = 1;; ++wrong) {
            INFO(each.name << " at " << wrong);
            tool_world world;
            expect_trouble(world, each, wrong, watched_backend::trouble::dies);
            const snapshot before = world.now();
            bool died = false;
            int code = exit_failed;
            try {
                code = world.apply(each.words(world));
            } catch (const broken_off&) {
                died = true;
            }
            if (!died) {
                CHECK(code == exit_done);
                break;
            }
            world.system.how = watched_backend::trouble::none;
            CHECK(world.run({"verify"}) == exit_failed);
            CHECK(world.says("a change was broken off"));
            const auto other_words = std::vector<std::string>{"install", "--library", world.library, "--native-only",
                                                              "--provider", to_text(GUID{7, 7, 7, {7}})};
            CHECK(world.apply(other_words) == exit_refused);
            CHECK(world.apply({"undo"}) == exit_done);
            CHECK(same_content(world.now(), before));
        }
    }
}

TEST_CASE("an undo that is broken off is taken up again", "[tools]")
{
    for (int wrong = 1;; ++wrong) {
        INFO(wrong);
        tool_world world;
        prepare(world);
        const snapshot before = world.now();
        REQUIRE(world.apply({"remove", "--provider", layer_text}) == exit_done);
        world.system.changes = 0;
        world.system.wrong_at = wrong;
        world.system.how = wrong % 2 == 0 ? watched_backend::trouble::refused : watched_backend::trouble::dies;
        int code = exit_failed;
        try {
            code = world.apply({"undo"});
        } catch (const broken_off&) {
            // taken up below
        }
        if (code == exit_done) {
            break;
        }
        world.system.how = watched_backend::trouble::none;
        CHECK(world.apply({"undo"}) == exit_done);
        CHECK(same_content(world.now(), before));
    }
}

TEST_CASE("a provider of 32-bit programs alone comes back to them alone", "[tools]")
{
    tool_world world;
    REQUIRE(world.apply(world.install_both()) == exit_done);
    REQUIRE(world.system.remove(which::native, spindle_provider) == 0);
    const snapshot before = world.now();
    REQUIRE(world.apply({"remove"}) == exit_done);
    CHECK_FALSE(world.now().has(spindle_provider));
    CHECK(world.apply({"undo"}) == exit_done);
    CHECK(same_content(world.now(), before));
}
