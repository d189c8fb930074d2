// Ownership of mutex objects, see mutex.hpp.
#include "kernel/mutex.hpp"

#include "kernel/thread.hpp"

namespace spindle::kernel {

bool mutex::signalled_locked() noexcept
{
    thread* self = current_thread_object();
    return self != nullptr && (owner_ == nullptr || owner_ == self);
}

take_result mutex::take_locked() noexcept
{
    ++recursion_;
    if (owner_ == nullptr) {
        owner_ = current_thread_object();
        owner_->owned().add(*this);
    }
    return std::exchange(abandoned_, false) ? take_result::taken_abandoned : take_result::taken;
}

bool mutex::release_ownership() noexcept
{
    std::lock_guard lock(mutex_);
    thread* self = current_thread_object();
    if (self == nullptr || owner_ != self) {
        return false;
    }
    if (--recursion_ == 0) {
        owner_ = nullptr;
        self->owned().remove(*this);  // the caller's reference keeps this alive
        poke_waiters_locked();
    }
    return true;
}

void owned_mutexes::add(mutex& taken) noexcept
{
    taken.acquire();
    taken.previous_owned_ = nullptr;
    taken.next_owned_ = first_;
    if (first_ != nullptr) {
        first_->previous_owned_ = &taken;
    }
    first_ = &taken;
}

void owned_mutexes::remove(mutex& released) noexcept
{
    (released.previous_owned_ != nullptr ? released.previous_owned_->next_owned_ : first_) =
        released.next_owned_;
    if (released.next_owned_ != nullptr) {
        released.next_owned_->previous_owned_ = released.previous_owned_;
    }
    released.release();
}

void owned_mutexes::abandon_all() noexcept
{
    while (first_ != nullptr) {
        mutex& left = *first_;
        first_ = left.next_owned_;
        {
            std::lock_guard lock(left.mutex_);
            left.owner_ = nullptr;
            left.recursion_ = 0;
            left.abandoned_ = true;
            left.poke_waiters_locked();
        }
        left.release();
    }
}

}  // namespace spindle::kernel
