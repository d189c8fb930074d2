// Wide text on streams, which carry UTF-8, and the standard's conversions between the two. Answers to the pages "fputs,
// fputws", "fgets, fgetws", "mbstowcs", "wcstombs".
#include "crt/crt.hpp"

#include <cstdio>

using namespace spindle;
using namespace spindle::crt;

namespace {

// How many bytes the character takes that begins with this one; 1 for what begins none.
std::size_t sequence_length(unsigned char lead) noexcept
{
    return lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
}

// The bytes of one character; empty at the end.
std::string next_character(FILE* stream)
{
    std::string bytes;
    int letter = std::getc(stream);
    while (letter != EOF) {
        bytes += static_cast<char>(letter);
        if (bytes.size() >= sequence_length(static_cast<unsigned char>(bytes[0]))) {
            break;
        }
        letter = std::getc(stream);
        if (letter != EOF && (letter & 0xC0) != 0x80) {
            std::ungetc(letter, stream);
            break;
        }
    }
    return bytes;
}

void put_back(const std::string& bytes, FILE* stream) noexcept
{
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) {
        std::ungetc(static_cast<unsigned char>(*byte), stream);
    }
}

}  // namespace

int spindle_fputws(const WCHAR* text, FILE* stream)
{
    if (text == nullptr || stream == nullptr) {
        return invalid(EOF);
    }
    return memory_checked(EOF, [&] { return std::fputs(host::to_utf8(text).c_str(), stream) >= 0 ? 0 : EOF; });
}

WCHAR* spindle_fgetws(WCHAR* target, int size, FILE* stream)
{
    if (target == nullptr || size <= 0 || stream == nullptr) {
        return invalid<WCHAR*>(nullptr);
    }
    return memory_checked<WCHAR*>(nullptr, [&]() -> WCHAR* {
        wide_string text;
        const auto room = static_cast<std::size_t>(size) - 1;
        while (text.size() < room && (text.empty() || text.back() != '\n')) {
            const std::string bytes = next_character(stream);
            const wide_string units = host::to_wide(bytes);
            if (text.size() + units.size() > room) {
                put_back(bytes, stream);
                break;
            }
            if (bytes.empty()) {
                break;
            }
            text += units;
        }
        if (text.empty() && room != 0) {
            return nullptr;
        }
        host::copy_terminated<WCHAR>(text, target, static_cast<std::size_t>(size));
        return target;
    });
}

namespace {

// Without an array the length is counted; what has no room for its terminator gets none.
template <class To, class From>
std::size_t convert(To* target, const From* source, std::size_t count,
                    std::basic_string<To> (*convert_text)(std::basic_string_view<From>)) noexcept
{
    constexpr auto failed = static_cast<std::size_t>(-1);
    if (source == nullptr) {
        return invalid(failed);
    }
    return memory_checked(failed, [&] {
        const std::basic_string_view<From> whole(source);
        if (!host::is_well_formed(whole)) {
            return fail(failed, EILSEQ);
        }
        const std::basic_string<To> text = convert_text(whole);
        if (target == nullptr) {
            return text.size();
        }
        const std::size_t copied = text.copy(target, count);
        if (copied < count) {
            target[copied] = 0;
        }
        return copied;
    });
}

}  // namespace

std::size_t spindle_mbstowcs(WCHAR* target, const char* source, std::size_t count)
{
    return convert<WCHAR, char>(target, source, count, &host::to_wide);
}

std::size_t spindle_wcstombs(char* target, const WCHAR* source, std::size_t count)
{
    return convert<char, WCHAR>(target, source, count, &host::to_utf8);
}
