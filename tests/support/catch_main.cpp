// main() of every test program, compiled once. Both versions of Catch2 offer the same session object; version
// 2 has to be told here, and only here, to bring its implementation along.
#if __has_include(<catch2/catch_all.hpp>)
#include "support/catch.hpp"
#else
#define CATCH_CONFIG_RUNNER
#include "support/catch.hpp"
#endif

int main(int argc, char* argv[])
{
    return Catch::Session().run(argc, argv);
}
