// Starting threads for programs and ending them early. Answers to the pages "CreateThread" and "ExitThread".
#pragma once

#include "kernel/thread.hpp"

#include <cstddef>

namespace spindle::kernel {

struct thread_start {
    std::uint32_t (*routine)(void* context) = nullptr;
    void* context = nullptr;
    std::size_t stack_bytes = 0;  // 0: the system's choice
};

/// Starts the thread that `object`, made as thread::not_begun, stands for. False: memory or threads are short,
/// and the object is of no use. APCs that are queued before the thread runs are called before its routine.
[[nodiscard]] bool start_thread(thread& object, const thread_start& start) noexcept;

/// Ends the calling thread with this exit code. As on Windows no destructor of the frames above runs, except
/// on threads that were not started here: those unwind.
[[noreturn]] void exit_thread(std::uint32_t code);

}  // namespace spindle::kernel
