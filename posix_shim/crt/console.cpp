// Keys one at a time, and text that appears at once. Answers to the pages "_getch, _getwch", "_getche", "_ungetch", "_kbhit", "_putch",
// "_cputs".
#include "crt/keyboard.hpp"

#include "crt/crt.hpp"

#include <atomic>
#include <cstdio>

using namespace spindle::crt;

namespace {

constinit std::atomic<int> put_back{EOF};

}  // namespace

int _getch()
{
    const int waiting = put_back.exchange(EOF);
    if (waiting != EOF) {
        return waiting;
    }
    return next_key();
}

int _getche()
{
    const int key = _getch();
    return key == EOF ? EOF : _putch(key);
}

int _ungetch(int letter)
{
    int none = EOF;
    return letter != EOF && put_back.compare_exchange_strong(none, letter) ? letter : EOF;
}

int _kbhit()
{
    if (put_back.load() != EOF) {
        return 1;
    }
    return key_waits() ? 1 : 0;
}

int _putch(int letter)
{
    const int written = std::putchar(static_cast<unsigned char>(letter));
    return std::fflush(stdout) == 0 ? written : EOF;
}

int _cputs(const char* text)
{
    if (text == nullptr) {
        return invalid(-1);
    }
    return std::fputs(text, stdout) >= 0 && std::fflush(stdout) == 0 ? 0 : -1;
}
