// The return type of every fallible core function: a value or a std::error_code. No Winsock meaning here;
// the codes themselves are in error.hpp.
#pragma once

#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>

#include "spindle/error.hpp"

namespace spindle {

/// An error code that costs nothing as long as there is none: std::error_code's own constructor asks for a category.
class held_error {
public:
    constexpr held_error() noexcept = default;
    held_error(std::error_code error) noexcept : value_(error.value()), category_(&error.category()) {}

    explicit operator bool() const noexcept { return value_ != 0; }
    [[nodiscard]] std::error_code get() const noexcept
    {
        return category_ != nullptr ? std::error_code(value_, *category_) : std::error_code();
    }

private:
    int value_ = 0;
    const std::error_category* category_ = nullptr;
};

/// A value of type T, or the reason why there is none. Converts to true when it holds a value.
template <class T>
class [[nodiscard]] result {
public:
    result(T held) : value_(std::move(held)) {}
    result(std::error_code error) noexcept : error_(error) {}
    result(errc code) noexcept : error_(make_error_code(code)) {}

    [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }

    T& value() & noexcept { return *value_; }
    const T& value() const& noexcept { return *value_; }
    T&& value() && noexcept { return std::move(*value_); }
    T& operator*() & noexcept { return *value_; }
    const T& operator*() const& noexcept { return *value_; }
    T&& operator*() && noexcept { return std::move(*value_); }
    T* operator->() noexcept { return &*value_; }
    const T* operator->() const noexcept { return &*value_; }

    /// The reason; a default-constructed code when there is a value.
    [[nodiscard]] std::error_code error() const noexcept { return error_.get(); }

private:
    std::optional<T> value_;
    held_error error_;
};

/// Success, or the reason of the failure.
template <>
class [[nodiscard]] result<void> {
public:
    result() noexcept = default;
    result(std::error_code error) noexcept : error_(error) {}
    result(errc code) noexcept : error_(make_error_code(code)) {}

    [[nodiscard]] bool has_value() const noexcept { return !error_; }
    explicit operator bool() const noexcept { return has_value(); }
    [[nodiscard]] std::error_code error() const noexcept { return error_.get(); }

private:
    held_error error_;
};

}  // namespace spindle
