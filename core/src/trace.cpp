// The trace front: one level, one sink, both process-wide and replaceable at any time. What a sink does with
// a line is not here.
#include "spindle/trace.hpp"

#include "spindle/atomic_wait.hpp"
#include "trace_state.hpp"

namespace spindle::trace {
namespace {

constinit std::atomic<sink> current_sink{nullptr};
constinit std::atomic<int> lowest_level{static_cast<int>(level::off)};
constinit std::atomic<int> writers{0};

}  // namespace

bool enabled(level severity) noexcept
{
    return static_cast<int>(severity) >= lowest_level.load(std::memory_order_relaxed) &&
           severity != level::off;
}

void set_sink(sink target, level lowest) noexcept
{
    lowest_level.store(static_cast<int>(target != nullptr ? lowest : level::off), std::memory_order_relaxed);
    current_sink.store(target, std::memory_order_seq_cst);
}

bool has_sink() noexcept
{
    return current_sink.load(std::memory_order_acquire) != nullptr;
}

void remove_sink(sink target) noexcept
{
    if (current_sink.compare_exchange_strong(target, nullptr, std::memory_order_seq_cst)) {
        lowest_level.store(static_cast<int>(level::off), std::memory_order_relaxed);
    }
    // A writer counts itself before it reads the sink, so that a zero seen after the exchange means that
    // nobody is or will be inside the removed sink.
    for (int inside = writers.load(std::memory_order_seq_cst); inside != 0;
         inside = writers.load(std::memory_order_seq_cst)) {
        wait_for_change(writers, inside, std::memory_order_seq_cst);
    }
}

void forget_after_fork() noexcept
{
    set_sink(nullptr, level::off);
    writers.store(0, std::memory_order_relaxed);
    forget_logger_after_fork();
}

void write(level severity, std::string_view event, std::initializer_list<field> fields) noexcept
{
    if (!enabled(severity)) {
        return;
    }
    writers.fetch_add(1, std::memory_order_seq_cst);
    if (const auto target = current_sink.load(std::memory_order_seq_cst)) {
        target(severity, event, fields);
    }
    writers.fetch_sub(1, std::memory_order_seq_cst);
    announce_change(writers);
}

}  // namespace spindle::trace
