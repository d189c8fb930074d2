// The end of a test program that cannot go on, because a thread hangs in the code under test.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace spindle::test {

/// Says why on stderr and ends the process with EXIT_FAILURE; nothing is destroyed, no handler runs. Not abort():
/// Catch2's handler for the signal allocates, and what ThreadSanitizer has to say about that would hide the reason.
[[noreturn]] inline void give_up(const char* why)
{
    std::fflush(stdout);  // what failed so far
    std::fprintf(stderr, "%s\n", why);
    std::_Exit(EXIT_FAILURE);
}

}  // namespace spindle::test
