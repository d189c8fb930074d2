// Keys, see keyboard.hpp. The terminal is switched to raw keys for as long as a call looks at it, so that a program that
// ends or is stopped leaves it as it was.
#include "crt/keyboard.hpp"

#include <cerrno>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

namespace spindle::crt {

namespace {

class raw_keys {
public:
    // A job in the background would be stopped for touching the terminal.
    raw_keys() noexcept
        : terminal_(tcgetattr(STDIN_FILENO, &before_) == 0 && tcgetpgrp(STDIN_FILENO) == getpgrp())
    {
        if (terminal_) {
            struct termios raw = before_;
            raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
            raw.c_iflag &= ~static_cast<tcflag_t>(ICRNL);
            raw.c_cc[VMIN] = 1;
            raw.c_cc[VTIME] = 0;
            tcsetattr(STDIN_FILENO, TCSANOW, &raw);
        }
    }
    raw_keys(const raw_keys&) = delete;
    raw_keys& operator=(const raw_keys&) = delete;
    ~raw_keys()
    {
        if (terminal_) {
            tcsetattr(STDIN_FILENO, TCSANOW, &before_);
        }
    }

private:
    struct termios before_ {};
    bool terminal_;
};

}  // namespace

int next_key() noexcept
{
    const raw_keys keys;
    unsigned char key = 0;
    ssize_t count = 0;
    do {
        count = read(STDIN_FILENO, &key, 1);
    } while (count < 0 && errno == EINTR);
    return count == 1 ? key : -1;
}

bool key_waits() noexcept
{
    const raw_keys keys;
    struct pollfd input = {STDIN_FILENO, POLLIN, 0};
    return poll(&input, 1, 0) == 1 && (input.revents & POLLIN) != 0;
}

}  // namespace spindle::crt
