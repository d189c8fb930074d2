// The core's trace interface: levels, one process-wide sink, nothing else. Off by default; a disabled level costs
// one relaxed load. No trace call is made while a lock is held. The spdlog sink is in trace_spdlog.cpp.
#pragma once

#include <atomic>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace spindle::trace {

enum class level : int { debug = 0, info = 1, warning = 2, error = 3, critical = 4, off = 5 };

/// One named value of a structured line.
struct field {
    std::string_view name;
    std::string value;

    field(std::string_view field_name, std::string field_value) : name(field_name), value(std::move(field_value)) {}
    template <class Number>
        requires std::is_arithmetic_v<Number>
    field(std::string_view field_name, Number number) : name(field_name), value(std::to_string(number))
    {
    }
};

/// Receives every line at or above the level; called on the thread that traces, without any lock held.
using sink = void (*)(level severity, std::string_view event, std::initializer_list<field> fields) noexcept;

[[nodiscard]] bool enabled(level severity) noexcept;
/// Installs a sink (null: none) for lines at or above `lowest`.
void set_sink(sink target, level lowest) noexcept;
/// Writes one line: event text and its fields.
void write(level severity, std::string_view event, std::initializer_list<field> fields = {}) noexcept;

/// Reads SPINDLE_LOG (debug, info, warning, error, critical, off; ignored in set-uid processes) and installs the synchronous
/// spdlog sink to stderr when it names a level. Called by the first startup; does nothing when a sink is installed.
void start_from_environment() noexcept;
/// Frees what start_from_environment() made. Called by the last cleanup.
void stop_from_environment() noexcept;

}  // namespace spindle::trace
