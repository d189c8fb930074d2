// main() of every test program, compiled once. Both versions of Catch2 offer the same session object; version
// 2 has to be told here, and only here, to bring its implementation along. With SPINDLE_EXPECT_DIFFERENCES in the environment
// each test that is run has to fail, as on another Winsock than ours those do that are listed; the last line says whether all did.
#if __has_include(<catch2/catch_all.hpp>)
#include "support/catch.hpp"
#else
#define CATCH_CONFIG_RUNNER
#include "support/catch.hpp"
#endif

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

#if __has_include(<catch2/catch_all.hpp>)
using listener_base = Catch::EventListenerBase;
#else
using listener_base = Catch::TestEventListenerBase;
#endif

class difference_listener : public listener_base {
public:
    using listener_base::listener_base;

    void testCaseStarting(const Catch::TestCaseInfo& test) override
    {
        name_ = test.name;
        if (active_) {
            // Known to the log even if the test hangs or ends the process.
            std::fprintf(stderr, "begins: %s\n", name_.c_str());
        }
    }

    void testCaseEnded(const Catch::TestCaseStats& test) override
    {
        ++run_;
        if (test.totals.assertions.failed == 0) {
            agreeing_ += "agrees, though it is listed to differ: " + name_ + '\n';
        }
    }

    void testRunEnded(const Catch::TestRunStats&) override
    {
        if (!active_) {
            return;
        }
        if (agreeing_.empty() && run_ > 0) {
            std::fprintf(stderr, "All %d tests differ as listed\n", run_);
        } else {
            std::fprintf(stderr,
                         "%sTake what agrees out of tests/win32/wine_exceptions and docs/differences.md.\n",
                         agreeing_.c_str());
        }
    }

private:
    const bool active_ = std::getenv("SPINDLE_EXPECT_DIFFERENCES") != nullptr;
    std::string name_;
    std::string agreeing_;
    int run_ = 0;
};

}  // namespace

CATCH_REGISTER_LISTENER(difference_listener)

int main(int argc, char* argv[])
{
    return Catch::Session().run(argc, argv);
}
