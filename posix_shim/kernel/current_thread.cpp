// The objects of the process's threads: which one is the calling thread's, all of them by id, and what happens
// when a thread ends. See thread.hpp.
#include "kernel/fork.hpp"
#include "kernel/handle_table.hpp"
#include "kernel/local_storage.hpp"
#include "kernel/thread.hpp"
#include "kernel/window.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <new>

namespace spindle::kernel {

class thread_list {
public:
    constexpr thread_list() noexcept = default;

    void add(thread& begun) noexcept
    {
        std::lock_guard lock(mutex_);
        begun.next_ = first_;
        if (first_ != nullptr) {
            first_->previous_ = &begun;
        }
        first_ = &begun;
    }

    void remove(thread& ended) noexcept
    {
        std::lock_guard lock(mutex_);
        (ended.previous_ != nullptr ? ended.previous_->next_ : first_) = ended.next_;
        if (ended.next_ != nullptr) {
            ended.next_->previous_ = ended.previous_;
        }
    }

    [[nodiscard]] object_ref<thread> find(std::uint32_t id) noexcept
    {
        std::lock_guard lock(mutex_);
        for (thread* each = first_; each != nullptr; each = each->next_) {
            if (each->id() == id) {
                each->acquire();
                return object_ref<thread>(each);
            }
        }
        return {};
    }

    void lock_for_fork() noexcept { mutex_.lock(); }
    void unlock_after_fork(bool in_child) noexcept
    {
        if (in_child) {
            first_ = nullptr;
        }
        mutex_.unlock();
    }

private:
    std::mutex mutex_;
    thread* first_ = nullptr;
};

namespace {

constinit thread_list running;

// Trivial, so that it may be read at any moment of a thread's life, also by destructors of thread-locals that
// run after the one below. initial-exec: one instruction per access.
struct thread_slot {
    thread* object = nullptr;
    std::uint32_t handle = 0;
    std::uint32_t number = 0;
    bool gone = false;
};
constinit thread_local thread_slot self __attribute__((tls_model("initial-exec")));

// Ends the thread object when the thread ends. The library that holds this is never unloaded by its own
// doing, so a thread-local with a destructor is harmless here (it would pin a provider).
struct end_of_thread {
    ~end_of_thread()
    {
        end_local_storage();  // calls back: the thread is still all it was
        if (thread* object = self.object; object != nullptr) {
            object->owned().abandon_all();
            if (message_queue* queue = object->messages(); queue != nullptr) {
                end_messages(*queue);
            }
            running.remove(*object);
            object->end();
            handles.remove(self.handle, object_kind::thread);
            self.object = nullptr;
            object->release();
        }
        self.gone = true;
    }
};

}  // namespace

std::uint32_t current_thread_number() noexcept
{
    if (self.number == 0) {
        watch_forks();
        self.number = static_cast<std::uint32_t>(syscall(SYS_gettid));
    }
    return self.number;
}

thread* known_thread_object() noexcept
{
    return self.object;
}

void adopt_thread_object(thread& object) noexcept
{
    static thread_local end_of_thread at_end;
    static_cast<void>(at_end);
    self.object = &object;
    running.add(object);
}

thread* current_thread_object() noexcept
{
    if (self.object == nullptr && !self.gone) {
        if (auto* made = new (std::nothrow) thread(current_thread_number()); made != nullptr) {
            adopt_thread_object(*made);
        }
    }
    return self.object;
}

current_thread_id current_thread() noexcept
{
    thread* object = current_thread_object();
    if (object != nullptr && self.handle == 0) {
        self.handle = handles.add(*object);
    }
    return {object, self.handle};
}

object_ref<thread> find_thread(std::uint32_t id) noexcept
{
    return running.find(id);
}

void lock_threads_for_fork() noexcept
{
    running.lock_for_fork();
}

void unlock_threads_after_fork(bool in_child) noexcept
{
    running.unlock_after_fork(in_child);
    if (in_child) {
        self.object = nullptr;
        self.handle = 0;
        self.number = 0;
    }
}

}  // namespace spindle::kernel
