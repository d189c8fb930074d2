// Version negotiation (contract, 1.1) as the pure function negotiate, with the vectors of the page
// WSPStartup.
#include "support/catch.hpp"

#include "spindle/provider.hpp"

#include <optional>
#include <vector>

using namespace spindle;

namespace {

/// The agreed version, or nothing when the request was refused with the documented code.
std::optional<version> agreed(version requested, version_range supported)
{
    const auto outcome = negotiate(requested, supported);
    if (!outcome) {
        CHECK(outcome.error() == make_error_code(errc::version_not_supported));
        return std::nullopt;
    }
    return *outcome;
}

constexpr version_range only(version one)
{
    return {one, one};
}

}  // namespace

TEST_CASE("START-3 versions compare as the pair of major and minor", "[unit][startup]")
{
    CHECK(version{2, 1} < version{2, 2});
    CHECK(version{1, 255} < version{2, 0});
    CHECK(version{2, 10} > version{2, 9});
    CHECK(agreed({1, 255}, only({2, 0})) == std::nullopt);
}

TEST_CASE("START-4 a request in or above the range gets the smaller of it and the highest", "[unit][startup]")
{
    const version_range range{{1, 1}, {2, 2}};
    CHECK(agreed({1, 1}, range) == version{1, 1});
    CHECK(agreed({1, 255}, range) == version{1, 255});
    CHECK(agreed({2, 1}, range) == version{2, 1});
    CHECK(agreed({2, 2}, range) == version{2, 2});
    CHECK(agreed({255, 255}, range) == version{2, 2});
}

TEST_CASE("START-5 a request below the lowest version is refused", "[unit][startup]")
{
    const version_range range{{1, 1}, {2, 2}};
    CHECK(agreed({1, 0}, range) == std::nullopt);
    CHECK(agreed({0, 255}, range) == std::nullopt);
    CHECK(agreed({0, 0}, range) == std::nullopt);
}

TEST_CASE("START-6 a provider of 2.2 alone refuses everything lower and agrees on 2.2 otherwise",
          "[unit][startup]")
{
    for (const version low : {version{1, 0}, version{1, 1}, version{2, 0}, version{2, 1}}) {
        CHECK(agreed(low, version_range{}) == std::nullopt);
    }
    for (const version enough : {version{2, 2}, version{2, 3}, version{3, 0}}) {
        CHECK(agreed(enough, version_range{}) == version{2, 2});
    }
}

TEST_CASE("START-7 the page's vectors of ranges and requests", "[unit][startup]")
{
    CHECK(agreed({1, 0}, {{1, 0}, {1, 1}}) == version{1, 0});
    CHECK(agreed({1, 1}, only({1, 0})) == version{1, 0});
    CHECK(agreed({1, 0}, only({1, 1})) == std::nullopt);
    CHECK(agreed({2, 0}, only({1, 1})) == version{1, 1});
}
