// Making and opening kernel objects that may have names: what the Create and Open functions of all kinds have
// in common. Answers to the page "Object Names".
#pragma once

#include "host/kernel_objects.hpp"
#include "host/text.hpp"
#include "host/thread_state.hpp"
#include "kernel/names.hpp"

namespace spindle::host {

/// A name as a program gives it, checked and in the form in which the table keeps it: the prefix of local
/// names is left out, since all names are local.
class object_name {
public:
    explicit object_name(LPCSTR name) noexcept;
    explicit object_name(LPCWSTR name) noexcept;

    /// NULL or empty: an object without a name.
    [[nodiscard]] bool given() const noexcept { return !text_.empty(); }
    /// 0 or why the name cannot be one.
    [[nodiscard]] int error() const noexcept { return error_; }
    [[nodiscard]] std::u16string_view text() const noexcept { return text_; }

private:
    void check() noexcept;

    std::u16string text_;
    int error_ = 0;
};

/// A handle of the new object, or of the one that has the name already; then the last error is
/// ERROR_ALREADY_EXISTS, otherwise 0. NULL with the last error set: the name is bad or another kind's, memory
/// or handles are short.
[[nodiscard]] HANDLE create_object(const object_name& name,
                                   kernel::object_ref<kernel::nameable> made) noexcept;

/// A handle of the object with this name; NULL with the last error set when there is none.
[[nodiscard]] HANDLE open_object(const object_name& name, kernel::object_kind kind) noexcept;

/// A new object of the kind, or empty.
template <class Object, class... Arguments>
kernel::object_ref<kernel::nameable> new_object(Arguments... arguments) noexcept
{
    return kernel::object_ref<kernel::nameable>(new (std::nothrow) Object(arguments...));
}

}  // namespace spindle::host
