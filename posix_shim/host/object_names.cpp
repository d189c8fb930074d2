// Names of kernel objects as programs give them, see object_names.hpp.
#include "host/object_names.hpp"

namespace spindle::host {

namespace {

constexpr std::u16string_view local_prefix = u"Local\\";
constexpr std::u16string_view global_prefix = u"Global\\";

HANDLE handle_or_no_memory(kernel::object& target, int error_of_success) noexcept
{
    const HANDLE handle = add_program_handle(target);
    return fail(handle, handle != nullptr ? error_of_success : ERROR_NOT_ENOUGH_MEMORY);
}

}  // namespace

object_name::object_name(LPCSTR name) noexcept
{
    try {
        text_ = name == nullptr ? std::u16string() : to_wide(std::string_view(name));
    } catch (const std::bad_alloc&) {
        error_ = ERROR_NOT_ENOUGH_MEMORY;
        return;
    }
    check();
}

object_name::object_name(LPCWSTR name) noexcept
{
    try {
        text_ = name == nullptr ? std::u16string() : std::u16string(name);
    } catch (const std::bad_alloc&) {
        error_ = ERROR_NOT_ENOUGH_MEMORY;
        return;
    }
    check();
}

void object_name::check() noexcept
{
    if (text_.size() > MAX_PATH) {
        error_ = ERROR_FILENAME_EXCED_RANGE;
        return;
    }
    if (text_.starts_with(local_prefix)) {
        text_.erase(0, local_prefix.size());
    }
    const std::size_t rest = text_.starts_with(global_prefix) ? global_prefix.size() : 0;
    if (text_.find(u'\\', rest) != std::u16string::npos) {
        error_ = ERROR_PATH_NOT_FOUND;
    }
}

HANDLE create_object(const object_name& name, kernel::object_ref<kernel::nameable> made) noexcept
{
    using outcome = kernel::name_reservation::outcome;
    if (name.error() != 0) {
        return fail(HANDLE{nullptr}, name.error());
    }
    if (!made) {
        return fail(HANDLE{nullptr}, ERROR_NOT_ENOUGH_MEMORY);
    }
    if (!name.given()) {
        return handle_or_no_memory(*made, ERROR_SUCCESS);
    }
    const kernel::name_reservation entry(name.text(), std::move(made));
    switch (entry.result()) {
    case outcome::created:
        return handle_or_no_memory(entry.target(), ERROR_SUCCESS);
    case outcome::found:
        return handle_or_no_memory(entry.target(), ERROR_ALREADY_EXISTS);
    case outcome::other_kind:
        return fail(HANDLE{nullptr}, ERROR_INVALID_HANDLE);
    case outcome::not_found:
    case outcome::no_memory:
        break;
    }
    return fail(HANDLE{nullptr}, ERROR_NOT_ENOUGH_MEMORY);
}

HANDLE open_object(const object_name& name, kernel::object_kind kind) noexcept
{
    using outcome = kernel::name_reservation::outcome;
    if (name.error() != 0 || !name.given()) {
        return fail(HANDLE{nullptr}, name.error() != 0 ? name.error() : ERROR_INVALID_PARAMETER);
    }
    const kernel::name_reservation entry(name.text(), kind);
    switch (entry.result()) {
    case outcome::found: {
        const HANDLE handle = add_program_handle(entry.target());
        return handle != nullptr ? handle : fail(handle, ERROR_NOT_ENOUGH_MEMORY);
    }
    case outcome::other_kind:
        return fail(HANDLE{nullptr}, ERROR_INVALID_HANDLE);
    default:
        return fail(HANDLE{nullptr}, ERROR_FILE_NOT_FOUND);
    }
}

}  // namespace spindle::host
