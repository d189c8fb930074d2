// Mutex objects: owned by one thread, which may take them again and again, and abandoned when that thread ends
// without releasing them. The functions programs call are in api_mutex.cpp. Answers to the page "Mutex
// Objects".
#pragma once

#include "kernel/names.hpp"

namespace spindle::kernel {

class thread;

class mutex final : public nameable {
public:
    static constexpr object_kind static_kind = object_kind::mutex;

    mutex() noexcept : nameable(static_kind) {}

    /// Takes one of the calling thread's ownings back; false when the thread is not the owner.
    [[nodiscard]] bool release_ownership() noexcept;

private:
    friend class owned_mutexes;

    [[nodiscard]] bool signalled_locked() noexcept override;
    take_result take_locked() noexcept override;

    thread* owner_ = nullptr;  // compared only: a thread that ends lets go of its mutexes first
    std::uint32_t recursion_ = 0;
    bool abandoned_ = false;
    mutex* next_owned_ = nullptr;  // both: the owner's alone
    mutex* previous_owned_ = nullptr;
};

/// What a thread owns. It holds a reference to each, and only the thread itself touches the list.
class owned_mutexes {
public:
    void add(mutex& taken) noexcept;
    void remove(mutex& released) noexcept;
    /// The thread ends: whoever takes these mutexes next learns that they were abandoned.
    void abandon_all() noexcept;

private:
    mutex* first_ = nullptr;
};

}  // namespace spindle::kernel
