// Terminals as consoles: modes, text, colours, the cursor. Answers to the pages "GetConsoleMode", "SetConsoleMode",
// "WriteConsoleW", "SetConsoleTextAttribute", "SetConsoleCursorPosition", "SetConsoleTitleW".
#include "host/kernel_objects.hpp"
#include "host/text_arguments.hpp"

#include <cerrno>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

using namespace spindle;
using namespace spindle::host;

namespace {

// The modes that a terminal has anyway on output.
constexpr DWORD output_modes = ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT;

struct input_mode {
    DWORD mode;
    tcflag_t flag;
};
constexpr input_mode input_modes[] = {
    {ENABLE_PROCESSED_INPUT, ISIG}, {ENABLE_LINE_INPUT, ICANON}, {ENABLE_ECHO_INPUT, ECHO}};
// Ways of editing a line, which are the terminal's own business.
constexpr DWORD editing_modes = ENABLE_INSERT_MODE | ENABLE_QUICK_EDIT_MODE | ENABLE_EXTENDED_FLAGS;

class terminal {
public:
    explicit terminal(HANDLE handle) noexcept : file_(file_of(handle)) {}

    explicit operator bool() const noexcept { return file_ && isatty(file_->descriptor()) == 1; }
    [[nodiscard]] int descriptor() const noexcept { return file_->descriptor(); }
    // Descriptors 0, 1 and 2 usually are open for both.
    [[nodiscard]] bool is_input() const noexcept
    {
        return descriptor() <= 2 ? descriptor() == 0 : file_->readable();
    }
    [[nodiscard]] bool write(std::string_view text) const noexcept
    {
        return file_->write(text.data(), text.size(), std::nullopt).error == 0;
    }

private:
    kernel::object_ref<kernel::file> file_;
};

BOOL set_input_mode(const terminal& console, DWORD mode) noexcept
{
    constexpr DWORD known = ENABLE_PROCESSED_INPUT | ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT | editing_modes;
    const bool echo_alone = (mode & ENABLE_ECHO_INPUT) != 0 && (mode & ENABLE_LINE_INPUT) == 0;
    termios settings{};
    if ((mode & ~known) != 0 || echo_alone) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    if (tcgetattr(console.descriptor(), &settings) != 0) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    for (const input_mode& each : input_modes) {
        settings.c_lflag = (mode & each.mode) != 0 ? settings.c_lflag | each.flag : settings.c_lflag & ~each.flag;
    }
    return tcsetattr(console.descriptor(), TCSANOW, &settings) == 0 ? TRUE : fail(FALSE, ERROR_GEN_FAILURE);
}

template <class Char>
BOOL write_text(HANDLE handle, const void* text, DWORD count, DWORD* written) noexcept
{
    const terminal console(handle);
    if (!console) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    if (text == nullptr && count != 0) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    return memory_checked(FALSE, [&]() -> BOOL {
        const std::basic_string_view<Char> whole(static_cast<const Char*>(text), count);
        bool done = false;
        if constexpr (std::is_same_v<Char, char>) {
            done = console.write(whole);
        } else {
            done = console.write(to_utf8(whole));
        }
        if (!done) {
            return fail(FALSE, ERROR_GEN_FAILURE);
        }
        if (written != nullptr) {
            *written = count;
        }
        return TRUE;
    });
}

BOOL write_sequence(HANDLE handle, const std::string& sequence) noexcept
{
    const terminal console(handle);
    if (!console) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    return console.write(sequence) ? TRUE : fail(FALSE, ERROR_GEN_FAILURE);
}

// Windows' bits are blue, green, red; a terminal's are red, green, blue.
unsigned colour_of(unsigned bits) noexcept
{
    return ((bits & 1u) << 2) | (bits & 2u) | ((bits & 4u) >> 2);
}

std::string colours(WORD attributes)
{
    constexpr WORD plain = FOREGROUND_RED | FOREGROUND_GREEN | FOREGROUND_BLUE;
    std::string sequence = "\033[0";
    if ((attributes & 0xFF) != plain) {  // white on black is what the terminal has of its own
        const unsigned front = (attributes & FOREGROUND_INTENSITY) != 0 ? 90 : 30;
        const unsigned back = (attributes & BACKGROUND_INTENSITY) != 0 ? 100 : 40;
        sequence += ";" + std::to_string(front + colour_of(attributes)) + ";" +
                    std::to_string(back + colour_of(attributes >> 4));
    }
    sequence += (attributes & COMMON_LVB_UNDERSCORE) != 0 ? ";4" : "";
    sequence += (attributes & COMMON_LVB_REVERSE_VIDEO) != 0 ? ";7" : "";
    return sequence + "m";
}

template <class Char>
BOOL set_title(const Char* title) noexcept
{
    if (title == nullptr) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    return memory_checked(FALSE, [&]() -> BOOL {
        const int console = open("/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY);
        if (console < 0) {
            return fail(FALSE, ERROR_INVALID_HANDLE);
        }
        const std::string sequence = "\033]0;" + narrow_text(title) + "\007";
        const bool done = write(console, sequence.data(), sequence.size()) == static_cast<ssize_t>(sequence.size());
        close(console);
        return done ? TRUE : fail(FALSE, ERROR_GEN_FAILURE);
    });
}

}  // namespace

BOOL WINAPI GetConsoleMode(HANDLE hConsoleHandle, LPDWORD lpMode)
{
    const terminal console(hConsoleHandle);
    termios settings{};
    if (!console || tcgetattr(console.descriptor(), &settings) != 0) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    if (lpMode == nullptr) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    *lpMode = console.is_input() ? 0 : output_modes | ENABLE_VIRTUAL_TERMINAL_PROCESSING;
    if (console.is_input()) {
        for (const input_mode& each : input_modes) {
            *lpMode |= (settings.c_lflag & each.flag) != 0 ? each.mode : 0;
        }
    }
    return TRUE;
}

BOOL WINAPI SetConsoleMode(HANDLE hConsoleHandle, DWORD dwMode)
{
    const terminal console(hConsoleHandle);
    if (!console) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    if (console.is_input()) {
        return set_input_mode(console, dwMode);
    }
    const bool possible =
        (dwMode & output_modes) == output_modes && (dwMode & ~(output_modes | ENABLE_VIRTUAL_TERMINAL_PROCESSING)) == 0;
    return possible ? TRUE : fail(FALSE, ERROR_INVALID_PARAMETER);
}

BOOL WINAPI WriteConsoleA(HANDLE hConsoleOutput, const VOID* lpBuffer, DWORD nNumberOfCharsToWrite,
                          LPDWORD lpNumberOfCharsWritten, LPVOID)
{
    return write_text<char>(hConsoleOutput, lpBuffer, nNumberOfCharsToWrite, lpNumberOfCharsWritten);
}

BOOL WINAPI WriteConsoleW(HANDLE hConsoleOutput, const VOID* lpBuffer, DWORD nNumberOfCharsToWrite,
                          LPDWORD lpNumberOfCharsWritten, LPVOID)
{
    return write_text<WCHAR>(hConsoleOutput, lpBuffer, nNumberOfCharsToWrite, lpNumberOfCharsWritten);
}

BOOL WINAPI SetConsoleTextAttribute(HANDLE hConsoleOutput, WORD wAttributes)
{
    return memory_checked(FALSE, [&] { return write_sequence(hConsoleOutput, colours(wAttributes)); });
}

BOOL WINAPI SetConsoleCursorPosition(HANDLE hConsoleOutput, COORD dwCursorPosition)
{
    if (dwCursorPosition.X < 0 || dwCursorPosition.Y < 0) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    return memory_checked(FALSE, [&] {
        return write_sequence(hConsoleOutput, "\033[" + std::to_string(dwCursorPosition.Y + 1) + ";" +
                                                  std::to_string(dwCursorPosition.X + 1) + "H");
    });
}

BOOL WINAPI SetConsoleTitleA(LPCSTR lpConsoleTitle)
{
    return set_title(lpConsoleTitle);
}

BOOL WINAPI SetConsoleTitleW(LPCWSTR lpConsoleTitle)
{
    return set_title(lpConsoleTitle);
}
