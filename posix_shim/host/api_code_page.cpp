// Conversion between narrow and wide text. The code page of the system is UTF-8, so CP_ACP, CP_OEMCP and
// CP_THREAD_ACP mean it too, with the restrictions on flags and default characters that come with it, as on a
// Windows that is set to UTF-8. Answers to the pages "MultiByteToWideChar", "WideCharToMultiByte", "GetACP".
#include "host/text_arguments.hpp"

#include <algorithm>
#include <iterator>

using namespace spindle::host;

namespace {

constexpr UINT code_pages[] = {CP_ACP, CP_OEMCP, CP_THREAD_ACP, CP_UTF8};

// Sizes are counts of characters; the length of the source may be -1, up to and with its terminator.
template <class From, class To>
struct request {
    UINT code_page;
    DWORD flags;
    DWORD strict_flag;
    const From* source;
    int source_length;
    To* target;
    int target_size;
};

template <class From, class To>
int refusal(const request<From, To>& wanted) noexcept
{
    if (std::ranges::find(code_pages, wanted.code_page) == std::end(code_pages) || wanted.source == nullptr ||
        wanted.source_length == 0 || wanted.source_length < -1 || wanted.target_size < 0 ||
        (wanted.target == nullptr && wanted.target_size != 0) ||
        static_cast<const void*>(wanted.source) == wanted.target) {
        return ERROR_INVALID_PARAMETER;
    }
    return (wanted.flags & ~wanted.strict_flag) != 0 ? ERROR_INVALID_FLAGS : 0;
}

template <class From, class To>
int convert(const request<From, To>& wanted,
            std::basic_string<To> (*converted)(std::basic_string_view<From>)) noexcept
{
    if (const int refused = refusal(wanted)) {
        return fail(0, refused);
    }
    return memory_checked(0, [&] {
        std::basic_string_view<From> source;
        if (wanted.source_length < 0) {
            source = wanted.source;
            source = {wanted.source, source.size() + 1};
        } else {
            source = {wanted.source, static_cast<std::size_t>(wanted.source_length)};
        }
        if ((wanted.flags & wanted.strict_flag) != 0 && !is_well_formed(source)) {
            return fail(0, ERROR_NO_UNICODE_TRANSLATION);
        }
        const auto text = converted(source);
        if (wanted.target_size != 0) {
            if (text.size() > static_cast<std::size_t>(wanted.target_size)) {
                return fail(0, ERROR_INSUFFICIENT_BUFFER);
            }
            text.copy(wanted.target, text.size());
        }
        return static_cast<int>(text.size());
    });
}

}  // namespace

int WINAPI MultiByteToWideChar(UINT CodePage, DWORD dwFlags, LPCCH lpMultiByteStr, int cbMultiByte,
                               LPWSTR lpWideCharStr, int cchWideChar)
{
    return convert<char, WCHAR>(
        {CodePage, dwFlags, MB_ERR_INVALID_CHARS, lpMultiByteStr, cbMultiByte, lpWideCharStr, cchWideChar},
        [](std::string_view text) { return to_wide(text); });
}

int WINAPI WideCharToMultiByte(UINT CodePage, DWORD dwFlags, LPCWCH lpWideCharStr, int cchWideChar,
                               LPSTR lpMultiByteStr, int cbMultiByte, LPCCH lpDefaultChar,
                               LPBOOL lpUsedDefaultChar)
{
    if (lpDefaultChar != nullptr || lpUsedDefaultChar != nullptr) {
        return fail(0, ERROR_INVALID_PARAMETER);
    }
    return convert<WCHAR, char>(
        {CodePage, dwFlags, WC_ERR_INVALID_CHARS, lpWideCharStr, cchWideChar, lpMultiByteStr, cbMultiByte},
        [](wide_view text) { return to_utf8(text); });
}

UINT WINAPI GetACP(void)
{
    return CP_UTF8;
}

UINT WINAPI GetOEMCP(void)
{
    return CP_UTF8;
}
