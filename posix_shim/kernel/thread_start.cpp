// Starting and ending threads, see thread_start.hpp.
#include "kernel/thread_start.hpp"

#include <climits>
#include <csetjmp>
#include <memory>
#include <new>
#include <pthread.h>

namespace spindle::kernel {

namespace {

struct start_record {
    thread_start start;
    thread* object;
};

// Where exit_thread() goes; nullptr on threads that were not started here.
constinit thread_local std::jmp_buf* outermost __attribute__((tls_model("initial-exec"))) = nullptr;

void run(const start_record& record)
{
    std::jmp_buf frame;
    outermost = &frame;
    if (_setjmp(frame) == 0) {
        record.object->run_queued();
        record.object->set_exit_code(record.start.routine(record.start.context));
    }
    outermost = nullptr;
}

void* thread_main(void* argument)
{
    const start_record record = *std::unique_ptr<start_record>(static_cast<start_record*>(argument));
    adopt_thread_object(*record.object);
    record.object->begin(current_thread_number());
    run(record);
    return nullptr;
}

// Detached: the thread object is what is waited for. A stack for Windows may be too small for libc.
class thread_attributes {
public:
    explicit thread_attributes(std::size_t stack_bytes) noexcept : valid_(pthread_attr_init(&native_) == 0)
    {
        constexpr std::size_t least = 256 * 1024;
        if (valid_) {
            pthread_attr_setdetachstate(&native_, PTHREAD_CREATE_DETACHED);
            valid_ = stack_bytes == 0 ||
                     pthread_attr_setstacksize(&native_, stack_bytes < least ? least : stack_bytes) == 0;
        }
    }
    thread_attributes(const thread_attributes&) = delete;
    thread_attributes& operator=(const thread_attributes&) = delete;
    ~thread_attributes() { pthread_attr_destroy(&native_); }

    explicit operator bool() const noexcept { return valid_; }
    const pthread_attr_t* get() const noexcept { return &native_; }

private:
    pthread_attr_t native_{};
    bool valid_;
};

}  // namespace

bool start_thread(thread& object, const thread_start& start) noexcept
{
    std::unique_ptr<start_record> record(new (std::nothrow) start_record{start, &object});
    const thread_attributes attributes(start.stack_bytes);
    if (!record || !attributes) {
        return false;
    }
    object.acquire();  // the thread's own
    pthread_t native{};
    if (pthread_create(&native, attributes.get(), &thread_main, record.get()) != 0) {
        object.release();
        return false;
    }
    static_cast<void>(record.release());
    return true;
}

void exit_thread(std::uint32_t code)
{
    if (thread* self = current_thread_object(); self != nullptr) {
        self->set_exit_code(code);
    }
    if (outermost != nullptr) {
        std::longjmp(*outermost, 1);
    }
    pthread_exit(nullptr);
}

}  // namespace spindle::kernel
