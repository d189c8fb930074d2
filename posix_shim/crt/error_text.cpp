// The texts of errno values. Answers to the pages "strerror_s", "_strerror".
#include "crt/crt.hpp"

#include <cstring>

using namespace spindle::crt;

errno_t strerror_s(char* target, std::size_t size, int error)
{
    if (target == nullptr || size == 0) {
        return invalid_error();
    }
    char buffer[256];
    const std::string_view text = strerror_r(error, buffer, sizeof buffer);
    spindle::host::copy_terminated<char>(text, target, size);
    return 0;
}

// "message: text of errno" and a line end, in an array of the thread's own. Longer messages are cut; the page allows 94
// characters.
char* _strerror(const char* message)
{
    static thread_local char line[512];
    char buffer[256];
    const char* text = strerror_r(errno, buffer, sizeof buffer);
    const bool labelled = message != nullptr && *message != 0;
    std::snprintf(line, sizeof line, "%.94s%s%.256s\n", labelled ? message : "", labelled ? ": " : "", text);
    return line;
}
