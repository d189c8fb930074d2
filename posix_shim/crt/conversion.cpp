// Between UTF-8 and 16-bit text, with sizes. Answers to the pages "mbstowcs_s", "wcstombs_s".
#include "crt/crt.hpp"

using namespace spindle;
using namespace spindle::crt;

namespace {

// Both count the terminator, in `needed` and in `size`.
template <class To, class From>
errno_t convert(std::size_t* needed, To* target, std::size_t size, const From* source, std::size_t count,
                std::basic_string<To> (*convert_text)(std::basic_string_view<From>)) noexcept
{
    if (needed != nullptr) {
        *needed = 0;
    }
    if ((target == nullptr) != (size == 0)) {
        return invalid_error();
    }
    if (target != nullptr) {
        target[0] = 0;
    }
    if (source == nullptr) {
        return invalid_error();
    }
    return memory_checked(ENOMEM, [&] {
        const std::basic_string_view<From> whole(source);
        if (!host::is_well_formed(whole)) {
            return fail(EILSEQ, EILSEQ);
        }
        std::basic_string<To> text = convert_text(whole);
        const bool truncate = count == _TRUNCATE;
        if (target != nullptr && !truncate && count < text.size()) {
            text.resize(count);
        }
        if (target != nullptr && text.size() >= size) {
            if (!truncate) {
                return invalid_error(ERANGE);
            }
            host::copy_terminated<To>(text, target, size);
            if (needed != nullptr) {
                *needed = size;
            }
            return STRUNCATE;
        }
        if (target != nullptr) {
            host::copy_terminated<To>(text, target, size);
        }
        if (needed != nullptr) {
            *needed = text.size() + 1;
        }
        return 0;
    });
}

}  // namespace

errno_t mbstowcs_s(std::size_t* converted, WCHAR* target, std::size_t size, const char* source, std::size_t count)
{
    return convert<WCHAR, char>(converted, target, size, source, count, &host::to_wide);
}

errno_t wcstombs_s(std::size_t* converted, char* target, std::size_t size, const WCHAR* source, std::size_t count)
{
    return convert<char, WCHAR>(converted, target, size, source, count, &host::to_utf8);
}
