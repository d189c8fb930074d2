// A descriptor of the system's that is closed with its owner.
#pragma once

#include <unistd.h>

#include <utility>

namespace spindle::host {

class descriptor {
public:
    /// Takes it over; negative: none.
    explicit descriptor(int number) noexcept : number_(number) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor()
    {
        if (number_ >= 0) {
            close(number_);
        }
    }
    [[nodiscard]] int get() const noexcept { return number_; }
    explicit operator bool() const noexcept { return number_ >= 0; }
    int detach() noexcept { return std::exchange(number_, -1); }

private:
    int number_;
};

}  // namespace spindle::host
