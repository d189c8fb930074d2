// The standard's wide functions in a source that is compiled with -fshort-wchar. Answers to the pages "strlen, wcslen",
// "printf, wprintf", "fgets, fgetws".
#include "short_wchar.h"

#include "support/catch.hpp"

TEST_CASE("with -fshort-wchar libc's wide names mean 16-bit units", "[crt][wide]")
{
    const char* failure = short_wchar_failure();
    INFO((failure != nullptr ? failure : ""));
    CHECK(failure == nullptr);
}
