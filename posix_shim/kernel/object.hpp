// Reference-counted kernel objects and the part of them that can be waited for. What an object means (event,
// thread, mutex, ...) lives in its own file; the waits themselves are in wait.hpp.
#pragma once

#include "kernel/sync.hpp"

#include <atomic>
#include <cstdint>
#include <utility>

namespace spindle::kernel {

enum class object_kind : std::uint8_t {
    none,
    socket,
    event,
    thread,
    mutex,
    semaphore,
    timer,
    process,
    file,
    socket_file,
    completion_port,
    message_queue,
    file_search,
    provider_change,
    section,
};

class waitable;

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

    /// The object as something to wait for; nullptr when its kind is none.
    [[nodiscard]] virtual waitable* as_waitable() noexcept { return nullptr; }

    /// The handle table tells of every handle that it makes and gives back: a name lives as long as handles
    /// do.
    virtual void handle_added() noexcept {}
    virtual void handle_removed() noexcept {}

protected:
    explicit object(object_kind kind) noexcept : kind_(kind) {}
    virtual ~object() = default;

private:
    std::atomic<std::uint32_t> references_{1};
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

/// Whom a signal or a queued call wakes. How it sleeps is its own affair.
class waiter {
public:
    /// From any thread, and with the lock of an object held: must neither block nor look at an object.
    virtual void poke() noexcept = 0;

protected:
    ~waiter() = default;
};

/// What one thread in a wait sleeps on. Lives on its stack for the duration of the wait.
class sleeper final : public waiter {
public:
    void poke() noexcept override
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
    static_mutex mutex_;
    condition woken_;
    bool poked_ = false;
};

struct wait_node {
    waiter* owner = nullptr;
    wait_node* next = nullptr;
    wait_node* previous = nullptr;
    /// The object was signalled for this waiter alone and is not signalled any more (PulseEvent).
    bool pulsed = false;
};

enum class take_result : std::uint8_t { none, taken, taken_abandoned };

/// An object with a signalled state. Every attached waiter is poked when the state becomes signalled and
/// looks for itself whether it can take the signal; so an auto-reset signal is taken by exactly one of them.
class waitable : public object {
public:
    [[nodiscard]] waitable* as_waitable() noexcept override { return this; }

    void attach(wait_node& node) noexcept
    {
        std::lock_guard lock(mutex_);
        node.next = nullptr;
        node.previous = last_;
        (last_ != nullptr ? last_->next : first_) = &node;
        last_ = &node;
        attached_.fetch_add(1, std::memory_order_seq_cst);
    }

    void detach(wait_node& node) noexcept
    {
        std::lock_guard lock(mutex_);
        (node.previous != nullptr ? node.previous->next : first_) = node.next;
        (node.next != nullptr ? node.next->previous : last_) = node.previous;
        attached_.fetch_sub(1, std::memory_order_relaxed);
    }

    /// Takes the signal if there is one. `node` is the caller's, attached or not.
    [[nodiscard]] take_result try_take(wait_node& node) noexcept
    {
        if (node.owner == nullptr && !may_be_signalled()) {
            return take_result::none;  // not attached, so that no pulse was for it either
        }
        std::lock_guard lock(mutex_);
        return ready_locked(node) ? accept_locked(node) : take_result::none;
    }

    /// For the wait for all objects at once, which locks several objects in address order.
    static_mutex& guard() noexcept { return mutex_; }
    [[nodiscard]] bool ready_locked(const wait_node& node) noexcept
    {
        return node.pulsed || signalled_locked();
    }
    take_result accept_locked(wait_node& node) noexcept
    {
        return std::exchange(node.pulsed, false) ? take_result::taken : take_locked();
    }

    /// When the state may change without anybody's doing. Waiters sleep no longer than that.
    [[nodiscard]] virtual clock::time_point next_change() noexcept { return no_deadline; }

protected:
    using object::object;

    /// Whether the calling thread could take a signal now.
    [[nodiscard]] virtual bool signalled_locked() noexcept = 0;
    /// The same, answered without the lock: false only if it is so. For what is waited for in great numbers.
    [[nodiscard]] virtual bool may_be_signalled() const noexcept { return true; }
    virtual take_result take_locked() noexcept = 0;

    void poke_waiters_locked() noexcept
    {
        for (wait_node* node = first_; node != nullptr; node = node->next) {
            node->owner->poke();
        }
    }

    /// Signals the waiters of this moment, all of them or the one that waits longest, and nobody else.
    void pulse_waiters_locked(bool all) noexcept
    {
        for (wait_node* node = first_; node != nullptr; node = all ? node->next : nullptr) {
            node->pulsed = true;
            node->owner->poke();
        }
    }

    /// For states that change without the lock: a change made before this (seq_cst) is seen by whoever attaches
    /// after it.
    [[nodiscard]] bool has_waiters() const noexcept { return attached_.load(std::memory_order_seq_cst) != 0; }

    static_mutex mutex_;

private:
    wait_node* first_ = nullptr;  // in the order in which the waits began
    wait_node* last_ = nullptr;
    std::atomic<std::uint32_t> attached_{0};
};

}  // namespace spindle::kernel
