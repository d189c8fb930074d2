// The error category: every documented number has its name, messages are usable, and std::errc comparisons
// hold.
#include <set>
#include <string>

#include "spindle/error.hpp"
#include "spindle/result.hpp"
#include "support/catch.hpp"

using spindle::errc;

TEST_CASE("T-ERR the known errors are complete, ascending and distinct", "[unit][error]")
{
    std::set<std::string> names;
    int last = -1;
    for (const auto& info : spindle::known_errors()) {
        CHECK(static_cast<int>(info.code) > last);
        last = static_cast<int>(info.code);
        CHECK_FALSE(info.name.empty());
        CHECK_FALSE(info.message.empty());
        CHECK(info.message.back() != '.');
        CHECK(names.insert(std::string{info.name}).second);
        CHECK(spindle::error_name(info.code) == info.name);
        CHECK(spindle::winsock_category().message(static_cast<int>(info.code)) == info.message);
    }
    CHECK(spindle::known_errors().size() == 96);
}

TEST_CASE("T-ERR numbers are the documented ones", "[unit][error]")
{
    CHECK(std::error_code{errc::connection_reset}.value() == 10054);
    CHECK(spindle::error_name(errc::connection_reset) == "WSAECONNRESET");
    CHECK(spindle::error_name(errc::operation_aborted) == "WSA_OPERATION_ABORTED");
    CHECK(spindle::error_name(static_cast<errc>(10000)).empty());
}

TEST_CASE("An error code of the category compares with std::errc", "[unit][error]")
{
    CHECK(std::error_code{errc::timed_out} == std::errc::timed_out);
    CHECK(std::error_code{errc::would_block} == std::errc::operation_would_block);
    CHECK(std::error_code{errc::connection_refused} == std::errc::connection_refused);
    CHECK(std::error_code{errc::connection_refused} != std::errc::timed_out);
    CHECK(std::error_code{errc::disconnecting}.default_error_condition().category() ==
          spindle::winsock_category());
}

TEST_CASE("Success is no error and foreign codes are system call failures", "[unit][error]")
{
    CHECK_FALSE(std::error_code{errc::success});
    CHECK(spindle::to_errc({}) == errc::success);
    CHECK(spindle::to_errc(errc::shut_down) == errc::shut_down);
    CHECK(spindle::to_errc(std::make_error_code(std::errc::timed_out)) == errc::system_call_failure);
    CHECK(std::string{spindle::winsock_category().name()} == "winsock");
    CHECK(spindle::winsock_category().message(4711).find("4711") != std::string::npos);
}

TEST_CASE("A result holds a value or a reason", "[unit][error]")
{
    const spindle::result<int> value{3};
    const spindle::result<int> failure{errc::fault};
    CHECK((value && *value == 3 && !value.error()));
    CHECK((!failure && failure.error() == errc::fault));
    CHECK(spindle::result<void>{});
    CHECK_FALSE(spindle::result<void>{errc::fault});
}
