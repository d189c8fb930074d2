// main() of every test program, compiled once. Both versions of Catch2 offer the same session object; version
// 2 has to be told here, and only here, to bring its implementation along. With SPINDLE_EXPECT_DIFFERENCES in the environment
// each test that is run has to fail, as on another Winsock than ours those do that are listed; the last line says whether all did.
// A test that passes is run again, as only one that passes every time is no difference: what depends on speed passes by chance.
#if __has_include(<catch2/catch_all.hpp>)
#include "support/catch.hpp"
#else
#define CATCH_CONFIG_RUNNER
#include "support/catch.hpp"
#endif

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace {

#if __has_include(<catch2/catch_all.hpp>)
using listener_base = Catch::EventListenerBase;
#else
using listener_base = Catch::TestEventListenerBase;
#endif

constexpr const char* expect_differences = "SPINDLE_EXPECT_DIFFERENCES";
constexpr int runs_of_agreeing = 4;

// What the runs of the session have seen so far; Catch2 makes a listener for each run.
struct {
    int run = 0;
    std::vector<std::string> agreeing;
} seen;

class difference_listener : public listener_base {
public:
    using listener_base::listener_base;

    void testCaseStarting(const Catch::TestCaseInfo& test) override
    {
        name_ = test.name;
        if (std::getenv(expect_differences) != nullptr) {
            // Known to the log even if the test hangs or ends the process.
            std::fprintf(stderr, "begins: %s\n", name_.c_str());
        }
    }

    void testCaseEnded(const Catch::TestCaseStats& test) override
    {
        ++seen.run;
        if (test.totals.assertions.failed == 0) {
            seen.agreeing.push_back(name_);
        }
    }

private:
    std::string name_;
};

// Catch2's choice of these tests; a comma would begin another choice, even within quotes.
std::string choice_of(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names) {
        text += text.empty() ? "\"" : ",\"";
        for (const char letter : name) {
            text += letter == ',' ? "\\," : std::string(1, letter);
        }
        text += '"';
    }
    return text;
}

int run_expecting_differences(Catch::Session& session)
{
    session.run();
    const int listed = seen.run;
    for (int again = 0; again < runs_of_agreeing && !seen.agreeing.empty(); ++again) {
        const std::vector<std::string> names = std::exchange(seen.agreeing, {});
        Catch::ConfigData chosen = session.configData();
        chosen.testsOrTags = {choice_of(names)};
        session.useConfigData(chosen);
        seen.run = 0;
        session.run();
        if (seen.run != static_cast<int>(names.size())) {
            seen.agreeing = names;  // not chosen for want of a name that Catch2 understands
            break;
        }
    }
    if (listed > 0 && seen.agreeing.empty()) {
        std::fprintf(stderr, "All %d tests differ as listed\n", listed);
        return EXIT_SUCCESS;
    }
    for (const std::string& name : seen.agreeing) {
        std::fprintf(stderr, "agrees, though it is listed to differ: %s\n", name.c_str());
    }
    std::fputs("Take what agrees out of tests/win32/wine_exceptions and docs/differences.md.\n", stderr);
    return EXIT_FAILURE;
}

}  // namespace

CATCH_REGISTER_LISTENER(difference_listener)

int main(int argc, char* argv[])
{
    Catch::Session session;
    if (const int refused = session.applyCommandLine(argc, argv); refused != 0) {
        return refused;
    }
    return std::getenv(expect_differences) != nullptr ? run_expecting_differences(session) : session.run();
}
