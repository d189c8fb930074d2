// The one table of all handles the host gives out: SOCKETs and HANDLEs. It maps a value to what it stands for
// and refuses values that are stale; it knows nothing of what can be done with them. Answers to the page
// "Socket Handles" and to the rule that programs rely on: kernel handles are multiples of 4, never 0, and are
// reused late.
#pragma once

#include "kernel/file_object.hpp"
#include "kernel/object.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>

namespace spindle::kernel {

/// What a SOCKET stands for. `owner` is the host's record of the provider that made it.
struct socket_entry {
    void* owner = nullptr;
    /// Non-IFS: the provider's context. IFS: the value the provider proposed.
    std::uintptr_t context = 0;
    std::uint32_t catalog_entry_id = 0;
    bool ifs = false;
};

/// See the page "SetHandleInformation".
struct handle_flags {
    bool inherited = false;
    bool kept_from_closing = false;
};

/// A value is [generation 11 bits][index 18 bits] << 2. The generation changes with every reuse of an index,
/// and an index is reused first-in-first-out and only when at least `reuse_delay` of them are free.
///
/// Threads: everything from any thread at any time. find_socket() takes no lock; the others take a short one.
/// Pages are kept until the process ends: stale values must still be recognised after a cleanup and restart.
class handle_table {
public:
    constexpr handle_table() noexcept = default;
    handle_table(const handle_table&) = delete;
    handle_table& operator=(const handle_table&) = delete;

    /// The new handle, or 0 when no index or no memory is left.
    [[nodiscard]] std::uint32_t add(const socket_entry& entry) noexcept;
    /// The same for an object; the handle holds a reference of its own. `tag` comes back from find().
    [[nodiscard]] std::uint32_t add(object& target, std::uintptr_t tag = 0) noexcept;

    /// One consistent snapshot of a socket; false when the value is none.
    [[nodiscard]] bool find_socket(std::uintptr_t handle, socket_entry& found) const noexcept;

    /// Makes an existing socket handle stand for something else, keeping its value. Only for a handle that no
    /// program has seen yet: readers at the same moment may get a mixture. False when the value is no socket.
    bool retarget(std::uintptr_t handle, const socket_entry& entry) noexcept;

    /// The same for a socket that has been hidden.
    [[nodiscard]] bool find_hidden_socket(std::uintptr_t handle, socket_entry& found) const noexcept;

    /// A hidden socket is not found by find_socket(), but goes on for the duplicates of its handle until it is removed.
    /// False when the value is no socket or is so already: of several threads one succeeds.
    bool set_hidden(std::uintptr_t handle, bool hidden) noexcept;

    /// The file object of a socket, also of a hidden one, made if there is none yet. Empty: no socket, or no memory.
    [[nodiscard]] object_ref<file_object> file_of(std::uintptr_t socket) noexcept;
    /// The same; empty if none was made yet.
    [[nodiscard]] object_ref<file_object> existing_file_of(std::uintptr_t socket) noexcept;

    /// A socket handle without a file object gets this one, which is another handle's as well.
    void share_file(std::uintptr_t socket, file_object& file) noexcept;

    /// What DuplicateHandle makes of a socket handle: further handles, counted together with the socket's own.
    /// False: there is none any more.
    [[nodiscard]] bool add_holder(std::uintptr_t socket) noexcept;
    [[nodiscard]] bool has_other_holders(std::uintptr_t socket) noexcept;
    /// True: it was the last one, or there was none left.
    [[nodiscard]] bool drop_holder(std::uintptr_t socket) noexcept;
    /// The close that followed the last drop_holder() failed.
    void restore_holder(std::uintptr_t socket) noexcept;

    /// True when the handle stands for this very object. Takes no lock.
    [[nodiscard]] bool stands_for(std::uintptr_t handle, const object& target) const noexcept;

    /// The object behind a handle, of that kind or of any kind of object (object_kind::none); empty when
    /// there is none.
    [[nodiscard]] object_ref<object> find(std::uintptr_t handle, object_kind kind,
                                          std::uintptr_t* tag = nullptr) noexcept;

    template <class Object>
    [[nodiscard]] object_ref<Object> find(std::uintptr_t handle, std::uintptr_t* tag = nullptr) noexcept
    {
        return object_ref<Object>(static_cast<Object*>(find(handle, Object::static_kind, tag).detach()));
    }

    /// Calls act(object) while the handle keeps the object: short, and without a look at another handle. False: as for find().
    template <class Object, class Act>
    bool with(std::uintptr_t handle, Act&& act) noexcept
    {
        slot* const entry = slot_of(handle);
        if (entry == nullptr) {
            return false;
        }
        std::lock_guard lock(stripe_of(static_cast<std::uint32_t>(handle >> 2)));
        object* const target = object_in(*entry, handle, Object::static_kind);
        if (target != nullptr) {
            act(*static_cast<Object*>(target));
        }
        return target != nullptr;
    }

    /// Several look-ups in a row: handles that were made one after the other share a lock, which is held until the end.
    class look_ups {
    public:
        explicit look_ups(handle_table& table) noexcept : table_(table) {}
        look_ups(const look_ups&) = delete;
        look_ups& operator=(const look_ups&) = delete;
        ~look_ups() { pause(); }

        /// As handle_table::find(), of any kind of object.
        [[nodiscard]] object_ref<object> find(std::uintptr_t handle) noexcept;
        /// To be called before anything else is asked of the table.
        void pause() noexcept;

    private:
        handle_table& table_;
        static_mutex* held_ = nullptr;
    };

    /// Gives the value back; false when it is no handle of that kind (any more). object_kind::none: of any
    /// kind of object.
    bool remove(std::uintptr_t handle, object_kind kind) noexcept;

    /// What a program has marked an object's handle with, no bits at first. Empty: no handle of an object.
    [[nodiscard]] std::optional<handle_flags> flags_of(std::uintptr_t handle) noexcept;
    /// False: no handle of an object.
    bool set_flags(std::uintptr_t handle, handle_flags flags) noexcept;

    /// In the child of a fork: gives back all handles of objects of a kind without touching the objects, which other
    /// threads may have left locked.
    void forget_after_fork(object_kind kind) noexcept;

    /// Calls visit(handle, tag) for every handle of the kind that exists during the whole call.
    template <class Visitor>
    void for_each(object_kind kind, Visitor&& visit)
    {
        const std::uint32_t end = used_indexes();
        for (std::uint32_t index = 0; index < end; ++index) {
            slot& entry = slot_at(index);
            const std::uint32_t value = entry.value.load(std::memory_order_acquire);
            if (value != 0 && kind_of(entry.info.load(std::memory_order_acquire)) == kind) {
                visit(value, entry.context.load(std::memory_order_acquire));
            }
        }
    }

    /// Around fork: no other thread may be in the middle of a change when the child's copy is taken.
    void lock_for_fork() noexcept;
    void unlock_after_fork() noexcept;

private:
    static constexpr unsigned index_bits = 18;
    static constexpr unsigned generation_bits = 11;
    static constexpr unsigned page_bits = 10;
    static constexpr std::uint32_t page_size = 1u << page_bits;
    static constexpr std::uint32_t page_count = 1u << (index_bits - page_bits);
    static constexpr std::uint32_t no_index = 0xFFFFFFFFu;
    static constexpr std::uint32_t reuse_delay = 1024;
    static constexpr std::size_t stripe_count = 16;
    static constexpr std::uint32_t stripe_width = 64;  // as many as one wait takes

    struct slot {
        std::atomic<std::uint32_t> value{0};  // the full handle while in use, else 0
        std::uint32_t generation = 0;         // this and next_free: under allocation_
        std::uint32_t next_free = no_index;
        std::atomic<std::uint64_t> info{0};  // kind, IFS bit, catalog entry id
        std::atomic<void*> target{nullptr};
        std::atomic<std::uintptr_t> context{0};
        std::atomic<file_object*> file{nullptr};  // of a socket; changes under its stripe
        unsigned holders = 0;                     // ditto
    };

    static constexpr object_kind kind_of(std::uint64_t info) noexcept
    {
        return static_cast<object_kind>(info & 0xFF);
    }

    [[nodiscard]] bool find_socket(std::uintptr_t handle, socket_entry& found,
                                   std::uint64_t hidden) const noexcept;
    [[nodiscard]] object_ref<file_object> file_of(std::uintptr_t socket, bool make) noexcept;
    /// Calls act(slot) under its stripe if the value is a socket, hidden or not; else `otherwise`.
    template <class Value, class Act>
    Value with_socket(std::uintptr_t socket, Value otherwise, Act&& act) noexcept;
    /// The same for the handle of an object.
    template <class Value, class Act>
    Value with_object(std::uintptr_t handle, Value otherwise, Act&& act) noexcept;
    /// The object of that kind, or of any kind of object, that the handle stands for. Under the slot's stripe.
    [[nodiscard]] static object* object_in(const slot& entry, std::uintptr_t handle, object_kind kind) noexcept;
    [[nodiscard]] slot* slot_of(std::uintptr_t handle) const noexcept;
    [[nodiscard]] slot& slot_at(std::uint32_t index) const noexcept;
    [[nodiscard]] std::uint32_t used_indexes() noexcept;
    [[nodiscard]] std::uint32_t take_index() noexcept;
    [[nodiscard]] std::uint32_t publish(std::uint64_t info, void* target, std::uintptr_t context) noexcept;
    void give_index(std::uint32_t index) noexcept;
    static_mutex& stripe_of(std::uint32_t index) noexcept { return stripes_[index / stripe_width % stripe_count]; }

    std::array<std::atomic<slot*>, page_count> pages_{};
    std::array<static_mutex, stripe_count> stripes_{};  // hold an object while a reference to it is taken
    static_mutex allocation_;
    std::uint32_t fresh_ = 0;  // indexes below were used at least once
    std::uint32_t free_count_ = 0;
    std::uint32_t first_free_ = no_index;
    std::uint32_t last_free_ = no_index;
};

extern constinit handle_table handles;

}  // namespace spindle::kernel
