// scanf_s and its family: %s, %c and %[ take the size of their array behind it, and an array that is too small ends the
// call without writing to it. long has 32 bits where the program says h, none or I32, and 64 where the variable has:
// %ld writes a long of this system. Answers to the pages "scanf_s", "sscanf_s", "fscanf_s" and "Format specification
// fields: scanf and wscanf functions".
#include "crt/crt.hpp"

#include <bitset>
#include <cctype>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

using namespace spindle;
using namespace spindle::crt;

namespace {

class text_input {
public:
    explicit text_input(const char* text) noexcept : next_(text) {}
    int get() noexcept { return *next_ != 0 ? static_cast<unsigned char>(*next_++) : EOF; }
    void put_back(int letter) noexcept { next_ -= letter != EOF ? 1 : 0; }

private:
    const char* next_;
};

class stream_input {
public:
    explicit stream_input(FILE* stream) noexcept : stream_(stream) {}
    int get() noexcept { return std::getc(stream_); }
    void put_back(int letter) noexcept { std::ungetc(letter, stream_); }

private:
    FILE* stream_;
};

struct directive {
    bool stored = true;
    bool has_width = false;
    std::size_t width = 0;
    std::string_view prefix;
    char type = 0;
    std::bitset<256> letters;  // of %[
};

std::string_view read_prefix(const char*& format) noexcept
{
    for (const std::string_view word : {"I64", "I32", "ll", "hh", "I", "l", "h", "j", "z", "t", "L", "w"}) {
        if (std::string_view(format).starts_with(word)) {
            format += word.size();
            return word;
        }
    }
    return {};
}

// What stands between the brackets; ends behind the closing one. A range is "a-z".
bool read_letters(const char*& format, std::bitset<256>& letters) noexcept
{
    const bool negated = *format == '^';
    format += negated ? 1 : 0;
    const char* first = format;
    for (; *format != 0 && (*format != ']' || format == first); ++format) {
        auto from = static_cast<unsigned char>(*format);
        auto to = from;
        if (format[1] == '-' && format[2] != 0 && format[2] != ']') {
            format += 2;
            to = static_cast<unsigned char>(*format);
        }
        for (unsigned letter = std::min(from, to); letter <= std::max(from, to); ++letter) {
            letters.set(letter);
        }
    }
    if (negated) {
        letters.flip();
    }
    return *format++ == ']';
}

// Reads what follows a '%' and moves past it; false when it is no conversion.
bool read_directive(const char*& format, directive& found) noexcept
{
    if (*format == '*') {
        found.stored = false;
        ++format;
    }
    for (; std::isdigit(static_cast<unsigned char>(*format)) != 0; ++format) {
        found.has_width = true;
        found.width = std::min<std::size_t>(found.width * 10 + static_cast<std::size_t>(*format - '0'), 1 << 20);
    }
    found.prefix = read_prefix(format);
    found.type = *format;
    if (found.type == 0) {
        return false;
    }
    ++format;
    return found.type == '[' ? read_letters(format, found.letters)
                             : std::string_view("diuoxXpcCsSnaAeEfFgG").find(found.type) != std::string_view::npos;
}

// One call: the input, where it is, what has been stored.
template <class Input>
class scan {
public:
    scan(Input input, va_list arguments) noexcept : input_(input) { va_copy(arguments_, arguments); }
    scan(const scan&) = delete;
    scan& operator=(const scan&) = delete;
    ~scan() { va_end(arguments_); }

    int run(const char* format)
    {
        while (*format != 0) {
            const auto letter = static_cast<unsigned char>(*format++);
            directive what;
            const bool matched = std::isspace(letter) != 0 ? skip_space()
                                 : letter != '%'           ? match(letter)
                                 : *format == '%'          ? skip_space() && match(static_cast<unsigned char>(*format++))
                                 : read_directive(format, what) && convert(what);
            if (!matched) {
                break;
            }
        }
        return stored_ == 0 && ended_ && !converted_ ? EOF : stored_;
    }

private:
    int get() noexcept
    {
        const int letter = input_.get();
        ended_ = letter == EOF;
        count_ += ended_ ? 0 : 1;
        return letter;
    }
    void put_back(int letter) noexcept
    {
        if (letter != EOF) {
            input_.put_back(letter);
            --count_;
        }
    }
    bool skip_space() noexcept
    {
        int letter = get();
        while (letter != EOF && std::isspace(letter) != 0) {
            letter = get();
        }
        put_back(letter);
        return true;
    }
    bool match(int wanted) noexcept
    {
        const int letter = get();
        if (letter == wanted) {
            return true;
        }
        put_back(letter);
        return false;
    }

    bool convert(const directive& what)
    {
        const char type = what.type;
        if (type == 'n') {
            store_integer(what, count_);
            return true;
        }
        if (type != 'c' && type != 'C' && type != '[') {
            skip_space();
        }
        if (type == 'c' || type == 'C' || type == 's' || type == 'S' || type == '[') {
            return convert_text(what);
        }
        return std::string_view("aAeEfFgG").find(type) != std::string_view::npos ? convert_floating(what)
                                                                                  : convert_integer(what);
    }

    [[nodiscard]] std::size_t limit(const directive& what) const noexcept
    {
        return what.has_width ? what.width : static_cast<std::size_t>(-1);
    }

    bool convert_text(const directive& what)
    {
        const bool characters = what.type == 'c' || what.type == 'C';
        const std::size_t most = characters && !what.has_width ? 1 : limit(what);
        std::string text;
        int letter = EOF;
        while (text.size() < most && (letter = get()) != EOF) {
            const bool belongs = characters              ? true
                                 : what.type == '[' ? what.letters.test(static_cast<std::size_t>(letter))
                                                         : std::isspace(letter) == 0;
            if (!belongs) {
                put_back(letter);
                break;
            }
            text += static_cast<char>(letter);
        }
        if (text.empty() || (characters && text.size() < most)) {
            return false;
        }
        converted_ = true;
        const bool wide = what.prefix == "l" || what.prefix == "w" ||
                          ((what.type == 'S' || what.type == 'C') && what.prefix != "h");
        return !what.stored || (wide ? store_text(host::to_wide(text), characters) : store_text(text, characters));
    }

    template <class Char>
    bool store_text(const std::basic_string<Char>& text, bool characters) noexcept
    {
        Char* target = va_arg(arguments_, Char*);
        const std::size_t size = va_arg(arguments_, unsigned);
        if (target == nullptr) {
            return invalid(false);
        }
        const std::size_t needed = text.size() + (characters ? 0 : 1);
        if (needed > size) {
            if (size != 0) {
                target[0] = 0;
            }
            return fail(false, ENOMEM);
        }
        text.copy(target, text.size());
        if (!characters) {
            target[text.size()] = 0;
        }
        ++stored_;
        return true;
    }

    // As much of the input as can belong to a number of that kind.
    template <class Belongs>
    std::string number_text(const directive& what, Belongs belongs)
    {
        std::string text;
        int letter = EOF;
        while (text.size() < limit(what) && (letter = get()) != EOF) {
            if (!belongs(text, static_cast<char>(letter))) {
                put_back(letter);
                break;
            }
            text += static_cast<char>(letter);
        }
        return text;
    }

    static int radix_of(char type) noexcept
    {
        switch (type) {
        case 'o':
            return 8;
        case 'i':
            return 0;
        case 'x':
        case 'X':
        case 'p':
            return 16;
        default:
            return 10;
        }
    }

    bool convert_integer(const directive& what)
    {
        int radix = radix_of(what.type);
        const std::string text = number_text(what, [&radix](const std::string& before, char letter) {
            const std::size_t sign = !before.empty() && (before[0] == '+' || before[0] == '-') ? 1 : 0;
            const std::size_t digits = before.size() - sign;
            if (letter == '+' || letter == '-') {
                return before.empty();
            }
            if ((letter == 'x' || letter == 'X') && digits == 1 && before[sign] == '0' && (radix == 0 || radix == 16)) {
                radix = 16;
                return true;
            }
            if (radix == 0 && letter >= '0' && letter <= '9') {
                radix = digits == 0 && letter == '0' ? 0 : digits == 0 ? 10 : 8;
            }
            const int value = letter >= '0' && letter <= '9' ? letter - '0'
                              : std::isalpha(static_cast<unsigned char>(letter)) != 0
                                  ? lower(letter) - 'a' + 10
                                  : 99;
            return value < (radix == 0 ? 10 : radix);
        });
        char* end = nullptr;
        const bool is_signed = what.type == 'd' || what.type == 'i';
        const unsigned long long value =
            is_signed ? static_cast<unsigned long long>(std::strtoll(text.c_str(), &end, radix_of(what.type)))
                      : std::strtoull(text.c_str(), &end, radix_of(what.type));
        if (end == text.c_str()) {
            return false;
        }
        converted_ = true;
        if (what.stored) {
            store_integer(what, value);
            ++stored_;
        }
        return true;
    }

    void store_integer(const directive& what, unsigned long long value) noexcept
    {
        void* target = va_arg(arguments_, void*);
        if (what.type == 'p' || what.prefix == "I64" || what.prefix == "ll" || what.prefix == "I" ||
            what.prefix == "j" || what.prefix == "z" || what.prefix == "t") {
            std::memcpy(target, &value, 8);
        } else if (what.prefix == "l") {
            const auto native = static_cast<unsigned long>(value);
            std::memcpy(target, &native, sizeof native);
        } else if (what.prefix == "h") {
            const auto narrow = static_cast<std::uint16_t>(value);
            std::memcpy(target, &narrow, sizeof narrow);
        } else if (what.prefix == "hh") {
            const auto narrow = static_cast<std::uint8_t>(value);
            std::memcpy(target, &narrow, sizeof narrow);
        } else {
            const auto narrow = static_cast<std::uint32_t>(value);
            std::memcpy(target, &narrow, sizeof narrow);
        }
    }

    bool convert_floating(const directive& what)
    {
        const std::string text = number_text(what, [](const std::string&, char letter) {
            return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '.' || letter == '+' ||
                   letter == '-';
        });
        char* end = nullptr;
        const long double value = std::strtold(text.c_str(), &end);
        if (end == text.c_str()) {
            return false;
        }
        for (const char* rest = text.c_str() + text.size(); rest != end; --rest) {
            put_back(static_cast<unsigned char>(rest[-1]));
        }
        converted_ = true;
        if (what.stored) {
            void* target = va_arg(arguments_, void*);
            if (what.prefix == "L") {
                *static_cast<long double*>(target) = value;
            } else if (what.prefix == "l") {
                *static_cast<double*>(target) = static_cast<double>(value);
            } else {
                *static_cast<float*>(target) = static_cast<float>(value);
            }
            ++stored_;
        }
        return true;
    }

    Input input_;
    va_list arguments_;
    unsigned long long count_ = 0;
    int stored_ = 0;
    bool converted_ = false;  // something, stored or not
    bool ended_ = false;
};

template <class Input>
int scanned(Input input, const char* format, va_list arguments) noexcept
{
    return memory_checked(EOF, [&] { return scan<Input>(input, arguments).run(format); });
}

}  // namespace

int vsscanf_s(const char* text, const char* format, va_list arguments)
{
    if (text == nullptr || format == nullptr) {
        return invalid(EOF);
    }
    return scanned(text_input(text), format, arguments);
}

int vfscanf_s(FILE* stream, const char* format, va_list arguments)
{
    if (stream == nullptr || format == nullptr) {
        return invalid(EOF);
    }
    return scanned(stream_input(stream), format, arguments);
}

int vscanf_s(const char* format, va_list arguments)
{
    return vfscanf_s(stdin, format, arguments);
}

int sscanf_s(const char* text, const char* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int count = vsscanf_s(text, format, arguments);
    va_end(arguments);
    return count;
}

int fscanf_s(FILE* stream, const char* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int count = vfscanf_s(stream, format, arguments);
    va_end(arguments);
    return count;
}

int scanf_s(const char* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int count = vscanf_s(format, arguments);
    va_end(arguments);
    return count;
}
