// Catch2 in whichever version is installed, 3 or 2: tests include this header and nothing of Catch2's own.
// Its code is not ours to keep free of warnings, so they are off while it is read. Answers to Catch2's
// documentation, "Migrating from v2 to v3".
#pragma once

#if defined(__GNUC__)
#pragma GCC system_header
#endif

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
