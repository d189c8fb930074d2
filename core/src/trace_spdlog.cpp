// The sink behind SPINDLE_LOG: one synchronous spdlog logger to stderr, made by the first startup and freed
// by the last cleanup. No registry, no thread and no file of spdlog is used, so that the library can be
// unloaded.
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "spindle/atomic_wait.hpp"
#include "system.hpp"
#include "trace_state.hpp"

namespace spindle::trace {
namespace {

constexpr const char* level_variable = "SPINDLE_LOG";
constexpr const char* line_pattern = "%Y-%m-%d %H:%M:%S.%e [%P:%t] spindle %l %v";

struct level_name {
    std::string_view name;
    level value;
    spdlog::level::level_enum spdlog_value;
};

constexpr std::array<level_name, 6> level_names{{
    {"debug", level::debug, spdlog::level::debug},
    {"info", level::info, spdlog::level::info},
    {"warning", level::warning, spdlog::level::warn},
    {"error", level::error, spdlog::level::err},
    {"critical", level::critical, spdlog::level::critical},
    {"off", level::off, spdlog::level::off},
}};

// Written under the lock while the sink is not installed, read by the sink only.
constinit spdlog::logger* logger = nullptr;
constinit std::atomic<bool> logger_busy{false};

/// A lock without constructor or destructor code (std::mutex has both on some platforms): start and stop
/// only.
class logger_lock {
public:
    logger_lock() noexcept
    {
        while (logger_busy.exchange(true, std::memory_order_acquire)) {
            wait_for_change(logger_busy, true, std::memory_order_relaxed);
        }
    }
    logger_lock(const logger_lock&) = delete;
    logger_lock& operator=(const logger_lock&) = delete;
    ~logger_lock()
    {
        logger_busy.store(false, std::memory_order_release);
        announce_change(logger_busy);
    }
};

std::string line_of(std::string_view event, std::initializer_list<field> fields)
{
    std::string line{event};
    for (const auto& item : fields) {
        line.append(" ").append(item.name).append("=").append(item.value);
    }
    return line;
}

void write_line(level severity, std::string_view event, std::initializer_list<field> fields) noexcept
{
    try {
        const auto& name = level_names[static_cast<std::size_t>(severity)];
        logger->log(name.spdlog_value, line_of(event, fields));
    } catch (...) {
        // A line that cannot be written is lost: tracing never changes what the traced call does.
    }
}

std::optional<level> level_from_environment()
{
    const auto text = system::trusted_environment(level_variable);
    for (const auto& name : level_names) {
        if (text && *text == name.name && name.value != level::off) {
            return name.value;
        }
    }
    return std::nullopt;
}

std::unique_ptr<spdlog::logger> make_logger()
{
    auto target = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto made = std::make_unique<spdlog::logger>("spindle", std::move(target));
    made->set_formatter(std::make_unique<spdlog::pattern_formatter>(line_pattern));
    made->set_level(spdlog::level::trace);
    made->flush_on(spdlog::level::trace);
    // spdlog's own handler would print through its registry, which lives as long as the process.
    made->set_error_handler([](const std::string&) {});
    return made;
}

}  // namespace

void forget_logger_after_fork() noexcept
{
    // The old one may be locked by a thread that does not exist here; its memory is left alone.
    logger = nullptr;
    logger_busy.store(false, std::memory_order_relaxed);
}

void start_from_environment() noexcept
{
    try {
        const logger_lock lock;
        if (logger != nullptr || has_sink()) {
            return;
        }
        if (const auto lowest = level_from_environment()) {
            logger = make_logger().release();
            set_sink(&write_line, *lowest);
        }
    } catch (...) {
        // Without a log the library works as well.
    }
}

void stop_from_environment() noexcept
{
    const logger_lock lock;
    if (logger != nullptr) {
        remove_sink(&write_line);
        delete std::exchange(logger, nullptr);
    }
}

}  // namespace spindle::trace
