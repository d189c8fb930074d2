// FormatMessage: the text of an error, or a text of the caller's, with inserts, line breaks and a buffer of the
// caller's or our own. Messages exist in English alone; no module carries a message table here. The messages are
// in error_text.cpp. Answers to the page "FormatMessageW".
#include "host/error_text.hpp"
#include "host/text_arguments.hpp"
#include "host/text_format.hpp"

#include <algorithm>
#include <cstdarg>
#include <vector>

using namespace spindle::host;

namespace {

constexpr DWORD sources =
    FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_FROM_SYSTEM;
constexpr DWORD unlimited_width = FORMAT_MESSAGE_MAX_WIDTH_MASK;

// The inserts' values, by number from 1. A va_list gives them in order only, so what was passed over is kept.
class insert_values {
public:
    insert_values(va_list* list, bool is_array) noexcept : list_(list), is_array_(is_array) {}

    [[nodiscard]] bool given() const noexcept { return list_ != nullptr; }

    [[nodiscard]] std::uint64_t at(std::size_t number)
    {
        if (is_array_) {
            return reinterpret_cast<const DWORD_PTR*>(list_)[number - 1];
        }
        while (values_.size() < number) {
            values_.push_back(va_arg(*list_, DWORD_PTR));
        }
        return values_[number - 1];
    }

private:
    va_list* list_;
    bool is_array_;
    std::vector<DWORD_PTR> values_;
};

// A message definition on its way to its text. `error` is a Win32 error once something is wrong.
template <class Char>
class message_writer {
public:
    using string = std::basic_string<Char>;
    using view = std::basic_string_view<Char>;

    message_writer(DWORD flags, va_list* arguments) noexcept
        : width_(flags & FORMAT_MESSAGE_MAX_WIDTH_MASK),
          keep_inserts_((flags & FORMAT_MESSAGE_IGNORE_INSERTS) != 0),
          values_(arguments, (flags & FORMAT_MESSAGE_ARGUMENT_ARRAY) != 0)
    {}

    /// The text, or nothing and `error` set.
    string write(view definition, int& error)
    {
        std::size_t position = 0;
        while (position < definition.size() && error_ == 0) {
            const Char letter = definition[position++];
            if (letter == '%' && position < definition.size()) {
                if (!escape(definition, position)) {
                    break;
                }
            } else if (width_ != 0 && (letter == '\r' || letter == '\n')) {
                soft_break(definition, position, letter);
            } else {
                text_ += letter;
            }
        }
        error = error_;
        return width_ == 0 || width_ == unlimited_width ? std::move(text_) : folded();
    }

private:
    // What follows a '%'. False at the end of the message, "%0".
    bool escape(view definition, std::size_t& position)
    {
        const Char letter = definition[position];
        if (letter == '0') {
            return false;
        }
        if (letter >= '1' && letter <= '9') {
            insert(definition, position);
            return true;
        }
        ++position;
        if (letter == 'n') {
            append("\r\n");
        } else if (letter == 'r') {
            append("\r");
        } else {
            text_ += letter;
        }
        return true;
    }

    // A line break of the definition counts as a space when lines have a width.
    void soft_break(view definition, std::size_t& position, Char letter)
    {
        if (letter == '\r' && position < definition.size() && definition[position] == '\n') {
            ++position;
        }
        text_ += ' ';
    }

    void insert(view definition, std::size_t& position)
    {
        const std::size_t start = position;
        std::size_t number = static_cast<std::size_t>(definition[position++] - '0');
        if (position < definition.size() && definition[position] >= '0' && definition[position] <= '9') {
            number = number * 10 + static_cast<std::size_t>(definition[position++] - '0');
        }
        conversion how;
        how.type = 's';
        if (keep_inserts_) {
            text_ += '%';
            text_.append(definition, start, position - start);
        } else if (!values_.given() || !read_format(definition, position, how)) {
            error_ = ERROR_INVALID_PARAMETER;
        } else {
            if (how.width_argument) {
                how.width = static_cast<std::uint32_t>(values_.at(number++)) & 0xFFFF;
            }
            if (how.precision_argument) {
                how.precision = static_cast<std::uint32_t>(values_.at(number++)) & 0xFFFF;
            }
            append_converted(text_, how, values_.at(number));
        }
    }

    // The format between exclamation marks; without one the insert is a string.
    static bool read_format(view definition, std::size_t& position, conversion& how)
    {
        if (position == definition.size() || definition[position] != '!') {
            return true;
        }
        ++position;
        const bool known = read_conversion(definition, position, how);
        return known && position < definition.size() && definition[position++] == '!';
    }

    // Lines of at most width_ characters, broken at spaces; a longer word has a line of its own.
    string folded() const
    {
        string result;
        std::size_t column = 0;
        for (std::size_t position = 0; position < text_.size();) {
            const std::size_t word_end = std::min(text_.find_first_of(stops, position), text_.size());
            const std::size_t length = word_end - position;
            if (column != 0 && column + length > width_) {
                result.resize(result.find_last_not_of(Char{' '}) + 1);
                result += '\r';
                result += '\n';
                column = 0;
            }
            result.append(text_, position, length);
            column += length;
            position = word_end;
            if (position < text_.size()) {
                const Char stop = text_[position++];
                result += stop;
                column = stop == ' ' ? column + 1 : 0;
            }
        }
        return result;
    }

    void append(std::string_view ascii) { text_.append(ascii.begin(), ascii.end()); }

    static constexpr Char stops[] = {' ', '\r', '\n', 0};

    const DWORD width_;
    const bool keep_inserts_;
    insert_values values_;
    string text_;
    int error_ = 0;
};

bool is_english(DWORD language) noexcept
{
    return PRIMARYLANGID(language) == LANG_NEUTRAL || PRIMARYLANGID(language) == LANG_ENGLISH;
}

// An HRESULT that wraps a Win32 error has that error's message.
DWORD unwrapped(DWORD code) noexcept
{
    return (code & 0xFFFF0000) == (0x80000000 | FACILITY_WIN32 << 16) ? code & 0xFFFF : code;
}

// The system's message as a sentence with its line break, ready to be formatted.
int system_definition(DWORD code, DWORD language, std::string& definition)
{
    const std::string_view text = error_text(unwrapped(code));
    if (text.empty()) {
        return ERROR_MR_MID_NOT_FOUND;
    }
    if (!is_english(language)) {
        return ERROR_RESOURCE_LANG_NOT_FOUND;
    }
    definition.assign(text).append(".\r\n");
    definition[0] =
        definition[0] >= 'a' && definition[0] <= 'z' ? static_cast<char>(definition[0] - 32) : definition[0];
    return 0;
}

template <class Char>
int find_definition(DWORD flags, const void* source, DWORD code, DWORD language,
                    std::basic_string<Char>& definition)
{
    if ((flags & FORMAT_MESSAGE_FROM_STRING) != 0) {
        if ((flags & sources) != FORMAT_MESSAGE_FROM_STRING || source == nullptr) {
            return ERROR_INVALID_PARAMETER;
        }
        definition = static_cast<const Char*>(source);
        return 0;
    }
    if ((flags & sources) == 0) {
        return ERROR_INVALID_PARAMETER;
    }
    if ((flags & FORMAT_MESSAGE_FROM_SYSTEM) == 0) {
        return ERROR_RESOURCE_TYPE_NOT_FOUND;
    }
    std::string found;
    const int error = system_definition(code, language, found);
    definition = text_in<Char>(found);
    return error;
}

template <class Char>
DWORD hand_over(const std::basic_string<Char>& text, DWORD flags, Char* buffer, DWORD size) noexcept
{
    const auto length = static_cast<DWORD>(text.size());
    if ((flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) != 0) {
        size = std::max(size, length + 1);
        const auto allocated = static_cast<Char*>(LocalAlloc(LMEM_FIXED, SIZE_T{size} * sizeof(Char)));
        *reinterpret_cast<Char**>(buffer) = allocated;
        if (allocated == nullptr) {
            return fail(DWORD{0}, ERROR_NOT_ENOUGH_MEMORY);
        }
        buffer = allocated;
    } else if (length >= size) {
        return fail(DWORD{0}, ERROR_INSUFFICIENT_BUFFER);
    }
    copy_terminated<Char>(text, buffer, size);
    return length;
}

template <class Char>
DWORD format_message(DWORD flags, const void* source, DWORD code, DWORD language, Char* buffer, DWORD size,
                     va_list* arguments) noexcept
{
    if (buffer == nullptr) {
        return fail(DWORD{0}, ERROR_INVALID_PARAMETER);
    }
    return memory_checked(DWORD{0}, [&] {
        std::basic_string<Char> definition;
        if (const int error = find_definition(flags, source, code, language, definition)) {
            return fail(DWORD{0}, error);
        }
        int error = 0;
        const auto text = message_writer<Char>(flags, arguments).write(definition, error);
        return error != 0 ? fail(DWORD{0}, error) : hand_over(text, flags, buffer, size);
    });
}

}  // namespace

DWORD WINAPI FormatMessageA(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
                            LPSTR lpBuffer, DWORD nSize, va_list* Arguments)
{
    return format_message(dwFlags, lpSource, dwMessageId, dwLanguageId, lpBuffer, nSize, Arguments);
}

DWORD WINAPI FormatMessageW(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
                            LPWSTR lpBuffer, DWORD nSize, va_list* Arguments)
{
    return format_message(dwFlags, lpSource, dwMessageId, dwLanguageId, lpBuffer, nSize, Arguments);
}
