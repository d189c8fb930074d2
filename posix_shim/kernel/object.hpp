// Reference-counted kernel objects and the part of them that can be waited for. What an object means (event,
// thread) lives in its own file; the waits themselves are in wait.hpp.
#pragma once

#include "kernel/sync.hpp"

#include <atomic>
#include <cstdint>
#include <utility>

namespace spindle::kernel {

enum class object_kind : std::uint8_t { none, socket, event, thread, socket_file, completion_port };

/// Lives as long as someone holds a reference: a handle in the table, a wait in progress, a call using it.
class object {
public:
    object(const object&) = delete;
    object& operator=(const object&) = delete;

    [[nodiscard]] object_kind kind() const noexcept { return kind_; }

    void acquire() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }

    void release() noexcept
    {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            delete this;
        }
    }

    /// The handle table counts the handles of an object here, so that what ends with the last handle (and not with
    /// the last reference) can be told.
    void handle_opened() noexcept { handles_.fetch_add(1, std::memory_order_relaxed); }

    void handle_closed() noexcept
    {
        if (handles_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            last_handle_closed();
        }
    }

protected:
    /// Called without locks, with a reference held by the caller.
    virtual void last_handle_closed() noexcept {}

    explicit object(object_kind kind) noexcept : kind_(kind) {}
    virtual ~object() = default;

private:
    std::atomic<std::uint32_t> references_{1};
    std::atomic<std::uint32_t> handles_{0};
    const object_kind kind_;
};

/// Owns one reference.
template <class Object>
class object_ref {
public:
    object_ref() noexcept = default;
    /// Takes over the reference that the caller holds.
    explicit object_ref(Object* adopted) noexcept : object_(adopted) {}
    object_ref(object_ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    object_ref& operator=(object_ref&& other) noexcept
    {
        std::swap(object_, other.object_);
        return *this;
    }
    ~object_ref()
    {
        if (object_ != nullptr) {
            object_->release();
        }
    }

    explicit operator bool() const noexcept { return object_ != nullptr; }
    Object* get() const noexcept { return object_; }
    Object* operator->() const noexcept { return object_; }
    Object& operator*() const noexcept { return *object_; }
    Object* detach() noexcept { return std::exchange(object_, nullptr); }

private:
    Object* object_ = nullptr;
};

/// What one waiting thread sleeps on. Lives on its stack for the duration of the wait. A thread that waits in another
/// way (for packets of a completion port) puts its own way of being woken in place of poke().
class waiter {
public:
    waiter() noexcept = default;
    waiter(const waiter&) = delete;
    waiter& operator=(const waiter&) = delete;
    virtual ~waiter() = default;

    virtual void poke() noexcept
    {
        std::lock_guard lock(mutex_);
        poked_ = true;
        woken_.notify_all();
    }

    /// Sleeps until poked since the last sleep, or until the deadline; false when only the time passed.
    [[nodiscard]] bool sleep_until(clock::time_point deadline) noexcept
    {
        std::unique_lock lock(mutex_);
        while (!poked_) {
            if (deadline != no_deadline && clock::now() >= deadline) {
                return false;
            }
            woken_.wait_until(lock, deadline);
        }
        poked_ = false;
        return true;
    }

private:
    std::mutex mutex_;
    condition woken_;
    bool poked_ = false;
};

struct wait_node {
    waiter* owner = nullptr;
    wait_node* next = nullptr;
    wait_node* previous = nullptr;
};

/// An object with a signalled state. Every attached waiter is poked when the state becomes signalled and
/// looks for itself whether it can take the signal; so an auto-reset signal is taken by exactly one of them.
class waitable : public object {
public:
    void attach(wait_node& node) noexcept
    {
        std::lock_guard lock(mutex_);
        node.previous = nullptr;
        node.next = first_;
        if (first_ != nullptr) {
            first_->previous = &node;
        }
        first_ = &node;
        attached_.fetch_add(1, std::memory_order_seq_cst);
    }

    void detach(wait_node& node) noexcept
    {
        std::lock_guard lock(mutex_);
        (node.previous != nullptr ? node.previous->next : first_) = node.next;
        if (node.next != nullptr) {
            node.next->previous = node.previous;
        }
        attached_.fetch_sub(1, std::memory_order_relaxed);
    }

    /// Takes the signal if there is one.
    [[nodiscard]] bool try_take() noexcept
    {
        std::lock_guard lock(mutex_);
        if (!signalled_locked()) {
            return false;
        }
        take_locked();
        return true;
    }

    /// For the wait for all objects at once, which locks several objects in address order.
    std::mutex& guard() noexcept { return mutex_; }
    [[nodiscard]] virtual bool signalled_locked() const noexcept = 0;
    virtual void take_locked() noexcept = 0;

protected:
    using object::object;

    void poke_waiters_locked() noexcept
    {
        for (wait_node* node = first_; node != nullptr; node = node->next) {
            node->owner->poke();
        }
    }

    /// For states that change without the lock: a change made before this (seq_cst) is seen by whoever attaches
    /// after it.
    [[nodiscard]] bool has_waiters() const noexcept { return attached_.load(std::memory_order_seq_cst) != 0; }

    std::mutex mutex_;

private:
    wait_node* first_ = nullptr;
    std::atomic<std::uint32_t> attached_{0};
};

}  // namespace spindle::kernel
